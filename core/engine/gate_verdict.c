#include <string.h>

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

/* False when it did not fit; then `out` is left as it was. */
static bool append(char *out, size_t capacity, size_t *length, const char *text)
{
    size_t more = strlen(text);
    if (*length + more >= capacity)
        return false;
    memcpy(out + *length, text, more + 1);
    *length += more;
    return true;
}

static void key_of_product(const struct judged *judged, const char *key, char *out, size_t size)
{
    size_t length = 0;
    append(out, size, &length, "products.");
    if (judged->instrument) {
        append(out, size, &length, judged->instrument->asset);
        append(out, size, &length, "-");
        append(out, size, &length, venue_profile_text(judged->instrument->profile));
        append(out, size, &length, ".");
    }
    append(out, size, &length, key);
}

/* A strategy's name may be longer than the verdict has room for: the key matters more, and the
 * intent says whose it was. */
static void key_of_strategy(const struct judged *judged, const char *key, char *out, size_t size)
{
    size_t length = 0, name = judged->strategy ? strlen(judged->strategy->name) : 0;
    append(out, size, &length, "strategies.");
    if (name > 0 && length + name + 1 + strlen(key) < size) {
        append(out, size, &length, judged->strategy->name);
        append(out, size, &length, ".");
    }
    append(out, size, &length, key);
}

bool gate_refuse_limit(const struct judged *judged, struct verdict *ret, enum refusal code,
                       enum gate_scope scope, const char *key)
{
    size_t length = 0;
    gate_refuse(ret, code);
    switch (scope) {
    case GATE_PRODUCT:
        ret->scope = SCOPE_PRODUCT;
        key_of_product(judged, key, ret->config_key, sizeof ret->config_key);
        return false;
    case GATE_STRATEGY:
        ret->scope = SCOPE_STRATEGY;
        key_of_strategy(judged, key, ret->config_key, sizeof ret->config_key);
        return false;
    case GATE_ACCOUNT:
        ret->scope = SCOPE_ACCOUNT;
        append(ret->config_key, sizeof ret->config_key, &length, "account.");
        break;
    case GATE_NONE:
        break;
    }
    append(ret->config_key, sizeof ret->config_key, &length, key);
    return false;
}
