/* Which rules fire, and when. */
#define _GNU_SOURCE /* memmem */
#include <string.h>

#include "sim/venue_fault.h"

void venue_fault_plan_init(struct venue_fault_plan *plan, uint64_t seed)
{
    plan->seed = seed;
    plan->count = plan->last_number = 0;
}

int venue_fault_plan_add(struct venue_fault_plan *plan, const struct venue_fault_rule *rule,
                         int64_t now_ns, struct err *err)
{
    if (plan->count == VENUE_FAULT_RULES_MAX)
        return err_set(err, "%d rules are there already; clear some", VENUE_FAULT_RULES_MAX);
    struct venue_fault_entry *entry = &plan->entries[plan->count++];
    *entry = (struct venue_fault_entry){
        .rule = *rule, .number = ++plan->last_number, .given_ns = now_ns};
    prng_seed(&entry->prng, plan->seed + entry->number * UINT64_C(0x9e3779b97f4a7c15));
    return (int)entry->number;
}

int venue_fault_plan_load(struct venue_fault_plan *plan, const char *text, size_t length,
                          int64_t now_ns, struct err *err)
{
    const char *end = text + length;
    for (int number = 1; text < end; number++) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        struct venue_fault_rule rule;
        stop = stop ? stop : end;
        int read = venue_fault_parse(text, (size_t)(stop - text), &rule, err);
        if (read < 0 || (read > 0 && venue_fault_plan_add(plan, &rule, now_ns, err) < 0))
            return err_wrap(err, "line %d", number);
        text = stop + 1;
    }
    return 0;
}

bool venue_fault_plan_remove(struct venue_fault_plan *plan, uint32_t number)
{
    for (uint32_t i = 0; i < plan->count; i++) {
        if (plan->entries[i].number != number)
            continue;
        memmove(&plan->entries[i], &plan->entries[i + 1],
                (--plan->count - i) * sizeof plan->entries[0]);
        return true;
    }
    return false;
}

/* A star stands for any text, the empty one too. */
static bool glob_fits(const char *pattern, const char *text)
{
    const char *star = NULL, *again = NULL;
    while (*text) {
        if (*pattern == '*') {
            star = pattern++;
            again = text;
        } else if (*pattern == *text) {
            pattern++;
            text++;
        } else if (star) {
            pattern = star + 1;
            text = ++again;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

static bool rule_is_here(const struct venue_fault_rule *rule,
                         const struct venue_fault_scene *scene)
{
    if (rule->place != scene->place || !glob_fits(rule->target, scene->target))
        return false;
    if (rule->place == PLACE_REQUEST && strcmp(rule->method, "ANY") != 0 &&
        strcmp(rule->method, scene->method) != 0)
        return false;
    return !rule->product[0] ||
           memmem(scene->bytes, scene->length, rule->product, strlen(rule->product)) != NULL;
}

static bool in_window(const struct venue_fault_entry *entry, int64_t now_ns)
{
    int64_t age_ns = now_ns - entry->given_ns - entry->rule.after_ns;
    return !entry->revoked && age_ns >= 0 &&
           (entry->rule.for_ns == 0 || age_ns < entry->rule.for_ns);
}

/* Counted and drawn at every scene of its place, whether it then fires or not. */
static bool fires(struct venue_fault_entry *entry)
{
    const struct venue_fault_rule *rule = &entry->rule;
    entry->met++;
    bool drawn = rule->chance.e9 == 0 ||
                 (int64_t)prng_below(&entry->prng, DECIMAL_ONE) < rule->chance.e9;
    if ((rule->at && entry->met != rule->at) || (rule->every && entry->met % rule->every != 0) ||
        (rule->next && entry->fired >= rule->next) || !drawn)
        return false;
    entry->fired++;
    entry->begun = true;
    return true;
}

uint32_t venue_fault_plan_meet(struct venue_fault_plan *plan,
                               const struct venue_fault_scene *scene, int64_t now_ns,
                               const struct venue_fault_rule *ret[VENUE_FAULT_FIRED_MAX])
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < plan->count && count < VENUE_FAULT_FIRED_MAX; i++) {
        struct venue_fault_entry *entry = &plan->entries[i];
        if (rule_is_here(&entry->rule, scene) && in_window(entry, now_ns) && fires(entry))
            ret[count++] = &entry->rule;
    }
    return count;
}

const struct venue_fault_rule *venue_fault_plan_due(struct venue_fault_plan *plan, int64_t now_ns,
                                                    bool *ret_begins)
{
    for (uint32_t i = 0; i < plan->count; i++) {
        struct venue_fault_entry *entry = &plan->entries[i];
        int64_t age_ns = now_ns - entry->given_ns - entry->rule.after_ns;
        bool waits = !entry->begun && (entry->rule.place != PLACE_VENUE || entry->revoked);
        if (waits || entry->ended || age_ns < 0)
            continue;
        if (!entry->begun) {
            entry->begun = *ret_begins = true;
            entry->fired++;
            return &entry->rule;
        }
        if (entry->revoked || (entry->rule.for_ns > 0 && age_ns >= entry->rule.for_ns)) {
            entry->ended = true;
            *ret_begins = false;
            return &entry->rule;
        }
    }
    return NULL;
}

void venue_fault_plan_end(struct venue_fault_plan *plan, uint32_t number)
{
    for (uint32_t i = 0; i < plan->count; i++)
        if (number == 0 || plan->entries[i].number == number)
            plan->entries[i].revoked = true;
}
