/* What loosens takes two steps, ends by itself, and holds over a restart until then. */
#include "suites.h"

#include <string.h>

#include "base/text.h"
#include "engine/snapshot_care.h"
#include "engine_rig.h"
#include "model/limit_list.h"

static const int64_t SECOND = 1000000000, MINUTE = 60000000000;

static struct rig *ready(void)
{
    struct rig *rig = rig_create(0);
    for (int i = 0; i < 2; i++)
        rig->settings.product_limits[i].max_order_size = rig_size("0.5");
    engine_destroy(rig->engine);
    rig->engine = engine_create(&rig->settings);
    rig_up(rig);
    rig_forget(rig);
    return rig;
}

static const struct command_operator_reply *say_value(struct rig *rig, enum operator_verb verb,
                                                      int target, uint8_t index, const char *id,
                                                      const char *value, int64_t for_ns)
{
    struct event event = {.kind = EVENT_OPERATOR};
    event.operator.verb = verb;
    event.operator.token = 42;
    event.operator.target = target;
    event.operator.index = index;
    event.operator.for_ns = for_ns;
    text_copy(event.operator.value, DECIMAL_TEXT_MAX, value, strlen(value));
    text_copy(event.operator.id, VENUE_ID_MAX, id, strlen(id));
    text_copy(event.operator.reason, REASON_MAX, "a test of the size limit", 24);
    rig_step(rig, &event);
    return &rig_last(rig, COMMAND_OPERATOR_REPLY)->operator_reply;
}

static const struct command_operator_reply *say(struct rig *rig, enum operator_verb verb,
                                                int target, uint8_t index, const char *id,
                                                int64_t for_ns)
{
    return say_value(rig, verb, target, index, id, "", for_ns);
}

/* The token is the word behind "confirm". */
static void token_of(const struct command_operator_reply *reply, char ret[16])
{
    const char *at = strstr(reply->text, "confirm ");
    assert_true(reply->done && at != NULL);
    text_copy(ret, 16, at + 8, strcspn(at + 8, " "));
}

static void set_aside(struct rig *rig, int target, uint8_t index, const char *control,
                      int64_t for_ns)
{
    char token[16];
    token_of(say(rig, OPERATOR_OVERRIDE, target, index, control, for_ns), token);
    assert_true(say(rig, OPERATOR_CONFIRM, TARGET_ACCOUNT, 0, token, 0)->done);
}

static const struct command_operator_reply *confirm_as(struct rig *rig, uint32_t uid,
                                                       const char *token)
{
    struct event event = {.kind = EVENT_OPERATOR};
    event.operator.verb = OPERATOR_CONFIRM;
    event.operator.token = 42;
    event.operator.uid = uid;
    text_copy(event.operator.id, VENUE_ID_MAX, token, strlen(token));
    rig_step(rig, &event);
    return &rig_last(rig, COMMAND_OPERATOR_REPLY)->operator_reply;
}

static enum refusal asked(struct rig *rig, actor_index strategy, product_index product,
                          const char *size, order_ref ref)
{
    uint32_t placed = rig_count(rig, COMMAND_PLACE);
    rig_limit(rig, strategy, product, SIDE_BUY, "98", size, ref);
    if (rig_count(rig, COMMAND_PLACE) > placed) { /* the venue refuses it: nothing is left */
        rig_reply(rig, rig_last(rig, COMMAND_PLACE)->place.id, OUTCOME_REFUSED, "");
        return REFUSED_NOT;
    }
    return rig_last_notice(rig, strategy, NOTICE_REFUSAL)->refusal.verdict.code;
}

static uint32_t count(struct rig *rig, bool granted)
{
    struct consent_row row;
    uint32_t ret = 0;
    for (uint32_t i = 0; snapshot_consent(rig->engine, i, &row); i++)
        ret += row.granted == granted;
    return ret;
}

static void an_override_is_asked_confirmed_and_ends(void **state)
{
    (void)state;
    struct rig *rig = ready();
    char token[16];
    assert_int_equal(asked(rig, 0, 0, "0.6", 1), REFUSED_ORDER_SIZE);
    token_of(say(rig, OPERATOR_OVERRIDE, TARGET_ACCOUNT, 0, "7", 10 * MINUTE), token);
    assert_int_equal(asked(rig, 0, 0, "0.7", 2), REFUSED_ORDER_SIZE); /* asked for is not had */
    assert_int_equal(rig_records(rig, RECORD_CONSENT), 1);
    assert_true(say(rig, OPERATOR_CONFIRM, TARGET_ACCOUNT, 0, token, 0)->done);
    assert_int_equal(rig_records(rig, RECORD_CONSENT), 2);
    assert_int_equal(asked(rig, 0, 0, "0.8", 3), REFUSED_NOT);
    assert_false(say(rig, OPERATOR_CONFIRM, TARGET_ACCOUNT, 0, token, 0)->done); /* used up */
    rig_pass(rig, 10 * MINUTE);
    assert_int_equal(count(rig, true), 0);
    assert_int_equal(asked(rig, 0, 0, "0.9", 4), REFUSED_ORDER_SIZE);
    assert_int_equal(rig_records(rig, RECORD_CONSENT), 3);
    rig_destroy(rig);
}

static void a_request_that_nobody_confirms_is_forgotten(void **state)
{
    (void)state;
    struct rig *rig = ready();
    char token[16];
    token_of(say(rig, OPERATOR_OVERRIDE, TARGET_ACCOUNT, 0, "7", MINUTE), token);
    rig_pass(rig, 2 * MINUTE + SECOND);
    assert_false(say(rig, OPERATOR_CONFIRM, TARGET_ACCOUNT, 0, token, 0)->done);
    assert_int_equal(count(rig, false), 0);
    token_of(say(rig, OPERATOR_OVERRIDE, TARGET_ACCOUNT, 0, "7", MINUTE), token);
    rig_restart(rig); /* nor does it outlive the host */
    rig_up(rig);
    assert_false(say(rig, OPERATOR_CONFIRM, TARGET_ACCOUNT, 0, token, 0)->done);
    rig_destroy(rig);
}

static void wrong_tokens_forget_what_was_asked(void **state)
{
    (void)state;
    struct rig *rig = ready();
    char token[16];
    token_of(say(rig, OPERATOR_OVERRIDE, TARGET_ACCOUNT, 0, "7", MINUTE), token);
    for (int i = 0; i < 3; i++)
        assert_false(say(rig, OPERATOR_CONFIRM, TARGET_ACCOUNT, 0, i ? "aaaaaa" : "", 0)->done);
    assert_false(say(rig, OPERATOR_CONFIRM, TARGET_ACCOUNT, 0, token, 0)->done);
    assert_int_equal(asked(rig, 0, 0, "0.6", 1), REFUSED_ORDER_SIZE);
    rig_destroy(rig);
}

static void what_keeps_the_gate_standing_is_never_set_aside(void **state)
{
    (void)state;
    static const char *const NEVER[] = {"1",  "3",  "4",  "5", "6",  "26", "29", "0", "30", "",
                                        "07x", "x", "-7", "4294967303", "18446744073709551623"};
    struct rig *rig = ready();
    for (size_t i = 0; i < sizeof NEVER / sizeof NEVER[0]; i++)
        assert_false(say(rig, OPERATOR_OVERRIDE, TARGET_ACCOUNT, 0, NEVER[i], MINUTE)->done);
    assert_false(say(rig, OPERATOR_OVERRIDE, TARGET_ACCOUNT, 0, "7", 0)->done);
    assert_false(say(rig, OPERATOR_OVERRIDE, TARGET_ACCOUNT, 0, "7", -1)->done);
    assert_false(say(rig, OPERATOR_OVERRIDE, TARGET_ACCOUNT, 0, "7", INT64_MAX)->done);
    assert_int_equal(count(rig, false), 0);
    rig_destroy(rig);
}

static void an_override_is_for_what_it_names(void **state)
{
    (void)state;
    struct rig *rig = ready();
    set_aside(rig, TARGET_STRATEGY, 1, "7", MINUTE);
    assert_int_equal(asked(rig, 0, 0, "0.6", 1), REFUSED_ORDER_SIZE);
    assert_int_equal(asked(rig, 1, 1, "0.6", 2), REFUSED_NOT);
    set_aside(rig, TARGET_PRODUCT, 0, "7", MINUTE);
    assert_int_equal(asked(rig, 0, 0, "0.7", 3), REFUSED_NOT);
    rig_destroy(rig);
}

static void an_override_holds_over_a_restart_until_its_time(void **state)
{
    (void)state;
    struct rig *rig = ready();
    set_aside(rig, TARGET_STRATEGY, 0, "7", 10 * MINUTE);
    rig_pass(rig, 4 * MINUTE);
    rig_restart(rig);
    rig_up(rig);
    assert_int_equal(asked(rig, 0, 0, "0.6", 1), REFUSED_NOT);
    rig_pass(rig, 7 * MINUTE);
    assert_int_equal(asked(rig, 0, 0, "0.7", 2), REFUSED_ORDER_SIZE);
    set_aside(rig, TARGET_STRATEGY, 0, "7", 10 * MINUTE);
    rig->now.wall_ns += 20 * MINUTE; /* the host was down past its end */
    rig_restart(rig);
    rig_up(rig);
    assert_int_equal(asked(rig, 0, 0, "0.8", 3), REFUSED_ORDER_SIZE);
    rig_destroy(rig);
}

static void an_override_can_be_revoked(void **state)
{
    (void)state;
    struct rig *rig = ready();
    set_aside(rig, TARGET_ACCOUNT, 0, "7", 10 * MINUTE);
    set_aside(rig, TARGET_ACCOUNT, 0, "7", 20 * MINUTE); /* in its place, not beside it */
    assert_int_equal(count(rig, true), 1);
    assert_false(say(rig, OPERATOR_REVOKE, TARGET_ACCOUNT, 0, "1", 0)->done);
    assert_false(say(rig, OPERATOR_REVOKE, TARGET_ACCOUNT, 0, "x", 0)->done);
    assert_true(say(rig, OPERATOR_REVOKE, TARGET_ACCOUNT, 0, "2", 0)->done);
    assert_int_equal(asked(rig, 0, 0, "0.6", 1), REFUSED_ORDER_SIZE);
    rig_restart(rig);
    rig_up(rig);
    assert_int_equal(asked(rig, 0, 0, "0.7", 2), REFUSED_ORDER_SIZE);
    rig_destroy(rig);
}

/* ---- limits while it runs; the config's largest order is 0.5 */

static bool limit_size(struct rig *rig, const char *value, int64_t for_ns)
{
    return say_value(rig, OPERATOR_LIMIT, TARGET_PRODUCT, 0, "max_order_size", value, for_ns)
        ->done;
}

static void confirm_last(struct rig *rig)
{
    char token[16];
    token_of(&rig_last(rig, COMMAND_OPERATOR_REPLY)->operator_reply, token);
    assert_true(say(rig, OPERATOR_CONFIRM, TARGET_ACCOUNT, 0, token, 0)->done);
}

/* F72 | unit | a limit is tightened | at once, over restarts, taken back in two steps alone */
static void a_tighter_limit_holds_at_once_until_it_is_revoked(void **state)
{
    (void)state;
    struct rig *rig = ready();
    assert_true(limit_size(rig, "0.3", 0));
    assert_int_equal(asked(rig, 0, 0, "0.4", 1), REFUSED_ORDER_SIZE);
    assert_true(limit_size(rig, "0.2", 0)); /* in its place */
    assert_int_equal(count(rig, true), 1);
    assert_false(limit_size(rig, "0.25", 0)); /* looser than now: revoke first */
    rig_restart(rig);
    rig_up(rig);
    assert_int_equal(asked(rig, 0, 0, "0.3", 2), REFUSED_ORDER_SIZE);
    assert_int_equal(asked(rig, 1, 1, "0.4", 3), REFUSED_NOT); /* another product's is its own */
    assert_true(say(rig, OPERATOR_REVOKE, TARGET_ACCOUNT, 0, "2", 0)->done);
    assert_int_equal(asked(rig, 0, 0, "0.31", 4), REFUSED_ORDER_SIZE); /* that was the first step */
    confirm_last(rig);
    assert_int_equal(asked(rig, 0, 0, "0.5", 5), REFUSED_NOT);
    rig_restart(rig);
    rig_up(rig);
    assert_int_equal(asked(rig, 0, 0, "0.49", 6), REFUSED_NOT);
    assert_int_equal(asked(rig, 0, 0, "0.51", 7), REFUSED_ORDER_SIZE);
    rig_destroy(rig);
}

/* F72 | unit | a limit is loosened | in two steps, for a time, then the config's again */
static void a_looser_limit_takes_two_steps_and_ends(void **state)
{
    (void)state;
    struct rig *rig = ready();
    assert_false(limit_size(rig, "0.6", 0)); /* for good: by the config alone */
    assert_true(limit_size(rig, "0.6", 10 * MINUTE));
    assert_int_equal(asked(rig, 0, 0, "0.6", 1), REFUSED_ORDER_SIZE);
    assert_true(limit_size(rig, "0.6", 10 * MINUTE));
    confirm_last(rig);
    assert_int_equal(asked(rig, 0, 0, "0.6", 2), REFUSED_NOT);
    assert_int_equal(asked(rig, 0, 0, "0.61", 3), REFUSED_ORDER_SIZE);
    assert_false(limit_size(rig, "0.7", MINUTE)); /* one at a time */
    assert_false(limit_size(rig, "0.55", 0));
    rig_pass(rig, 4 * MINUTE);
    rig_restart(rig);
    rig_up(rig);
    assert_int_equal(asked(rig, 0, 0, "0.59", 4), REFUSED_NOT);
    rig_pass(rig, 7 * MINUTE);
    assert_int_equal(asked(rig, 0, 0, "0.58", 5), REFUSED_ORDER_SIZE);
    assert_int_equal(asked(rig, 0, 0, "0.5", 6), REFUSED_NOT);
    assert_false(limit_size(rig, "0.4", MINUTE)); /* tighter holds until it is revoked */
    assert_true(limit_size(rig, "0.4", 0));
    rig->settings.product_limits[0].max_order_size = rig_size("0.1");
    rig_restart(rig); /* the config of a later start is tighter still */
    rig_up(rig);
    assert_int_equal(asked(rig, 0, 0, "0.2", 7), REFUSED_ORDER_SIZE);
    rig_destroy(rig);
}

/* F72 | unit | a looser limit is asked for, a tighter one set, then the first confirmed | the
 * tighter one holds */
static void a_request_from_before_a_tighter_limit_is_worth_nothing(void **state)
{
    (void)state;
    struct rig *rig = ready();
    char token[16], other[16];
    assert_true(limit_size(rig, "0.6", 10 * MINUTE));
    token_of(&rig_last(rig, COMMAND_OPERATOR_REPLY)->operator_reply, token);
    assert_true(limit_size(rig, "0.3", 0));
    assert_false(say(rig, OPERATOR_CONFIRM, TARGET_ACCOUNT, 0, token, 0)->done);
    assert_int_equal(asked(rig, 0, 0, "0.4", 1), REFUSED_ORDER_SIZE);
    token_of(say(rig, OPERATOR_REVOKE, TARGET_ACCOUNT, 0, "2", 0), token);
    token_of(say(rig, OPERATOR_REVOKE, TARGET_ACCOUNT, 0, "2", 0), other);
    assert_true(say(rig, OPERATOR_CONFIRM, TARGET_ACCOUNT, 0, token, 0)->done);
    assert_false(say(rig, OPERATOR_CONFIRM, TARGET_ACCOUNT, 0, other, 0)->done);
    assert_true(limit_size(rig, "0.6", 10 * MINUTE));
    token_of(&rig_last(rig, COMMAND_OPERATOR_REPLY)->operator_reply, token);
    assert_true(limit_size(rig, "0.9", 10 * MINUTE));
    token_of(&rig_last(rig, COMMAND_OPERATOR_REPLY)->operator_reply, other);
    assert_true(say(rig, OPERATOR_CONFIRM, TARGET_ACCOUNT, 0, token, 0)->done);
    assert_false(say(rig, OPERATOR_CONFIRM, TARGET_ACCOUNT, 0, other, 0)->done);
    assert_int_equal(asked(rig, 0, 0, "0.7", 2), REFUSED_ORDER_SIZE);
    rig_destroy(rig);
}

/* F72 | unit | loosened from 0.5 to 0.6, restarted with 0.1 in the config | 0.1 holds, and the
 * consent is over for good */
static void a_config_of_another_value_ends_what_loosened_it(void **state)
{
    (void)state;
    struct rig *rig = ready();
    assert_true(limit_size(rig, "0.6", 10 * MINUTE));
    confirm_last(rig);
    rig->settings.product_limits[0].max_order_size = rig_size("0.1");
    rig_restart(rig);
    rig_up(rig);
    assert_int_equal(asked(rig, 0, 0, "0.2", 1), REFUSED_ORDER_SIZE);
    assert_int_equal(count(rig, true), 0);
    rig->settings.product_limits[0].max_order_size = rig_size("0.5");
    rig_restart(rig);
    rig_up(rig);
    assert_int_equal(asked(rig, 0, 0, "0.6", 2), REFUSED_ORDER_SIZE);
    rig_destroy(rig);
}

/* Law 7: what is tighter is so at once, however many requests wait for their second step. */
static void requests_leave_room_for_a_tighter_limit(void **state)
{
    (void)state;
    struct rig *rig = ready();
    for (int i = 0; i < MAX_CONSENTS; i++)
        assert_true(say(rig, OPERATOR_OVERRIDE, TARGET_ACCOUNT, 0, "7", MINUTE)->done);
    assert_false(say(rig, OPERATOR_OVERRIDE, TARGET_ACCOUNT, 0, "7", MINUTE)->done);
    assert_true(limit_size(rig, "0.3", 0));
    assert_int_equal(asked(rig, 0, 0, "0.4", 1), REFUSED_ORDER_SIZE);
    rig_destroy(rig);
}

static void limits_that_cannot_be_are_refused(void **state)
{
    (void)state;
    static const struct { int target; const char *key, *value; } WRONG[] = {
        {TARGET_PRODUCT, "max_order_siz", "1"},    {TARGET_PRODUCT, "", "1"},
        {TARGET_PRODUCT, "max_order_size", ""},    {TARGET_PRODUCT, "max_order_size", "0"},
        {TARGET_PRODUCT, "max_order_size", "-1"},  {TARGET_PRODUCT, "max_order_size", "1e3"},
        {TARGET_ACCOUNT, "max_order_size", "1"},   {TARGET_ACCOUNT, "message_window_ms", "5000"},
        {TARGET_STRATEGY, "fires_window_ms", "5"}, {TARGET_ACCOUNT, "max_messages", "1.5"},
        {TARGET_ACCOUNT, "max_messages", "4294967296"},
        {TARGET_ACCOUNT, "max_skew_ms", "99999999999999999999"},
        {TARGET_ACCOUNT, "max_gross", "nan"},
        {TARGET_PRODUCT, "price_collar", "0.0000000001"}};
    struct rig *rig = ready();
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++)
        assert_false(say_value(rig, OPERATOR_LIMIT, WRONG[i].target, 0, WRONG[i].key,
                               WRONG[i].value, 0)
                         ->done);
    assert_int_equal(rig_records(rig, RECORD_CONSENT), 0);
    rig_destroy(rig);
}

/* Of every limit, whichever way is tighter: half of it, or twice, is in force and is taken back. */
static void every_limit_can_be_tightened(void **state)
{
    (void)state;
    struct rig *rig = ready();
    static const int SCOPES[] = {SCOPE_ACCOUNT, SCOPE_STRATEGY, SCOPE_PRODUCT};
    for (int target = TARGET_ACCOUNT; target <= TARGET_PRODUCT; target++) {
        uint32_t rows;
        const struct limit_row *row = limit_rows(SCOPES[target], &rows);
        for (uint32_t i = 0; i < rows; i++, row++) {
            bool coin = row->unit == LIMIT_IS_SIZE || row->unit == LIMIT_IS_RATIO;
            const char *least = coin ? "0.000000001" : "1";
            const char *most = coin ? "9000000000" : "900000000";
            bool window = strstr(row->key, "message_window") || strstr(row->key, "fires_window");
            bool done = say_value(rig, OPERATOR_LIMIT, target, 0, row->key,
                                  row->less_is_looser ? most : least, 0)
                            ->done;
            if (done == window)
                fail_msg("%s", row->key);
            if (count(rig, true) == MAX_CONSENTS) {
                rig_destroy(rig);
                rig = ready();
            }
        }
    }
    rig_destroy(rig);
}

/* F72 | unit | who asked for a loosening confirms it, but is no desk of one | refused; another user
 * has it, and the journal has both */
static void a_second_word_is_a_second_users(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    char token[16];
    rig->settings.one_operator = false;
    engine_destroy(rig->engine);
    rig->engine = engine_create(&rig->settings);
    rig_up(rig);
    token_of(say(rig, OPERATOR_OVERRIDE, TARGET_ACCOUNT, 0, "10", MINUTE), token);
    assert_false(confirm_as(rig, 0, token)->done);
    assert_non_null(strstr(rig_last(rig, COMMAND_OPERATOR_REPLY)->operator_reply.text,
                           "one_operator"));
    assert_int_equal(count(rig, true), 0);
    assert_true(confirm_as(rig, 1000, token)->done); /* asked for still */
    const struct record *granted = &rig->journal[rig->journal_count - 1];
    while (granted->kind != RECORD_CONSENT)
        granted--;
    assert_int_equal(granted->consent.step, CONSENT_GRANTED);
    assert_int_equal(granted->consent.consent.asked_uid, 0);
    assert_int_equal(granted->consent.consent.confirmed_uid, 1000);
    rig_destroy(rig);
}

/* More than a person keeps in mind: nothing more is asked for; what tightens makes its own room,
 * as long as there is a request to give way. */
static void a_full_table_still_tightens(void **state)
{
    (void)state;
    struct rig *rig = ready();
    char token[16], text[DECIMAL_TEXT_MAX] = "0.40";
    for (uint32_t i = 0; i < MAX_CONSENTS; i++)
        token_of(say(rig, OPERATOR_OVERRIDE, TARGET_ACCOUNT, 0, "10", MINUTE + i), token);
    assert_false(say(rig, OPERATOR_OVERRIDE, TARGET_ACCOUNT, 0, "8", MINUTE)->done);
    assert_true(say_value(rig, OPERATOR_LIMIT, TARGET_PRODUCT, 0, "max_order_size", text, 0)->done);
    assert_int_equal(count(rig, true), 1);
    assert_int_equal(count(rig, false), MAX_CONSENTS - 1);
    assert_int_equal(asked(rig, 0, 0, "0.45", 1), REFUSED_ORDER_SIZE);
    rig_tick(rig, 121 * SECOND); /* what was not confirmed in time is gone */
    assert_int_equal(count(rig, false), 0);
    rig_destroy(rig);
}

/* ---- at the edges: of time, of the table, of what is typed */

/* The engine hears of it before anything fell due: time is up all the same. */
static void what_is_over_is_over_before_it_is_cleared(void **state)
{
    (void)state;
    struct rig *rig = ready();
    char token[16];
    set_aside(rig, TARGET_PRODUCT, 0, "7", MINUTE);
    assert_int_equal(asked(rig, 1, 1, "0.6", 1), REFUSED_ORDER_SIZE); /* of another product */
    assert_int_equal(asked(rig, 0, 0, "0.6", 2), REFUSED_NOT);
    rig_pass(rig, MINUTE - SECOND);
    rig->now.mono_ns += SECOND;
    assert_int_equal(asked(rig, 0, 0, "0.7", 3), REFUSED_ORDER_SIZE);
    token_of(say(rig, OPERATOR_OVERRIDE, TARGET_ACCOUNT, 0, "7", MINUTE), token);
    rig->now.mono_ns += 2 * MINUTE;
    assert_false(say(rig, OPERATOR_CONFIRM, TARGET_ACCOUNT, 0, token, 0)->done);
    assert_int_equal(count(rig, true), 0);
    rig_destroy(rig);
}

static void a_clock_that_went_back_gives_no_more_time(void **state)
{
    (void)state;
    struct rig *rig = ready();
    set_aside(rig, TARGET_ACCOUNT, 0, "7", 10 * MINUTE);
    rig->now.wall_ns -= 60 * MINUTE;
    rig_restart(rig);
    rig_up(rig);
    assert_int_equal(asked(rig, 0, 0, "0.6", 1), REFUSED_NOT);
    rig_pass(rig, 10 * MINUTE);
    assert_int_equal(asked(rig, 0, 0, "0.7", 2), REFUSED_ORDER_SIZE);
    rig_destroy(rig);
}

/* Sixteen that stand, none of which may be forgotten: even what tightens has to wait. */
static void a_table_of_grants_has_no_room(void **state)
{
    (void)state;
    static const char *const CONTROLS[] = {"7", "8", "9", "10", "11", "12", "13", "14",
                                           "15", "16", "17", "18", "19", "20", "21", "22"};
    struct rig *rig = ready();
    for (int i = 0; i < MAX_CONSENTS; i++)
        set_aside(rig, TARGET_STRATEGY, 1, CONTROLS[i], 10 * MINUTE);
    assert_int_equal(count(rig, true), MAX_CONSENTS);
    assert_false(limit_size(rig, "0.3", 0));
    assert_non_null(strstr(rig_last(rig, COMMAND_OPERATOR_REPLY)->operator_reply.text,
                           "revoke one first"));
    assert_int_equal(asked(rig, 0, 0, "0.4", 1), REFUSED_NOT);
    assert_true(say(rig, OPERATOR_REVOKE, TARGET_ACCOUNT, 0, "3", 0)->done);
    assert_true(limit_size(rig, "0.3", 0));
    assert_int_equal(asked(rig, 0, 0, "0.41", 2), REFUSED_ORDER_SIZE);
    rig_destroy(rig);
}

static void three_wrong_tokens_leave_what_stands(void **state)
{
    (void)state;
    struct rig *rig = ready();
    set_aside(rig, TARGET_ACCOUNT, 0, "7", 10 * MINUTE);
    say(rig, OPERATOR_OVERRIDE, TARGET_ACCOUNT, 0, "8", MINUTE);
    for (int i = 0; i < 3; i++)
        assert_false(say(rig, OPERATOR_CONFIRM, TARGET_ACCOUNT, 0, "aaaaaa", 0)->done);
    assert_int_equal(count(rig, true), 1);
    assert_int_equal(count(rig, false), 0);
    assert_int_equal(asked(rig, 0, 0, "0.6", 1), REFUSED_NOT);
    rig_destroy(rig);
}

/* `revoke` without a reason: of a request, of what stands, of what tightens. A number is one. */
static void revoke_names_one_by_its_number_alone(void **state)
{
    (void)state;
    static const char *const NOBODYS[] = {"", "0", "2", "1x", "x1", "-1", " 1", "4294967297",
                                          "18446744073709551617"};
    struct rig *rig = ready();
    struct event revoke = {.kind = EVENT_OPERATOR, .operator = {.verb = OPERATOR_REVOKE}};
    char token[16];
    token_of(say(rig, OPERATOR_OVERRIDE, TARGET_ACCOUNT, 0, "7", MINUTE), token);
    for (size_t i = 0; i < sizeof NOBODYS / sizeof NOBODYS[0]; i++)
        if (say(rig, OPERATOR_REVOKE, TARGET_ACCOUNT, 0, NOBODYS[i], 0)->done)
            fail_msg("'%s'", NOBODYS[i]);
    revoke.operator.id[0] = '1';
    rig_step(rig, &revoke);
    assert_false(say(rig, OPERATOR_CONFIRM, TARGET_ACCOUNT, 0, token, 0)->done);
    const struct record *last = &rig->journal[rig->journal_count - 1];
    while (last->kind != RECORD_CONSENT)
        last--;
    assert_int_equal(last->consent.step, CONSENT_ENDED);
    assert_string_equal(last->consent.consent.reason, "revoked");
    assert_true(limit_size(rig, "0.3", 0));
    revoke.operator.id[0] = '2';
    rig_step(rig, &revoke); /* it lets more through: a request of its own */
    confirm_last(rig);
    assert_int_equal(count(rig, true), 0);
    assert_int_equal(asked(rig, 0, 0, "0.5", 1), REFUSED_NOT);
    rig_destroy(rig);
}

/* F72 | unit | what tightened is to be taken back, is replaced, then that is confirmed | nothing is
 * taken back by it */
static void a_revoke_of_what_is_over_takes_nothing_back(void **state)
{
    (void)state;
    struct rig *rig = ready();
    char token[16];
    assert_true(limit_size(rig, "0.3", 0));
    token_of(say(rig, OPERATOR_REVOKE, TARGET_ACCOUNT, 0, "1", 0), token);
    assert_true(limit_size(rig, "0.2", 0)); /* in its place */
    assert_non_null(strstr(say(rig, OPERATOR_CONFIRM, TARGET_ACCOUNT, 0, token, 0)->text,
                           "over already"));
    assert_int_equal(asked(rig, 0, 0, "0.25", 1), REFUSED_ORDER_SIZE);
    rig_destroy(rig);
}

/* The same limit of two products; a tighter one over a looser one that stands; too long. */
static void limits_stand_side_by_side_and_the_tighter_wins(void **state)
{
    (void)state;
    struct rig *rig = ready();
    assert_false(limit_size(rig, "0.6", 240 * MINUTE + 1));
    assert_true(limit_size(rig, "0.6", 240 * MINUTE));
    confirm_last(rig);
    assert_int_equal(asked(rig, 0, 0, "0.6", 1), REFUSED_NOT);
    assert_true(say_value(rig, OPERATOR_LIMIT, TARGET_PRODUCT, 1, "max_order_size", "0.2", 0)
                    ->done);
    assert_int_equal(count(rig, true), 2);
    assert_int_equal(asked(rig, 1, 1, "0.3", 2), REFUSED_ORDER_SIZE);
    assert_int_equal(asked(rig, 0, 0, "0.59", 3), REFUSED_NOT);
    assert_true(limit_size(rig, "0.4", 0)); /* than the config's: at once, and for good */
    assert_int_equal(count(rig, true), 2);
    assert_int_equal(asked(rig, 0, 0, "0.45", 4), REFUSED_ORDER_SIZE);
    rig_restart(rig);
    rig_up(rig);
    assert_int_equal(asked(rig, 0, 0, "0.45", 5), REFUSED_ORDER_SIZE);
    assert_int_equal(asked(rig, 1, 1, "0.3", 6), REFUSED_ORDER_SIZE);
    rig_destroy(rig);
}

/* ---- the journal read back */

static struct record granted(uint64_t number)
{
    struct record record = {.kind = RECORD_CONSENT};
    struct record_consent *r = &record.consent;
    r->step = CONSENT_GRANTED;
    r->consent = (struct consent){.number = number, .kind = CONSENT_OVERRIDE, .what = "7",
                                  .for_ns = MINUTE};
    r->until_wall_ns = 1700000000 * SECOND + MINUTE;
    return record;
}

/* F64 | unit | consents of the journal that nobody can have given, or more than there is room for |
 * the start is refused */
static void a_consent_that_cannot_be_is_refused(void **state)
{
    (void)state;
    for (int fault = 0; fault < 8; fault++) {
        struct rig *rig = rig_create(0);
        struct record record = granted(1);
        struct record_consent *r = &record.consent;
        if (fault == 1)
            r->step = CONSENT_STEP_COUNT;
        if (fault == 2)
            r->consent.kind = CONSENT_KIND_COUNT;
        if (fault == 3)
            r->consent.number = 0;
        if (fault == 4)
            r->consent.for_ns = -1;
        if (fault == 5)
            r->consent.for_ns = 240 * MINUTE + 1;
        if (fault == 6)
            r->until_wall_ns = INT64_MIN;
        if (fault == 7)
            r->consent.target = TARGET_PRODUCT + 1;
        assert_int_equal(engine_restore(rig->engine, &record), fault == 0);
        rig_destroy(rig);
    }
    struct rig *rig = rig_create(0);
    for (uint64_t i = 1; i <= MAX_CONSENTS + 1; i++) {
        struct record record = granted(i);
        assert_int_equal(engine_restore(rig->engine, &record), i <= MAX_CONSENTS);
    }
    rig_destroy(rig);
}

/* Of a strategy that is not configured any more, of limits that another version had: nothing comes
 * of them, and the host starts. */
static void consents_of_what_is_gone_change_nothing(void **state)
{
    (void)state;
    struct rig *rig = ready();
    set_aside(rig, TARGET_STRATEGY, 1, "7", 10 * MINUTE);
    assert_true(limit_size(rig, "0.6", 10 * MINUTE));
    confirm_last(rig);
    assert_true(say_value(rig, OPERATOR_LIMIT, TARGET_PRODUCT, 1, "max_order_size", "0.2", 0)
                    ->done);
    for (uint32_t i = 0; i < rig->journal_count; i++) {
        struct consent *consent = &rig->journal[i].consent.consent;
        if (rig->journal[i].kind != RECORD_CONSENT || consent->kind != CONSENT_LIMIT)
            continue;
        if (consent->for_ns > 0)
            memcpy(consent->what, "max_elephants", 14);
        else
            memcpy(consent->value, "an ell", 7);
    }
    rig->settings.strategy_count = 1;
    rig_restart(rig);
    rig_up(rig);
    assert_int_equal(asked(rig, 0, 0, "0.6", 1), REFUSED_ORDER_SIZE);
    assert_int_equal(asked(rig, 0, 1, "0.5", 2), REFUSED_NOT);
    assert_int_equal(count(rig, true), 1); /* it is there to be revoked */
    rig_destroy(rig);
}

int suite_consent(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_override_is_asked_confirmed_and_ends),
        cmocka_unit_test(a_request_that_nobody_confirms_is_forgotten),
        cmocka_unit_test(wrong_tokens_forget_what_was_asked),
        cmocka_unit_test(what_keeps_the_gate_standing_is_never_set_aside),
        cmocka_unit_test(an_override_is_for_what_it_names),
        cmocka_unit_test(an_override_holds_over_a_restart_until_its_time),
        cmocka_unit_test(an_override_can_be_revoked),
        cmocka_unit_test(a_tighter_limit_holds_at_once_until_it_is_revoked),
        cmocka_unit_test(a_looser_limit_takes_two_steps_and_ends),
        cmocka_unit_test(a_request_from_before_a_tighter_limit_is_worth_nothing),
        cmocka_unit_test(a_config_of_another_value_ends_what_loosened_it),
        cmocka_unit_test(requests_leave_room_for_a_tighter_limit),
        cmocka_unit_test(limits_that_cannot_be_are_refused),
        cmocka_unit_test(every_limit_can_be_tightened),
        cmocka_unit_test(a_second_word_is_a_second_users),
        cmocka_unit_test(a_full_table_still_tightens),
        cmocka_unit_test(what_is_over_is_over_before_it_is_cleared),
        cmocka_unit_test(a_clock_that_went_back_gives_no_more_time),
        cmocka_unit_test(a_table_of_grants_has_no_room),
        cmocka_unit_test(three_wrong_tokens_leave_what_stands),
        cmocka_unit_test(revoke_names_one_by_its_number_alone),
        cmocka_unit_test(a_revoke_of_what_is_over_takes_nothing_back),
        cmocka_unit_test(limits_stand_side_by_side_and_the_tighter_wins),
        cmocka_unit_test(a_consent_that_cannot_be_is_refused),
        cmocka_unit_test(consents_of_what_is_gone_change_nothing),
    };
    return cmocka_run_group_tests_name("consent", tests, NULL, NULL);
}
