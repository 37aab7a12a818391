#include <string.h>

#include "base/check.h"
#include "engine/gate_private.h"

static const __int128 E9 = 1000000000, E18 = (__int128)1000000000 * 1000000000;

struct money gate_figure(int64_t e9)
{
    return (struct money){e9 * E9};
}

struct money gate_whole(int64_t count)
{
    return (struct money){count * E18};
}

bool gate_refuse(struct verdict *ret, enum refusal code)
{
    memset(ret, 0, sizeof *ret);
    ret->code = code;
    return false;
}

bool gate_refuse_figures(struct verdict *ret, int unit, struct money limit, struct money value,
                         struct money headroom)
{
    static const struct money zero = {0};
    ret->unit = unit;
    ret->limit = limit;
    ret->value = value;
    ret->headroom = headroom.e18 > 0 ? headroom : zero;
    return false;
}

static void append(struct verdict *ret, const char *text)
{
    size_t length = strlen(ret->config_key), more = strlen(text);
    CHECK(length + more < sizeof ret->config_key);
    memcpy(ret->config_key + length, text, more + 1);
}

/* A name may be longer than the verdict has room for: the key matters more, and the intent says
 * whose it was. */
static void append_line(struct verdict *ret, const char *list, const char *name, const char *key)
{
    append(ret, list);
    if (name[0] && strlen(list) + strlen(name) + 1 + strlen(key) < sizeof ret->config_key) {
        append(ret, name);
        append(ret, ".");
    }
    append(ret, key);
}

bool gate_refuse_limit(const struct judged *judged, struct verdict *ret, enum refusal code,
                       enum gate_scope scope, const char *key)
{
    struct verdict name = {0}; /* "BTC-cde" */
    gate_refuse(ret, code);
    ret->scope = (int)scope;
    if (scope == GATE_PRODUCT) {
        append(&name, judged->instrument->asset);
        append(&name, "-");
        append(&name, venue_profile_text(judged->instrument->profile));
        append_line(ret, "products.", name.config_key, key);
    } else if (scope == GATE_STRATEGY) {
        append_line(ret, "strategies.", judged->strategy ? judged->strategy->name : "", key);
    } else {
        append_line(ret, scope == GATE_ACCOUNT ? "account." : "", "", key);
    }
    return false;
}
