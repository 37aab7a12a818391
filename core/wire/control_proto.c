#include "wire/control_proto.h"

#include <string.h>

#include "base/check.h"
#include "base/text.h"
#include "wire/json_read.h"
#include "wire/json_write.h"

static const struct control_verb_spec VERBS[CONTROL_VERB_COUNT] = {
    [CONTROL_HALT] = {"halt", "nothing leaves but cancels; latched. With --cancel own "
        "orders go too, until none is left", .mutating = true,
        .takes_strategy = true, .takes_product = true, .takes_reason = true, .takes_cancel = true,
        .example = "halt --reason 'fills look wrong'"},
    [CONTROL_REDUCE] = {"reduce", "only orders that can do nothing but reduce; latched",
        .mutating = true, .takes_strategy = true, .takes_product = true, .takes_reason = true,
        .example = "reduce --strategy ma_cross"},
    [CONTROL_RESUME] = {"resume", "clear a latch and end a flatten, of that scope; the "
        "reason goes into the journal",
        .mutating = true, .takes_strategy = true, .takes_product = true, .takes_reason = true,
        .needs_reason = true, .example = "resume --reason 'venue says it is fixed'"},
    [CONTROL_RELOAD] = {"reload", "load changed scripts into fresh runners; NAME: that one alone",
        .mutating = true, .name_is = "NAME", .example = "reload ma_cross"},
    [CONTROL_CANCEL_MINE] = {"cancel-mine", "cancel the host's own orders", .mutating = true,
        .takes_strategy = true, .takes_product = true, .takes_reason = true,
        .example = "cancel-mine --product BIP-20DEC30-CDE"},
    [CONTROL_FLATTEN] = {"flatten", "cancel own orders, then close positions by market orders",
        .mutating = true, .takes_strategy = true, .takes_product = true, .takes_reason = true,
        .example = "flatten --product BIP-20DEC30-CDE --reason 'end of day'"},
    [CONTROL_RECONCILE] = {"reconcile", "compare orders, fills and positions with the venue now",
        .mutating = true},
    [CONTROL_ACCEPT] = {"accept", "take over the venue's positions where they differ from ours",
        .mutating = true, .takes_reason = true, .needs_reason = true,
        .example = "accept --reason 'bought by hand'"},
    [CONTROL_STOP] = {"stop", "end the daemon as SIGTERM does", .mutating = true,
        .takes_reason = true},
    [CONTROL_STATUS] = {"status", "everything at a glance, as `moongate status` shows it"},
    [CONTROL_ORDERS] = {"orders", "live orders first, then recent ones", .takes_strategy = true,
        .takes_product = true, .takes_limit = true, .example = "orders --limit 10"},
    [CONTROL_POSITIONS] = {"positions", "who holds what, at which cost"},
    [CONTROL_LIMITS] = {"limits", "every limit of the gate and how much of it is used"},
    [CONTROL_RUNNERS] = {"runners", "script processes: state, version, counters"},
    [CONTROL_REFUSALS] = {"refusals", "what the gate and the rules refused: counts and the latest",
        .takes_limit = true},
    [CONTROL_WHY] = {"why", "an order's or a verdict's whole story: client id, venue id or number",
        .name_is = "ID", .needs_name = true, .takes_limit = true, .example = "why 1041"},
    [CONTROL_CANCEL_ALL] = {"cancel-all", "cancel every order of the account, others' too",
        .mutating = true, .takes_product = true, .takes_reason = true, .needs_reason = true,
        .example = "cancel-all --reason 'the key leaked'"},
    [CONTROL_ADOPT] = {"adopt", "let an order that the journal lacks work: for a strategy, or as "
        "external", .mutating = true, .name_is = "ID", .needs_name = true, .takes_strategy = true,
        .takes_reason = true, .example = "adopt 0a1b-2c3d --strategy quoter"},
    [CONTROL_CANCEL] = {"cancel", "cancel one live order, by client id or venue id",
        .mutating = true, .name_is = "ID", .needs_name = true, .takes_reason = true,
        .example = "cancel 0a1b-2c3d"},
    [CONTROL_DROP] = {"drop", "your word that an unknown order is dead: its exposure is released",
        .mutating = true, .name_is = "ID", .needs_name = true, .takes_reason = true,
        .needs_reason = true, .example = "drop 0a1b-2c3d --reason 'the venue says so by phone'"},
    [CONTROL_PARKED] = {"parked", "what waits for you: the host cannot resolve it by itself"},
    [CONTROL_REPORT] = {"report", "the UTC day so far: positions, fills, fees, funding, balance"},
    [CONTROL_OVERRIDE] = {"override", "set one control of the gate aside for a while: answers a "
        "token to confirm", .mutating = true, .name_is = "CONTROL", .needs_name = true,
        .takes_strategy = true, .takes_product = true, .takes_reason = true, .needs_reason = true,
        .takes_for = true,
        .example = "override 10 --for 15m --strategy quoter --reason 'thin book, seen it'"},
    [CONTROL_CONFIRM] = {"confirm", "the second step of whatever loosens: type the token back",
        .mutating = true, .name_is = "TOKEN", .needs_name = true, .example = "confirm k7m2xq"},
    [CONTROL_REVOKE] = {"revoke", "end a consent before its time", .mutating = true,
        .name_is = "NUMBER", .needs_name = true, .takes_reason = true, .example = "revoke 3"},
    [CONTROL_LIMIT] = {"limit", "change a limit while the host runs: tighter at once, looser in "
        "two steps and for a time", .mutating = true, .name_is = "KEY", .needs_name = true,
        .takes_value = true, .takes_strategy = true, .takes_product = true, .takes_reason = true,
        .needs_reason = true, .takes_for = true,
        .example = "limit max_position 0.05 --product BIP-20DEC30-CDE --reason 'thin week'"},
    [CONTROL_CONSENTS] = {"consents", "what was asked for and what is in force, with its time"},
    [CONTROL_STAGE] = {"stage", "the stage of trading, its ceiling in the config, the next one"},
    [CONTROL_CHECKPOINTS] = {"checkpoints", "what was measured in this stage, and what a promotion "
        "wants"},
    [CONTROL_PROMOTE] = {"promote", "the next stage, once every checkpoint holds: answers a token "
        "to confirm", .mutating = true, .name_is = "STAGE", .takes_reason = true,
        .needs_reason = true, .example = "promote canary --reason 'a week of demo, all green'"},
    [CONTROL_DEMOTE] = {"demote", "back to an earlier stage, at once", .mutating = true,
        .name_is = "STAGE", .needs_name = true, .takes_reason = true, .needs_reason = true,
        .example = "demote demo --reason 'new strategy'"},
    [CONTROL_RISK] = {"risk", "volatility, correlation, value at risk, stress losses"},
};

const struct control_verb_spec *control_verb(enum control_verb verb)
{
    CHECK((unsigned)verb < CONTROL_VERB_COUNT);
    return &VERBS[verb];
}

int control_verb_find(const char *name, enum control_verb *ret, struct err *err)
{
    enum control_verb nearest = CONTROL_HALT;
    for (enum control_verb i = 0; i < CONTROL_VERB_COUNT; i++) {
        if (strcmp(name, VERBS[i].name) == 0) {
            *ret = i;
            return 0;
        }
        if (text_distance(name, VERBS[i].name) < text_distance(name, VERBS[nearest].name))
            nearest = i;
    }
    return err_set(err, "there is no verb '%.40s'; did you mean '%s'?", name, VERBS[nearest].name);
}

void control_verb_usage(enum control_verb verb, struct buf *out)
{
    const struct control_verb_spec *spec = control_verb(verb);
    buf_puts(out, spec->name);
    if (spec->name_is)
        buf_printf(out, spec->needs_name ? " %s" : " [%s]", spec->name_is);
    if (spec->takes_value)
        buf_puts(out, " VALUE");
    if (spec->takes_strategy && spec->takes_product)
        buf_puts(out, " [--strategy NAME | --product ID]");
    else if (spec->takes_strategy || spec->takes_product)
        buf_puts(out, spec->takes_strategy ? " [--strategy NAME]" : " [--product ID]");
    if (spec->takes_cancel)
        buf_puts(out, " [--cancel]");
    if (spec->takes_for)
        buf_puts(out, spec->takes_value ? " [--for TIME]" : " --for TIME");
    if (spec->takes_limit)
        buf_puts(out, " [--limit N]");
    if (spec->takes_reason)
        buf_puts(out, spec->needs_reason ? " --reason TEXT" : " [--reason TEXT]");
}

static void help_part(struct buf *out, bool mutating)
{
    for (enum control_verb i = 0; i < CONTROL_VERB_COUNT; i++) {
        if (VERBS[i].mutating != mutating)
            continue;
        buf_puts(out, "  ");
        control_verb_usage(i, out);
        buf_printf(out, "\n      %s\n", VERBS[i].help);
    }
}

void control_help(struct buf *out)
{
    buf_puts(out, "Verbs that act:\n");
    help_part(out, true);
    buf_puts(out, "\nVerbs that look:\n");
    help_part(out, false);
    buf_puts(out, "\nExamples:\n");
    for (enum control_verb i = 0; i < CONTROL_VERB_COUNT; i++)
        if (VERBS[i].example)
            buf_printf(out, "  moongate ctl %s\n", VERBS[i].example);
}

/* --- requests --- */

static int check_targets(const struct control_request *request,
                         const struct control_verb_spec *spec, struct err *err)
{
    if (*request->strategy && !spec->takes_strategy)
        return err_set(err, "%s takes no strategy", spec->name);
    if (*request->product && !spec->takes_product)
        return err_set(err, "%s takes no product", spec->name);
    /* The engine latches one of the three; a pair would silently lose one. `orders` only looks. */
    if (*request->strategy && *request->product && spec->mutating)
        return err_set(err, "%s takes a strategy or a product, not both", spec->name);
    return 0;
}

static bool is_blank(const char *text)
{
    return text[strspn(text, " \t")] == '\0';
}

bool control_parse_for(const char *text, uint32_t *ret_s)
{
    uint32_t value = 0, unit = 1;
    if (*text < '0' || *text > '9')
        return false;
    for (; *text >= '0' && *text <= '9' && value <= CONTROL_FOR_MAX_S; text++)
        value = value * 10 + (uint32_t)(*text - '0');
    if (*text == 'm' || *text == 'h')
        unit = *text == 'm' ? 60 : 3600;
    else if (*text != 's')
        return false;
    *ret_s = value * unit;
    return text[1] == '\0' && value > 0 && value <= CONTROL_FOR_MAX_S / unit;
}

int control_request_check(const struct control_request *request, struct err *err)
{
    const struct control_verb_spec *spec = control_verb(request->verb);
    if (check_targets(request, spec, err) < 0)
        return -1;
    if (*request->name && !spec->name_is)
        return err_set(err, "%s takes no name", spec->name);
    if (!*request->name && spec->needs_name)
        return err_set(err, "%s needs %s: `%s`", spec->name, spec->name_is, spec->example);
    if (!*request->value != !spec->takes_value)
        return err_set(err, *request->value ? "%s takes no value" : "%s needs a value: what it "
                                                                    "shall be", spec->name);
    if (*request->reason && !spec->takes_reason)
        return err_set(err, "%s takes no reason", spec->name);
    if (spec->needs_reason && is_blank(request->reason))
        return err_set(err, "%s needs a reason, it goes into the journal: `%s`", spec->name,
                       spec->example);
    if (request->limit > 0 && !spec->takes_limit)
        return err_set(err, "%s takes no limit", spec->name);
    if (request->cancel && !spec->takes_cancel)
        return err_set(err, "%s takes no --cancel", spec->name);
    if (request->for_s > 0 && !spec->takes_for)
        return err_set(err, "%s takes no --for", spec->name);
    if (request->for_s > CONTROL_FOR_MAX_S)
        return err_set(err, "for %u s is above %d", request->for_s, CONTROL_FOR_MAX_S);
    if (request->limit > CONTROL_LIMIT_MAX)
        return err_set(err, "limit %u is above %d", request->limit, CONTROL_LIMIT_MAX);
    return 0;
}

static void put_unless_empty(struct json_writer *json, const char *key, const char *text)
{
    if (*text)
        json_put_text(json, key, text);
}

void control_request_encode(const struct control_request *request, struct buf *out)
{
    struct json_writer json;
    json_write_init(&json, out);
    json_open_object(&json);
    json_put_text(&json, "verb", control_verb(request->verb)->name);
    put_unless_empty(&json, "strategy", request->strategy);
    put_unless_empty(&json, "product", request->product);
    put_unless_empty(&json, "name", request->name);
    put_unless_empty(&json, "value", request->value);
    put_unless_empty(&json, "reason", request->reason);
    if (request->limit > 0)
        json_put_uint(&json, "limit", request->limit);
    if (request->cancel)
        json_put_bool(&json, "cancel", true);
    if (request->for_s > 0)
        json_put_uint(&json, "for_s", request->for_s);
    json_close_object(&json);
    buf_puts(out, "\n");
}

static bool take_text(struct json_reader *json, char *out, size_t capacity)
{
    struct json_text text = {0};
    if (!json_read_string(json, &text))
        return false;
    return json_text_copy(text, out, capacity) || json_fail(json, "too long a text");
}

static bool take_count(struct json_reader *json, uint64_t most, const char *fault, uint32_t *ret)
{
    struct json_text text = {0};
    uint64_t value;
    if (!json_read_number(json, &text))
        return false;
    if (!json_text_uint64(text, &value) || value == 0 || value > most)
        return json_fail(json, fault);
    *ret = (uint32_t)value;
    return true;
}

static bool take_member(struct json_reader *json, struct json_text key, char *ret_verb,
                        struct control_request *ret)
{
    if (json_text_equal(key, "verb"))
        return take_text(json, ret_verb, CONTROL_NAME_MAX);
    if (json_text_equal(key, "strategy"))
        return take_text(json, ret->strategy, sizeof ret->strategy);
    if (json_text_equal(key, "product"))
        return take_text(json, ret->product, sizeof ret->product);
    if (json_text_equal(key, "name"))
        return take_text(json, ret->name, sizeof ret->name);
    if (json_text_equal(key, "value"))
        return take_text(json, ret->value, sizeof ret->value);
    if (json_text_equal(key, "reason"))
        return take_text(json, ret->reason, sizeof ret->reason);
    if (json_text_equal(key, "limit"))
        return take_count(json, CONTROL_LIMIT_MAX, "limit is a whole number from 1 to 5000",
                          &ret->limit);
    if (json_text_equal(key, "for_s"))
        return take_count(json, CONTROL_FOR_MAX_S, "for_s is a number of seconds, a week at most",
                          &ret->for_s);
    if (json_text_equal(key, "cancel"))
        return json_read_bool(json, &ret->cancel);
    return json_fail(json, "a request has verb, strategy, product, name, value, reason, limit, "
                           "cancel, for_s");
}

int control_request_decode(const char *bytes, size_t length, struct control_request *ret,
                           struct err *err)
{
    struct json_reader json;
    struct json_text key;
    char verb[CONTROL_NAME_MAX] = "";
    memset(ret, 0, sizeof *ret);
    json_init(&json, bytes, length);
    if (json_enter_object(&json))
        while (json_next_key(&json, &key) && take_member(&json, key, verb, ret))
            ;
    if (json_finish(&json, err) < 0)
        return err_wrap(err, "request");
    if (!*verb)
        return err_set(err, "request: \"verb\" is missing");
    if (control_verb_find(verb, &ret->verb, err) < 0)
        return -1;
    return control_request_check(ret, err);
}

/* --- replies --- */

void control_reply_encode(struct buf *out, bool ok, const char *text, const char *result,
                          size_t result_length)
{
    struct json_writer json;
    json_write_init(&json, out);
    json_open_object(&json);
    json_put_bool(&json, "ok", ok);
    json_put_text(&json, "text", text);
    if (result)
        json_put_raw(&json, "result", result, result_length);
    json_close_object(&json);
    buf_puts(out, "\n");
}

static bool take_result(struct json_reader *json, struct control_reply *ret)
{
    if (json_peek(json) == JSON_NONE)
        return json_fail(json, "a value was expected");
    ret->result = json->at;
    if (!json_skip_value(json))
        return false;
    ret->result_length = (size_t)(json->at - ret->result);
    return true;
}

/* A later daemon may tell more: unknown members are passed over here. */
static bool take_reply_member(struct json_reader *json, struct json_text key, bool *ret_has_ok,
                              struct control_reply *ret)
{
    struct json_text text = {0};
    if (json_text_equal(key, "ok"))
        return *ret_has_ok = json_read_bool(json, &ret->ok);
    if (json_text_equal(key, "result"))
        return take_result(json, ret);
    if (!json_text_equal(key, "text"))
        return json_skip_value(json);
    if (!json_read_string(json, &text))
        return false;
    json_text_excerpt(text, ret->text, sizeof ret->text);
    return true;
}

int control_reply_decode(const char *bytes, size_t length, struct control_reply *ret,
                         struct err *err)
{
    struct json_reader json;
    struct json_text key;
    bool has_ok = false;
    memset(ret, 0, sizeof *ret);
    json_init(&json, bytes, length);
    if (json_enter_object(&json))
        while (json_next_key(&json, &key) && take_reply_member(&json, key, &has_ok, ret))
            ;
    if (json_finish(&json, err) < 0)
        return err_wrap(err, "reply");
    return has_ok ? 0 : err_set(err, "reply: \"ok\" is missing");
}
