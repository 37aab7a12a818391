/* A line of a fault script: what is taken is taken again from what it kept, to the same rule, and
 * may spoil any bytes; what is refused says why. */
#include <string.h>

#include "base/check.h"
#include "sim/venue_fault.h"
#include "sim/venue_fault_bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);

enum { GIANT_MAX = 64 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
    static struct venue_fault_rule rule, again;
    static struct venue_fault_plan plan;
    const char *text = (const char *)data, *stop = memchr(data, '\n', length);
    size_t line = stop ? (size_t)(stop - text) : length, rest = length - line;
    struct err err = {""};
    struct buf bytes;
    int read = venue_fault_parse(text, line, &rule, &err);
    CHECK(read >= -1 && read <= 1 && (read >= 0 || err.text[0] != '\0'));
    venue_fault_plan_init(&plan, 1);
    if (venue_fault_plan_load(&plan, text, length, 0, &err) < 0)
        CHECK(strncmp(err.text, "line ", 5) == 0);
    if (read <= 0)
        return 0;
    CHECK(venue_fault_parse(rule.line, strlen(rule.line), &again, &err) == 1);
    CHECK(memcmp(&rule, &again, sizeof rule) == 0);
    if (rule.amount > GIANT_MAX)
        rule.amount = GIANT_MAX;
    buf_init(&bytes, 1024 * 1024);
    buf_put(&bytes, text + line, rest);
    venue_fault_spoil(&rule, &bytes);
    buf_fini(&bytes);
    return 0;
}
