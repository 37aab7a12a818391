/* Control 4 as a ladder: observe, demo, canary, production, one step at a time, each after its
 * checkpoints and by two words of an operator. */
#include "suites.h"

#include <string.h>

#include "base/text.h"
#include "engine/snapshot_care.h"
#include "engine/snapshot_stage.h"
#include "engine_rig.h"

static const int64_t SECOND = 1000000000, MINUTE = 60000000000;

static struct rig *staged(enum stage ceiling)
{
    struct rig *rig = rig_create(0);
    rig->settings.staged = true;
    rig->settings.stage = ceiling;
    rig->settings.stage_min_ns = 10 * SECOND;
    rig->settings.stage_min_orders = 4;
    for (int i = 0; i < 2; i++) {
        rig->settings.product_limits[i].demo_max_size = rig_size("0.01");
        rig->settings.product_limits[i].canary_max_size = rig_size("0.05");
    }
    engine_destroy(rig->engine);
    rig->engine = engine_create(&rig->settings);
    rig_up(rig);
    rig_pass(rig, 10 * SECOND);
    rig_forget(rig);
    return rig;
}

static const char *say(struct rig *rig, enum operator_verb verb, uint8_t product, const char *id,
                       int64_t for_ns)
{
    struct event event = {.kind = EVENT_OPERATOR};
    event.operator.verb = verb;
    event.operator.token = 7;
    event.operator.target = product == NO_PRODUCT ? TARGET_ACCOUNT : TARGET_PRODUCT;
    event.operator.index = product == NO_PRODUCT ? 0 : product;
    event.operator.for_ns = for_ns;
    if (verb == OPERATOR_LIMIT)
        text_copy(event.operator.value, sizeof event.operator.value, id[0] == 'd' ? "0.02" : "0.2",
                  id[0] == 'd' ? 4 : 3);
    text_copy(event.operator.id, VENUE_ID_MAX, id, strlen(id));
    text_copy(event.operator.reason, REASON_MAX, "all was well", 12);
    rig_step(rig, &event);
    return rig_last(rig, COMMAND_OPERATOR_REPLY)->operator_reply.text;
}

static bool confirmed(struct rig *rig, const char *answer)
{
    char token[16];
    const char *at = strstr(answer, "confirm ");
    assert_non_null(at);
    text_copy(token, sizeof token, at + 8, strcspn(at + 8, " "));
    say(rig, OPERATOR_CONFIRM, NO_PRODUCT, token, 0);
    return rig_last(rig, COMMAND_OPERATOR_REPLY)->operator_reply.done;
}

static bool promoted(struct rig *rig)
{
    return confirmed(rig, say(rig, OPERATOR_PROMOTE, NO_PRODUCT, "", 0));
}

static enum stage stage_of(const struct rig *rig)
{
    struct stage_row row;
    snapshot_stage(rig->engine, &row);
    return row.stage;
}

static struct checkpoint_row checkpoint(const struct rig *rig, enum checkpoint which)
{
    struct checkpoint_row row;
    snapshot_checkpoint(rig->engine, which, &row);
    return row;
}

/* A post-only order that the venue answers after so long; the code it was refused with, or none. */
static enum refusal answered(struct rig *rig, const char *size, order_ref ref,
                             enum outcome outcome, int64_t after_ns)
{
    struct intent intent = rig_limit_intent(0, SIDE_BUY, "98", size, ref);
    uint32_t placed = rig_count(rig, COMMAND_PLACE);
    char id[] = "v0";
    intent.post_only = true;
    rig_intent(rig, 0, intent);
    if (rig_count(rig, COMMAND_PLACE) == placed)
        return rig_last_notice(rig, 0, NOTICE_REFUSAL)->refusal.verdict.code;
    struct client_id client = rig_last(rig, COMMAND_PLACE)->place.id;
    rig_tick(rig, after_ns);
    id[1] = (char)('0' + ref % 10);
    rig_reply(rig, client, outcome, outcome == OUTCOME_ACCEPTED ? id : "");
    if (outcome == OUTCOME_ACCEPTED)
        rig_report(rig, client, id, VENUE_CANCELLED, "0", "0", REPORT_USER_UPDATE);
    return REFUSED_NOT;
}

static void trade_well(struct rig *rig, order_ref first, uint32_t orders)
{
    for (uint32_t i = 0; i < orders; i++) {
        assert_int_equal(answered(rig, "0.01", first + i, OUTCOME_ACCEPTED, SECOND / 20),
                         REFUSED_NOT);
        rig_pass(rig, SECOND);
    }
    rig_pass(rig, 10 * SECOND);
}

static void a_host_that_is_not_staged_stands_where_its_config_says(void **state)
{
    (void)state;
    struct rig *rig = rig_create(0);
    rig_up(rig);
    assert_int_equal(stage_of(rig), STAGE_PRODUCTION);
    assert_non_null(strstr(say(rig, OPERATOR_PROMOTE, NO_PRODUCT, "", 0), "not staged"));
    assert_int_equal(rig_records(rig, RECORD_STAGE), 0);
    rig_destroy(rig);
}

static void it_climbs_one_step_at_a_time(void **state)
{
    (void)state;
    struct rig *rig = staged(STAGE_PRODUCTION);
    assert_int_equal(stage_of(rig), STAGE_OBSERVE);
    assert_int_equal(answered(rig, "0.01", 1, OUTCOME_ACCEPTED, 0), REFUSED_STAGE);
    assert_non_null(strstr(say(rig, OPERATOR_PROMOTE, NO_PRODUCT, "canary", 0), "one step"));
    assert_true(promoted(rig));
    assert_int_equal(stage_of(rig), STAGE_DEMO);
    assert_int_equal(answered(rig, "0.02", 2, OUTCOME_ACCEPTED, 0), REFUSED_STAGE);
    trade_well(rig, 10, 4);
    assert_true(promoted(rig));
    assert_int_equal(stage_of(rig), STAGE_CANARY);
    assert_int_equal(answered(rig, "0.06", 3, OUTCOME_ACCEPTED, 0), REFUSED_STAGE);
    trade_well(rig, 20, 4);
    assert_true(promoted(rig));
    assert_int_equal(stage_of(rig), STAGE_PRODUCTION);
    assert_int_equal(answered(rig, "0.06", 4, OUTCOME_ACCEPTED, 0), REFUSED_NOT);
    assert_non_null(strstr(say(rig, OPERATOR_PROMOTE, NO_PRODUCT, "", 0), "ceiling"));
    rig_destroy(rig);
}

static void a_failing_checkpoint_refuses_and_is_named(void **state)
{
    (void)state;
    struct rig *rig = staged(STAGE_PRODUCTION);
    assert_true(promoted(rig));
    assert_string_equal(say(rig, OPERATOR_PROMOTE, NO_PRODUCT, "", 0),
                        "checkpoint observed_s: 0, wanted at least 10");
    rig_pass(rig, 10 * SECOND);
    assert_string_equal(say(rig, OPERATOR_PROMOTE, NO_PRODUCT, "", 0),
                        "checkpoint orders: 0, wanted at least 4");
    trade_well(rig, 10, 3);
    assert_int_equal(answered(rig, "0.01", 20, OUTCOME_REFUSED, 0), REFUSED_NOT);
    assert_string_equal(say(rig, OPERATOR_PROMOTE, NO_PRODUCT, "", 0),
                        "checkpoint acceptance: 0.75, wanted above 0.95");
    rig_destroy(rig);
}

static void slow_answers_are_a_failing_checkpoint(void **state)
{
    (void)state;
    struct rig *rig = staged(STAGE_PRODUCTION);
    assert_true(promoted(rig));
    trade_well(rig, 10, 2);
    for (order_ref ref = 20; ref < 23; ref++) {
        answered(rig, "0.01", ref, OUTCOME_ACCEPTED, SECOND / 4);
        rig_pass(rig, SECOND);
    }
    assert_string_equal(say(rig, OPERATOR_PROMOTE, NO_PRODUCT, "", 0),
                        "checkpoint round_trip_ms: 500, wanted below 200");
    trade_well(rig, 30, 2);
    assert_true(checkpoint(rig, CHECKPOINT_ROUND_TRIP).passes);
    assert_true(promoted(rig));
    rig_destroy(rig);
}

static void a_lost_feed_counts_against_its_uptime(void **state)
{
    (void)state;
    struct rig *rig = staged(STAGE_PRODUCTION);
    assert_int_equal(checkpoint(rig, CHECKPOINT_FEED).value.e9, DECIMAL_ONE);
    rig_link(rig, STREAM_MARKET, false);
    rig_tick(rig, 2 * SECOND);
    rig_link(rig, STREAM_MARKET, true);
    rig_beat(rig);
    for (product_index i = 0; i < 2; i++)
        rig_book(rig, i, "99", "101", "5");
    rig_pass(rig, 10 * SECOND);
    assert_false(checkpoint(rig, CHECKPOINT_FEED).passes);
    assert_non_null(strstr(say(rig, OPERATOR_PROMOTE, NO_PRODUCT, "", 0), "feed_uptime"));
    assert_true(checkpoint(rig, CHECKPOINT_RECOVERY).value.e9 >= 2 * SECOND);
    assert_true(checkpoint(rig, CHECKPOINT_RECOVERY).passes);
    rig_destroy(rig);
}

/* Nobody has to cut it by hand: a feed that was never lost speaks for a promotion. */
static void a_feed_that_was_never_lost_holds_nobody_back(void **state)
{
    (void)state;
    struct rig *rig = staged(STAGE_PRODUCTION);
    struct checkpoint_row row = checkpoint(rig, CHECKPOINT_RECOVERY);
    assert_true(row.asked && row.passes && !row.unseen);
    assert_int_equal(row.value.e9, 0);
    assert_true(promoted(rig));
    rig_destroy(rig);
}

static void drift_forbids_the_next_step(void **state)
{
    (void)state;
    struct rig *rig = staged(STAGE_PRODUCTION);
    rig->venue_position[0] = rig_size("1");
    rig_pass(rig, 30 * SECOND);
    assert_int_equal(checkpoint(rig, CHECKPOINT_DRIFT).value.e9, DECIMAL_ONE);
    assert_string_equal(say(rig, OPERATOR_PROMOTE, NO_PRODUCT, "", 0),
                        "checkpoint drift: 1, wanted at most 0");
    rig_destroy(rig);
}

/* The stage was watched for a day before, all well: by the journal. */
static void watched_for_a_day(struct rig *rig)
{
    for (uint32_t i = rig->journal_count; i-- > 0;)
        if (rig->journal[i].kind == RECORD_STAGE) {
            rig->journal[i].stage.measures.observed_ns += 1440 * MINUTE;
            rig->journal[i].stage.measures.usable_ns += 1440 * MINUTE;
            break;
        }
    rig_restart(rig);
    rig_up(rig);
    rig_pass(rig, 10 * SECOND);
}

static void a_slow_recovery_is_a_failing_checkpoint(void **state)
{
    (void)state;
    struct rig *rig = staged(STAGE_PRODUCTION);
    watched_for_a_day(rig);
    rig_link(rig, STREAM_MARKET, false);
    rig_tick(rig, 31 * SECOND);
    rig_link(rig, STREAM_MARKET, true);
    rig_beat(rig);
    for (product_index i = 0; i < 2; i++)
        rig_book(rig, i, "99", "101", "5");
    rig_pass(rig, 10 * SECOND);
    assert_true(checkpoint(rig, CHECKPOINT_FEED).passes); /* of a day half a minute is little */
    assert_non_null(strstr(say(rig, OPERATOR_PROMOTE, NO_PRODUCT, "", 0),
                           "checkpoint recovery_s: 31"));
    rig_destroy(rig);
}

static void funding_that_is_not_ours_is_a_failing_checkpoint(void **state)
{
    (void)state;
    struct rig *rig = staged(STAGE_PRODUCTION);
    struct event event = {.kind = EVENT_INSTRUMENT};
    event.instrument.spec = rig->settings.catalog.items[0];
    event.instrument.spec.funding_interval_ns = 60 * MINUTE;
    event.instrument.spec.funding_time_ns = rig->now.wall_ns + 60 * MINUTE;
    rig_step(rig, &event);
    for (int i = 0; i < 2; i++) { /* counted from the first one; nothing is held at any stamp */
        rig_operator(rig, OPERATOR_RECONCILE, TARGET_ACCOUNT, 0, "look");
        rig_pass(rig, 10 * SECOND);
        rig->balances[0].funding_pnl = rig_money("0.25");
    }
    rig_pass(rig, 10 * MINUTE);
    assert_string_equal(say(rig, OPERATOR_PROMOTE, NO_PRODUCT, "", 0),
                        "checkpoint funding: 1, wanted at most 0");
    rig_restart(rig);
    assert_false(checkpoint(rig, CHECKPOINT_FUNDING).passes);
    rig_destroy(rig);
}

/* As the journal has it that far: the newest row of the stage with other figures. */
static void restart_with(struct rig *rig, uint64_t compared, uint64_t held, uint64_t paid)
{
    uint32_t i = rig->journal_count;
    while (rig->journal[--i].kind != RECORD_STAGE)
        assert_true(i > 0);
    rig->journal[i].stage.measures.compared = compared;
    rig->journal[i].stage.measures.funding_held = held;
    rig->journal[i].stage.measures.funding_compared = paid;
    rig_restart(rig);
}

/* F72 | unit | no position was compared, no funding paid, in this stage | it has not been seen yet:
 * no promotion by it, and the answer says what to do */
static void what_was_never_seen_is_not_passed(void **state)
{
    (void)state;
    struct rig *rig = staged(STAGE_PRODUCTION);
    assert_true(promoted(rig));
    trade_well(rig, 10, 4);
    rig_pass(rig, MINUTE);
    restart_with(rig, 0, 0, 0);
    assert_true(checkpoint(rig, CHECKPOINT_DRIFT).unseen);
    assert_string_equal(say(rig, OPERATOR_PROMOTE, NO_PRODUCT, "", 0),
                        "checkpoint drift: not seen yet: compare positions: `reconcile`");
    assert_false(checkpoint(rig, CHECKPOINT_FUNDING).asked); /* nothing was held at a stamp */
    restart_with(rig, 0, 1, 0);
    rig_up(rig);
    assert_true(checkpoint(rig, CHECKPOINT_DRIFT).seen > 0);
    assert_true(checkpoint(rig, CHECKPOINT_DRIFT).passes);
    assert_string_equal(say(rig, OPERATOR_PROMOTE, NO_PRODUCT, "", 0),
                        "checkpoint funding: not seen yet: a position was held at a stamp: wait "
                        "for the venue to pay");
    restart_with(rig, 1, 1, 1);
    assert_int_equal(checkpoint(rig, CHECKPOINT_FUNDING).seen, 1);
    assert_true(promoted(rig));
    rig_destroy(rig);
}

/* What held when it was asked for holds no more when it is confirmed. */
static void a_checkpoint_that_breaks_between_the_steps_refuses(void **state)
{
    (void)state;
    struct rig *rig = staged(STAGE_PRODUCTION);
    char answer[160];
    text_copy(answer, sizeof answer, say(rig, OPERATOR_PROMOTE, NO_PRODUCT, "", 0), 159);
    rig->venue_position[0] = rig_size("1");
    rig_pass(rig, 30 * SECOND);
    assert_false(confirmed(rig, answer));
    assert_int_equal(stage_of(rig), STAGE_OBSERVE);
    rig_destroy(rig);
}

/* AC-E2 | unit | a restart in stage demo, with orders counted in it | the same stage, the same
 * figures; a lower ceiling holds it down, and no longer than it stands */
static void the_stage_survives_a_restart(void **state)
{
    (void)state;
    struct rig *rig = staged(STAGE_PRODUCTION);
    struct stage_row before, after;
    assert_true(promoted(rig));
    trade_well(rig, 10, 3);
    answered(rig, "0.01", 20, OUTCOME_REFUSED, 0);
    snapshot_stage(rig->engine, &before);
    rig_restart(rig);
    snapshot_stage(rig->engine, &after);
    assert_int_equal(after.stage, STAGE_DEMO);
    assert_int_equal(after.measures.accepted, 3);
    assert_int_equal(after.measures.refused, 1);
    assert_int_equal(after.measures.observed_ns, before.measures.observed_ns);
    rig->settings.stage = STAGE_OBSERVE;
    rig_restart(rig);
    assert_int_equal(stage_of(rig), STAGE_OBSERVE);
    rig->settings.stage = STAGE_CANARY;
    rig_restart(rig);
    assert_int_equal(stage_of(rig), STAGE_DEMO);
    rig_destroy(rig);
}

static void demoting_needs_no_second_word(void **state)
{
    (void)state;
    struct rig *rig = staged(STAGE_PRODUCTION);
    assert_true(promoted(rig));
    assert_string_equal(say(rig, OPERATOR_DEMOTE, NO_PRODUCT, "canary", 0),
                        "that is no earlier stage: of observe, demo, canary; `stage` shows where "
                        "it stands");
    assert_string_equal(say(rig, OPERATOR_DEMOTE, NO_PRODUCT, "observe", 0), "observe");
    assert_int_equal(stage_of(rig), STAGE_OBSERVE);
    rig_restart(rig);
    assert_int_equal(stage_of(rig), STAGE_OBSERVE);
    rig_destroy(rig);
}

/* F72 | unit | a token is used twice, kept over a demotion, over a restart, over a lower ceiling |
 * nothing is promoted by it */
static void approvals_of_before_are_worth_nothing(void **state)
{
    (void)state;
    struct rig *rig = staged(STAGE_PRODUCTION);
    char first[160], second[160];
    text_copy(first, sizeof first, say(rig, OPERATOR_PROMOTE, NO_PRODUCT, "", 0), 159);
    text_copy(second, sizeof second, say(rig, OPERATOR_PROMOTE, NO_PRODUCT, "", 0), 159);
    assert_true(confirmed(rig, second));
    assert_false(confirmed(rig, second));
    assert_false(confirmed(rig, first)); /* the other one's is not for the stage after it */
    trade_well(rig, 10, 4);
    text_copy(first, sizeof first, say(rig, OPERATOR_PROMOTE, NO_PRODUCT, "", 0), 159);
    say(rig, OPERATOR_DEMOTE, NO_PRODUCT, "observe", 0);
    rig_pass(rig, 20 * SECOND);
    assert_true(checkpoint(rig, CHECKPOINT_OBSERVED).passes);
    assert_false(confirmed(rig, first));
    text_copy(first, sizeof first, say(rig, OPERATOR_PROMOTE, NO_PRODUCT, "", 0), 159);
    rig_restart(rig);
    rig_up(rig);
    assert_false(confirmed(rig, first));
    rig->settings.stage = STAGE_OBSERVE;
    rig_restart(rig);
    rig_up(rig);
    assert_non_null(strstr(say(rig, OPERATOR_PROMOTE, NO_PRODUCT, "", 0), "ceiling"));
    assert_int_equal(stage_of(rig), STAGE_OBSERVE);
    rig_destroy(rig);
}

/* F72 | unit | a stage's size is to be larger | two steps and the checkpoints, for a time; then the
 * config's stands again, over a restart too */
static void a_larger_size_wants_the_checkpoints_and_ends_by_itself(void **state)
{
    (void)state;
    struct rig *rig = staged(STAGE_PRODUCTION);
    assert_true(promoted(rig));
    assert_string_equal(say(rig, OPERATOR_LIMIT, 0, "demo_max_size", MINUTE),
                        "checkpoint observed_s: 0, wanted at least 10");
    assert_non_null(strstr(say(rig, OPERATOR_LIMIT, 0, "canary_max_size", MINUTE), "checkpoint"));
    trade_well(rig, 10, 4);
    assert_true(confirmed(rig, say(rig, OPERATOR_LIMIT, 0, "demo_max_size", MINUTE)));
    assert_int_equal(answered(rig, "0.02", 20, OUTCOME_ACCEPTED, 0), REFUSED_NOT);
    assert_int_equal(answered(rig, "0.03", 21, OUTCOME_ACCEPTED, 0), REFUSED_STAGE);
    rig_restart(rig);
    rig_up(rig);
    assert_int_equal(answered(rig, "0.02", 22, OUTCOME_ACCEPTED, 0), REFUSED_NOT);
    rig_pass(rig, MINUTE);
    assert_int_equal(answered(rig, "0.02", 23, OUTCOME_ACCEPTED, 0), REFUSED_STAGE);
    rig_destroy(rig);
}

int suite_stage(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_host_that_is_not_staged_stands_where_its_config_says),
        cmocka_unit_test(it_climbs_one_step_at_a_time),
        cmocka_unit_test(a_failing_checkpoint_refuses_and_is_named),
        cmocka_unit_test(slow_answers_are_a_failing_checkpoint),
        cmocka_unit_test(a_lost_feed_counts_against_its_uptime),
        cmocka_unit_test(a_feed_that_was_never_lost_holds_nobody_back),
        cmocka_unit_test(drift_forbids_the_next_step),
        cmocka_unit_test(a_slow_recovery_is_a_failing_checkpoint),
        cmocka_unit_test(funding_that_is_not_ours_is_a_failing_checkpoint),
        cmocka_unit_test(what_was_never_seen_is_not_passed),
        cmocka_unit_test(approvals_of_before_are_worth_nothing),
        cmocka_unit_test(a_checkpoint_that_breaks_between_the_steps_refuses),
        cmocka_unit_test(the_stage_survives_a_restart),
        cmocka_unit_test(demoting_needs_no_second_word),
        cmocka_unit_test(a_larger_size_wants_the_checkpoints_and_ends_by_itself),
    };
    return cmocka_run_group_tests_name("stage", tests, NULL, NULL);
}
