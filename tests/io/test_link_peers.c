/* The whole session against a scripted venue: what is asked of it, in what order its words become
 * events, and what is told to the engine when it breaks off. */
#include <stdio.h>
#include <string.h>

#include "io/clock_os.h"
#include "io/venue_clock.h"
#include "link_rig.h"

static const int64_t SECOND = 1000000000;

/* ---- streams ------------------------------------------------------------------------------ */

static bool both_up_with_book_and_skew(void)
{
    return count_links(STREAM_MARKET, true) && count_links(STREAM_USER, true) &&
           rig->counts[EVENT_BOOK] && rig->counts[EVENT_SKEW] && rig->counts[EVENT_HEARTBEAT] > 1;
}

/* AC-I2 | unit | the venue's clock is 7 s ahead at the start | measured, told as skew, warned of */
static void streams_come_up_before_their_first_frame(void **state)
{
    (void)state;
    struct link_counters counters;
    rig->venue.skew_s = 7;
    start_link();
    run_until(both_up_with_book_and_skew);
    check_order_of_links();
    assert_int_equal(rig->venue.subscriptions[STREAM_MARKET], 4);
    assert_int_equal(rig->venue.subscriptions[STREAM_USER], 2);
    assert_int_equal(rig->venue.tokens_bad, 0);
    const struct event *skew = find(EVENT_SKEW, 0);
    assert_true(skew->skew.known);
    assert_true(skew->skew.skew_ns > 6 * SECOND && skew->skew.skew_ns < 8 * SECOND);
    link_read_counters(rig->link, &counters);
    assert_true(counters.up[STREAM_MARKET] && counters.up[STREAM_USER]);
    assert_true(counters.frames[STREAM_MARKET] >= 2 && counters.bytes[STREAM_MARKET] > 100);
    assert_true(counters.skew_known);
    assert_int_equal(counters.skew_warnings, 1);
    assert_int_equal(counters.rate_remaining, -1); /* no signed request has left yet */
    assert_true(link_last_readable_ns(rig->link) > 0);
}

static bool measured_again_and_again(void)
{
    unsigned measures = 0;
    for (unsigned i = 0; i < rig->count; i++)
        measures += rig->events[i].kind == EVENT_SKEW && rig->events[i].skew.known;
    return measures >= 3;
}

/* AC-I2 | unit | nothing but time goes by | the clock is measured and told by its period, each
   minute as shipped, and warned of past 250 ms */
static void the_clock_is_measured_by_its_period(void **state)
{
    (void)state;
    struct link_config shipped;
    link_config_init(&shipped);
    assert_int_equal(shipped.skew_every_ns, 60 * SECOND);
    assert_int_equal(shipped.skew_warn_ns, SECOND / 4);
    rig->skew_every_ns = SECOND / 50;
    start_link();
    run_until(measured_again_and_again);
}

static bool known_no_more(void)
{
    return rig->counts[EVENT_SKEW] > 0 && rig->events[rig->count - 1].kind == EVENT_SKEW &&
           !rig->events[rig->count - 1].skew.known;
}

/* AC-I2 | unit | the venue's clock cannot be read any more | the skew is told as unknown */
static void a_clock_that_is_not_read_is_not_known(void **state)
{
    (void)state;
    struct link_counters counters;
    rig->skew_every_ns = SECOND / 50;
    start_link();
    run_until(measured_again_and_again);
    rig->venue.timeless = true;
    run_until(known_no_more);
    link_read_counters(rig->link, &counters);
    assert_false(counters.skew_known);
}

/* AC-I2 | unit | the reply to a question for the time was three seconds on its way | no measure */
static void a_slow_reply_says_too_little_of_the_clock(void **state)
{
    static const char BODY[] = "{\"iso\":\"x\",\"epochSeconds\":\"1\",\"epochMillis\":\"1500\"}";
    (void)state;
    struct venue_clock clock = {0};
    struct err err = {""};
    int64_t now_ns = clock_os_now().mono_ns, skew_ns;
    struct http_result result = {.state = HTTP_COMPLETE, .status = 200, .body = BODY,
                                 .body_length = sizeof BODY - 1, .done_ns = now_ns,
                                 .written_ns = now_ns - 3 * SECOND};
    assert_false(venue_clock_measure(&clock, &result, &skew_ns, &err));
    assert_false(clock.known);
    result.written_ns = now_ns - SECOND;
    assert_true(venue_clock_measure(&clock, &result, &skew_ns, &err));
    assert_true(clock.known);
}

static bool market_back(void)
{
    return count_links(STREAM_MARKET, true) == 2;
}

static bool market_up(void)
{
    return count_links(STREAM_MARKET, true) == 1;
}

/* F26 | unit | the stream is dropped and comes back | down is told, every channel is subscribed
   and acknowledged anew before it counts as up */
static void a_reset_takes_the_stream_down_and_subscribes_anew(void **state)
{
    (void)state;
    struct command command = {.kind = COMMAND_STREAM_RESET,
                              .stream_reset = {.stream = STREAM_MARKET, .reason = "a gap"}};
    start_link();
    run_until(market_up);
    link_command(rig->link, &command);
    run_until(market_back);
    assert_int_equal(count_links(STREAM_MARKET, false), 1);
    assert_int_equal(rig->venue.subscriptions[STREAM_MARKET], 8);
    for (unsigned i = 0; i < rig->count; i++)
        if (rig->events[i].kind == EVENT_LINK && !rig->events[i].link.up)
            assert_string_equal(rig->events[i].link.reason, "a gap");
}

static bool three_connects(void)
{
    return peer_connections(rig->streams[STREAM_MARKET]) >= 3;
}

/* F27 | unit | an error frame, then silence | never up, connected anew */
static void an_error_frame_is_a_dead_connection(void **state)
{
    (void)state;
    struct link_counters counters;
    rig->venue.stream[STREAM_MARKET] = STREAM_ERROR;
    start_link();
    run_until(three_connects);
    assert_int_equal(count_links(STREAM_MARKET, true), 0); /* never up, so never down either */
    assert_int_equal(count_links(STREAM_MARKET, false), 0);
    link_read_counters(rig->link, &counters);
    assert_true(counters.resets[STREAM_MARKET] >= 2);
}

/* F29 | unit | five malformed frames in a row | the connection is ended, nothing booked */
static void malformed_frames_in_a_row_end_the_connection(void **state)
{
    (void)state;
    struct link_counters counters;
    rig->venue.stream[STREAM_MARKET] = STREAM_GARBAGE;
    start_link();
    run_until(three_connects);
    link_read_counters(rig->link, &counters);
    assert_true(counters.malformed[STREAM_MARKET] >= 10);
    assert_int_equal(counters.malformed[STREAM_MARKET] % 5, 0); /* five each time, none after */
    assert_int_equal(rig->counts[EVENT_BOOK], 0);
}

static bool down_told(void)
{
    return count_links(STREAM_MARKET, false) >= 1;
}

static void never_acknowledged(enum stream_mode mode)
{
    rig->venue.stream[STREAM_MARKET] = mode;
    start_link();
    run_until(down_told);
    const struct event *event = NULL;
    for (unsigned i = 0; i < rig->count && !event; i++)
        if (rig->events[i].kind == EVENT_LINK && !rig->events[i].link.up)
            event = &rig->events[i];
    assert_non_null(event);
    assert_non_null(strstr(event->link.reason, "acknowledged"));
}

/* F27 | unit | a subscription that is never acknowledged | the connection is ended */
static void a_missing_acknowledgement_ends_the_connection(void **state)
{
    (void)state;
    never_acknowledged(STREAM_NO_ACK);
}

/* F27 | unit | a channel is acknowledged for one product of two | the connection is ended */
static void an_acknowledgement_that_lacks_a_product_is_none(void **state)
{
    (void)state;
    never_acknowledged(STREAM_PART_ACK);
}

/* F24 | unit | books without heartbeats | down with its reason */
static void data_without_heartbeats_is_not_enough(void **state)
{
    (void)state;
    rig->venue.stream[STREAM_MARKET] = STREAM_NO_HEART;
    rig->stale_after_ns = SECOND / 2;
    start_link();
    run_until(down_told);
    for (unsigned i = 0; i < rig->count; i++)
        if (rig->events[i].kind == EVENT_LINK && !rig->events[i].link.up &&
            rig->events[i].link.stream == STREAM_MARKET)
            assert_string_equal(rig->events[i].link.reason, "no heartbeat");
}

static bool flooded(void)
{
    struct link_counters counters;
    link_read_counters(rig->link, &counters);
    return counters.queue_full > 0 && counters.resets[STREAM_MARKET] > 0;
}

static void a_full_queue_drops_the_connection_and_says_so_later(void **state)
{
    (void)state;
    struct err err;
    rig->venue.stream[STREAM_MARKET] = STREAM_FLOOD;
    fill_catalog();
    start_rig(64 * 1024);
    assert_int_equal(link_start(rig->link, &err), 0);
    rig->stop_draining = true;
    run_until(flooded);
    assert_int_equal(rig->count, 0);
    rig->stop_draining = false;
    loop_again(rig->loop);
    run_until(down_told);
    check_order_of_links();
    assert_true(rig->counts[EVENT_BOOK] > 0);
}

/* ---- discovery and products --------------------------------------------------------------- */

static void on_discovered(void *context, const struct catalog *found, const char *error)
{
    (void)context;
    if (found) {
        rig->catalog = *found;
        rig->found = found->count;
    }
    snprintf(rig->error, sizeof rig->error, "%s", error ? error : "");
    loop_stop(rig->loop);
}

static void discovery_reads_every_page_of_both_queries(void **state)
{
    (void)state;
    struct err err;
    static const char assets[2][ASSET_MAX] = {"BTC", "ETH"};
    start_rig(1 << 20);
    assert_int_equal(link_start(rig->link, &err), -1); /* nothing to subscribe to */
    assert_int_equal(link_discover(rig->link, assets, 2, on_discovered, NULL, &err), 0);
    assert_int_equal(link_discover(rig->link, assets, 2, on_discovered, NULL, &err), -1);
    loop_run(rig->loop);
    assert_string_equal(rig->error, "");
    assert_int_equal(rig->found, 2);
    assert_int_not_equal(catalog_find(&rig->catalog, "BIP-20DEC30-CDE", 15), NO_PRODUCT);
    assert_int_not_equal(catalog_find(&rig->catalog, "BTC-PERP-INTX", 13), NO_PRODUCT);
    assert_int_equal(rig->venue.products, 3);
    assert_int_equal(rig->venue.tokens_bad, 0);
}

static bool one_list(void)
{
    return rig->counts[EVENT_LIST_END] >= 1;
}

static bool told_twice(void)
{
    return rig->counts[EVENT_INSTRUMENT] >= 4;
}

static bool told_of_its_end(void)
{
    const struct event *last = NULL;
    for (unsigned i = 0; i < rig->count; i++)
        if (rig->events[i].kind == EVENT_INSTRUMENT && rig->events[i].instrument.product == 0)
            last = &rig->events[i];
    return last->instrument.spec.trading_disabled;
}

/* F69 | unit | a product is delisted | disabled at the next reading */
static void specifications_are_read_again_and_a_delisted_product_is_disabled(void **state)
{
    (void)state;
    rig->spec_refresh_ns = SECOND / 100;
    start_link();
    run_until(told_twice);
    const struct instrument *spec = &find(EVENT_INSTRUMENT, 0)->instrument.spec;
    assert_string_equal(spec->product_id, "BIP-20DEC30-CDE");
    assert_int_equal(spec->size_max.e9, 50 * (int64_t)DECIMAL_ONE); /* 5000 contracts of 0.01 */
    assert_int_equal(spec->funding_rate.e9, 13000);
    assert_int_equal(rig->catalog.items[0].funding_rate.e9, 13000); /* the shared one follows */
    assert_false(spec->trading_disabled);
    rig->venue.delisted = true;
    run_until(told_of_its_end);
    assert_true(rig->catalog.items[0].trading_disabled);
    assert_false(rig->catalog.items[1].trading_disabled);
}

static bool lists_and_streams(void)
{
    return one_list() && rig->venue.subscriptions[STREAM_USER] == 2 &&
           rig->venue.legacy_good + rig->venue.legacy_bad >= 4; /* counted by the venue's threads */
}

static void a_legacy_key_signs_requests_and_subscriptions(void **state)
{
    (void)state;
    struct command command = {.kind = COMMAND_LIST, .list = {.kind = LIST_ORDERS, .request = 1}};
    rig->legacy = true;
    start_link();
    link_command(rig->link, &command);
    run_until(lists_and_streams);
    assert_true(find(EVENT_LIST_END, 0)->list_end.complete);
    assert_int_equal(rig->venue.legacy_bad, 0);
    assert_int_equal(rig->venue.legacy_good, 4); /* two pages, two channels */
}

/* ---- lists -------------------------------------------------------------------------------- */

static void list(enum list_kind kind, uint64_t request, int64_t since_wall_ns)
{
    struct command command = {.kind = COMMAND_LIST,
                              .list = {.kind = kind, .request = request,
                                       .since_wall_ns = since_wall_ns}};
    link_command(rig->link, &command);
}

static bool two_lists(void)
{
    return rig->counts[EVENT_LIST_END] >= 2;
}

static void orders_are_read_to_the_last_page(void **state)
{
    (void)state;
    start_link();
    list(LIST_ORDERS, 42, 0);
    run_until(one_list);
    const struct event *end = find(EVENT_LIST_END, 0);
    assert_int_equal(end->list_end.request, 42);
    assert_int_equal(end->list_end.kind, LIST_ORDERS);
    assert_true(end->list_end.complete);
    assert_int_equal(rig->venue.tokens_bad, 0);
}

static void ends_incomplete(enum list_mode mode)
{
    rig->venue.list = mode;
    start_link();
    list(LIST_ORDERS, 1, 0);
    run_until(one_list);
    assert_false(find(EVENT_LIST_END, 0)->list_end.complete);
}

/* F45 | unit | a cursor that repeats | noticed, the list counts for nothing */
static void a_page_that_repeats_itself_is_incomplete(void **state)
{
    (void)state;
    ends_incomplete(LIST_SAME_CURSOR);
}

static void a_page_that_fails_is_incomplete(void **state)
{
    (void)state;
    ends_incomplete(LIST_SECOND_FAILS);
}

/* F10 | unit | a page cut on its way | the list counts for nothing */
static void a_page_that_is_cut_is_incomplete(void **state)
{
    (void)state;
    ends_incomplete(LIST_CUT);
}

static void positions_are_read_in_both_profiles(void **state)
{
    (void)state;
    start_link();
    list(LIST_POSITIONS, 1, 0);
    run_until(one_list);
    list(LIST_POSITIONS, 2, 0);
    run_until(two_lists);
    assert_true(find(EVENT_LIST_END, 0)->list_end.complete);
    assert_true(find(EVENT_LIST_END, 1)->list_end.complete);
    assert_int_equal(rig->counts[EVENT_POSITION], 4);
    assert_int_equal(find(EVENT_POSITION, 0)->position.size.e9, -30000000); /* 3 contracts short */
    assert_int_equal(find(EVENT_POSITION, 1)->position.size.e9, 250000000);
    assert_int_equal(rig->venue.portfolios, 1); /* asked once */
}

static void balance_until(bool intraday, int64_t until_ns)
{
    rig->venue.intraday = intraday;
    start_link();
    list(LIST_BALANCE, 1, 0);
    run_until(one_list);
    assert_true(find(EVENT_LIST_END, 0)->list_end.complete);
    assert_int_equal(rig->counts[EVENT_BALANCE], 2);
    assert_true(find(EVENT_BALANCE, 0)->balance.intraday_until_ns == until_ns);
    assert_true(find(EVENT_BALANCE, 1)->balance.intraday_until_ns == 0); /* of the other pot */
}

static void the_margin_window_comes_with_the_balance(void **state)
{
    (void)state;
    balance_until(true, 1790798400000000000);
}

/* AC-G3 | unit | the venue does not tell its margin window | strict rules, the balance is read */
static void a_window_that_is_not_told_does_not_hold(void **state)
{
    (void)state;
    balance_until(false, 0);
}

/* F08 | unit | 429 for a list | lists wait, nothing hammers */
static void a_429_holds_the_lists_back(void **state)
{
    (void)state;
    struct link_counters counters;
    rig->venue.limited = true;
    start_link();
    list(LIST_ORDERS, 1, 0);
    run_until(one_list);
    unsigned requests = peer_requests(rig->rest);
    list(LIST_ORDERS, 2, 0);
    run_until(two_lists);
    assert_false(find(EVENT_LIST_END, 1)->list_end.complete);
    link_read_counters(rig->link, &counters);
    assert_int_equal(counters.rate_limited, 1);
    assert_true(peer_requests(rig->rest) - requests <= 4); /* warming alone */
}

/* ---- cancels ------------------------------------------------------------------------------ */

static void cancel(unsigned number)
{
    struct command command = {.kind = COMMAND_CANCEL, .cancel = {.product = 0}};
    command.cancel.id.bytes[0] = (uint8_t)(number + 1);
    snprintf(command.cancel.venue_id.text, VENUE_ID_MAX, "id-%03u", number);
    link_command(rig->link, &command);
}

static unsigned cancels_wanted;

static bool enough_cancels(void)
{
    return rig->counts[EVENT_CANCEL_REPLY] >= cancels_wanted;
}

/* AC-I1 | unit | 130 cancels in one pass of the loop | two requests, the first of a hundred ids */
static void cancels_of_one_pass_are_one_batch(void **state)
{
    (void)state;
    start_link();
    cancels_wanted = 130;
    for (unsigned i = 0; i < cancels_wanted; i++)
        cancel(i);
    assert_true(link_busy(rig->link));
    run_until(enough_cancels);
    assert_false(link_busy(rig->link));
    assert_int_equal(rig->venue.cancel_posts, 2);
    assert_int_equal(rig->venue.cancel_most, 100);
    for (unsigned i = 0; i < cancels_wanted; i++)
        assert_int_equal(find(EVENT_CANCEL_REPLY, i)->cancel_reply.outcome, OUTCOME_ACCEPTED);
}

/* F41 | unit | a batch cancel that leaves one id out | that one is UNKNOWN */
static void an_id_the_reply_leaves_out_is_unknown(void **state)
{
    (void)state;
    rig->venue.cancel = CANCEL_PARTLY;
    start_link();
    cancels_wanted = 3;
    for (unsigned i = 0; i < cancels_wanted; i++)
        cancel(i);
    run_until(enough_cancels);
    unsigned unknown = 0;
    for (unsigned i = 0; i < 3; i++)
        unknown += find(EVENT_CANCEL_REPLY, i)->cancel_reply.outcome == OUTCOME_UNKNOWN;
    assert_int_equal(unknown, 1);
}

static void a_lost_cancel_is_unknown_and_one_without_id_not_sent(void **state)
{
    (void)state;
    struct command nameless = {.kind = COMMAND_CANCEL};
    rig->venue.cancel = CANCEL_LOST;
    start_link();
    cancels_wanted = 2;
    cancel(1);
    link_command(rig->link, &nameless);
    run_until(enough_cancels);
    assert_int_equal(find(EVENT_CANCEL_REPLY, 0)->cancel_reply.outcome, OUTCOME_NOT_SENT);
    assert_int_equal(find(EVENT_CANCEL_REPLY, 1)->cancel_reply.outcome, OUTCOME_UNKNOWN);
}

int suite_link_peers(void)
{
    const struct CMUnitTest tests[] = {
        RIGGED(streams_come_up_before_their_first_frame),
        RIGGED(the_clock_is_measured_by_its_period),
        RIGGED(a_clock_that_is_not_read_is_not_known),
        cmocka_unit_test(a_slow_reply_says_too_little_of_the_clock),
        RIGGED(a_reset_takes_the_stream_down_and_subscribes_anew),
        RIGGED(an_error_frame_is_a_dead_connection),
        RIGGED(malformed_frames_in_a_row_end_the_connection),
        RIGGED(a_missing_acknowledgement_ends_the_connection),
        RIGGED(an_acknowledgement_that_lacks_a_product_is_none),
        RIGGED(data_without_heartbeats_is_not_enough),
        RIGGED(a_full_queue_drops_the_connection_and_says_so_later),
        RIGGED(discovery_reads_every_page_of_both_queries),
        RIGGED(specifications_are_read_again_and_a_delisted_product_is_disabled),
        RIGGED(a_legacy_key_signs_requests_and_subscriptions),
        RIGGED(orders_are_read_to_the_last_page),
        RIGGED(a_page_that_repeats_itself_is_incomplete),
        RIGGED(a_page_that_fails_is_incomplete),
        RIGGED(a_page_that_is_cut_is_incomplete),
        RIGGED(positions_are_read_in_both_profiles),
        RIGGED(the_margin_window_comes_with_the_balance),
        RIGGED(a_window_that_is_not_told_does_not_hold),
        RIGGED(a_429_holds_the_lists_back),
        RIGGED(cancels_of_one_pass_are_one_batch),
        RIGGED(an_id_the_reply_leaves_out_is_unknown),
        RIGGED(a_lost_cancel_is_unknown_and_one_without_id_not_sent),
    };
    return cmocka_run_group_tests_name("link against peers", tests, NULL, NULL);
}
