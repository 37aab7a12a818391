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
    };
    return cmocka_run_group_tests_name("consent", tests, NULL, NULL);
}
