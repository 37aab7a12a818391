#include "app/exchange_faults.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "app/exchange_faults_private.h"
#include "base/text.h"

enum { SCRIPT_MAX = 1024 * 1024 };

struct exchange_faults *exchange_faults_create(struct exchange *exchange)
{
    struct exchange_faults *faults = calloc(1, sizeof *faults);
    if (!faults)
        return NULL;
    faults->exchange = exchange;
    venue_fault_plan_init(&faults->plan, exchange->options.seed);
    return faults;
}

void exchange_faults_destroy(struct exchange_faults *faults)
{
    if (!faults)
        return;
    exchange_faults_drop_jobs(faults);
    free(faults);
}

int exchange_faults_load(struct exchange_faults *faults, struct err *err)
{
    struct buf text;
    const char *path = faults->exchange->options.faults_file;
    if (!path)
        return 0;
    buf_init(&text, SCRIPT_MAX);
    int result = exchange_file_read(path, SCRIPT_MAX, &text, err);
    if (result == 0) {
        result = venue_fault_plan_load(&faults->plan, text.data ? text.data : "", text.length,
                                       exchange_wall_ns(), err);
        if (result < 0)
            err_wrap(err, "%s", path);
    }
    buf_fini(&text);
    return result;
}

void exchange_faults_step(struct exchange_faults *faults)
{
    const struct venue_fault_rule *rule;
    int64_t now_ns = exchange_wall_ns();
    bool begins = false;
    exchange_faults_run_jobs(faults, now_ns);
    while ((rule = venue_fault_plan_due(&faults->plan, now_ns, &begins)) != NULL)
        exchange_faults_act(faults, rule, begins);
}

static void list_rules(const struct venue_fault_plan *plan, struct buf *answer)
{
    for (uint32_t i = 0; i < plan->count; i++) {
        const struct venue_fault_entry *entry = &plan->entries[i];
        buf_printf(answer, "%" PRIu32 " met %" PRIu64 " fired %" PRIu64 ": %s\n", entry->number,
                   entry->met, entry->fired, entry->rule.line);
    }
    buf_printf(answer, "ok %" PRIu32 " rules\n", plan->count);
}

/* What the rules had done to the venue is undone before they are forgotten. */
static void clear_rules(struct exchange_faults *faults, const char *which, struct buf *answer)
{
    struct venue_fault_plan *plan = &faults->plan;
    char *end;
    unsigned long number = strtoul(which, &end, 10);
    if (*end || number > UINT32_MAX || (*which && number == 0)) {
        buf_printf(answer, "error no rule '%s'; list shows their numbers\n", which);
        return;
    }
    venue_fault_plan_end(plan, (uint32_t)number);
    exchange_faults_step(faults);
    bool found = number == 0 || venue_fault_plan_remove(plan, (uint32_t)number);
    if (number == 0)
        plan->count = 0;
    if (found)
        buf_puts(answer, "ok\n");
    else
        buf_printf(answer, "error no rule %lu; list shows their numbers\n", number);
}

static void add_rule(struct exchange_faults *faults, const char *line, size_t length,
                     struct buf *answer)
{
    struct venue_fault_rule rule;
    struct err err;
    int number = 0, read = venue_fault_parse(line, length, &rule, &err);
    if (read > 0)
        number = venue_fault_plan_add(&faults->plan, &rule, exchange_wall_ns(), &err);
    if (read < 0 || number < 0)
        buf_printf(answer, "error %s\n", err.text);
    else
        buf_printf(answer, read > 0 ? "ok rule %d\n" : "ok\n", number);
}

void exchange_faults_command(struct exchange_faults *faults, const char *line, size_t length,
                             struct buf *ret_answer)
{
    char word[32] = "";
    size_t first = 0;
    while (first < length && line[first] != ' ')
        first++;
    text_copy(word, sizeof word, line, first);
    const char *rest = line + first + (first < length);
    char which[32];
    text_copy(which, sizeof which, rest, (size_t)(line + length - rest));
    if (strcmp(word, "list") == 0)
        list_rules(&faults->plan, ret_answer);
    else if (strcmp(word, "clear") == 0)
        clear_rules(faults, which, ret_answer);
    else
        add_rule(faults, line, length, ret_answer);
}
