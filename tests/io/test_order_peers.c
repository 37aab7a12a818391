/* What the engine is told of an order, whatever happens to its request. */
#include <stdio.h>
#include <string.h>

#include "approve.h"
#include "link_rig.h"

void place(unsigned number)
{
    struct command command = {.kind = COMMAND_PLACE};
    command.place.id.bytes[6] = 0x40;
    command.place.id.bytes[8] = 0x80;
    command.place.id.bytes[15] = (uint8_t)(number + 1);
    command.place.order = approve_order(&rig->catalog, command.place.id,
                                        (struct price){68930 * (int64_t)DECIMAL_ONE});
    link_command(rig->link, &command);
}

static unsigned wanted;

static bool enough_replies(void)
{
    return rig->counts[EVENT_PLACE_REPLY] >= wanted;
}

static bool enough_orders_and_cancels(void)
{
    return rig->counts[EVENT_PLACE_REPLY] + rig->counts[EVENT_CANCEL_REPLY] >= wanted;
}

static const struct event_place_reply *outcome_of(enum order_mode mode)
{
    rig->venue.order = mode;
    start_link();
    wanted = 1;
    place(0);
    assert_true(link_busy(rig->link));
    run_until(enough_replies);
    assert_false(link_busy(rig->link));
    assert_int_equal(rig->venue.tokens_bad, 0);
    const struct event_place_reply *reply = &find(EVENT_PLACE_REPLY, 0)->place_reply;
    assert_int_equal(reply->client_id.bytes[15], 1);
    return reply;
}

static void an_order_that_is_taken_is_accepted(void **state)
{
    (void)state;
    struct link_counters counters;
    const struct event_place_reply *reply = outcome_of(ORDER_TAKEN);
    assert_int_equal(reply->outcome, OUTCOME_ACCEPTED);
    assert_string_equal(reply->venue_id.text, "venue-1");
    link_read_counters(rig->link, &counters);
    assert_int_equal(counters.places, 1);
    assert_int_equal(counters.submit_to_write.samples, 1);
    assert_int_equal(counters.order_round_trip.samples, 1);
    assert_int_equal(counters.rate_remaining, 17);
}

/* No way from a paper run to the venue: see io/link.h. */
static void without_a_key_an_order_is_not_even_encoded(void **state)
{
    (void)state;
    rig->keyless = true;
    start_link();
    wanted = 2;
    place(0);
    link_command(rig->link, &(struct command){.kind = COMMAND_CANCEL,
                                              .cancel.venue_id.text = "venue-1"});
    run_until(enough_orders_and_cancels);
    const struct event_place_reply *reply = &find(EVENT_PLACE_REPLY, 0)->place_reply;
    assert_int_equal(reply->outcome, OUTCOME_NOT_SENT);
    assert_string_equal(reply->reason, "there is no key: nothing but public reads leaves");
    assert_int_equal(find(EVENT_CANCEL_REPLY, 0)->cancel_reply.outcome, OUTCOME_NOT_SENT);
    assert_int_equal(rig->venue.orders, 0);
    assert_int_equal(rig->venue.cancel_posts, 0);
}

/* F06 | unit | success:false over TLS | refused with the words */
static void a_refusal_in_so_many_words_is_refused(void **state)
{
    (void)state;
    const struct event_place_reply *reply = outcome_of(ORDER_REJECTED);
    assert_int_equal(reply->outcome, OUTCOME_REFUSED);
    assert_non_null(strstr(reply->reason, "INSUFFICIENT_FUND"));
}

static void is_unknown(enum order_mode mode)
{
    struct link_counters counters;
    const struct event_place_reply *reply = outcome_of(mode);
    assert_int_equal(reply->outcome, OUTCOME_UNKNOWN);
    assert_true(reply->reason[0] != '\0');
    assert_int_equal(rig->venue.orders, 1); /* and it was sent once */
    link_read_counters(rig->link, &counters);
    assert_int_equal(counters.orders_unknown, 1);
}

/* F04 | unit | an HTML page for a reply | UNKNOWN, sent once */
static void an_html_reply_is_unknown(void **state)
{
    (void)state;
    is_unknown(ORDER_HTML);
}

/* F10 | unit | a reply cut on its way | UNKNOWN, sent once */
static void a_cut_reply_is_unknown(void **state)
{
    (void)state;
    is_unknown(ORDER_CUT);
}

/* F10 | unit | a reply in gzip that nobody asked for | UNKNOWN, sent once */
static void a_packed_reply_is_unknown(void **state)
{
    (void)state;
    is_unknown(ORDER_PACKED);
}

/* F09 | unit | the connection ends after the request | UNKNOWN, sent once */
static void a_connection_that_ends_after_the_request_is_unknown(void **state)
{
    (void)state;
    is_unknown(ORDER_GONE);
}

static void place_another(void)
{
    rig->venue.order = ORDER_TAKEN;
    wanted++;
    place(wanted - 1);
    run_until(enough_replies);
    assert_int_equal(find(EVENT_PLACE_REPLY, wanted - 1)->place_reply.outcome, OUTCOME_ACCEPTED);
}

/* F11 | unit | the reply names another order | UNKNOWN, and its connection brings no other order */
static void a_reply_to_another_order_is_unknown(void **state)
{
    (void)state;
    is_unknown(ORDER_OTHER);
    place_another();
    assert_int_equal(rig->venue.order_same_way, 0);
    for (int i = 0; i < 16 && rig->venue.order_same_way == 0; i++)
        place_another(); /* one that is trusted does; several are kept warm */
    assert_int_equal(rig->venue.order_same_way, 1);
}

/* F09 | unit | the connection is refused | certainly not sent */
static void a_refused_connection_is_not_sent(void **state)
{
    (void)state;
    rig->rest_closed = true;
    const struct event_place_reply *reply = outcome_of(ORDER_TAKEN);
    assert_int_equal(reply->outcome, OUTCOME_NOT_SENT);
    assert_int_equal(rig->venue.orders, 0);
}

static bool cancelled(void)
{
    return rig->counts[EVENT_CANCEL_REPLY] > 0;
}

/* F08 | unit | 429 for an order | the next is dropped as not sent, cancels go out */
static void after_a_429_orders_wait_and_cancels_do_not(void **state)
{
    (void)state;
    struct command cancel = {.kind = COMMAND_CANCEL, .cancel = {.venue_id = {"id-1"}}};
    outcome_of(ORDER_LIMITED);
    wanted = 2;
    place(1);
    link_command(rig->link, &cancel);
    run_until(enough_replies);
    assert_int_equal(find(EVENT_PLACE_REPLY, 1)->place_reply.outcome, OUTCOME_NOT_SENT);
    assert_int_equal(rig->venue.orders, 1);
    run_until(cancelled);
    assert_int_equal(rig->venue.cancel_posts, 1);
}

static unsigned queue_refusals(void)
{
    struct link_counters counters;
    link_read_counters(rig->link, &counters);
    return (unsigned)counters.queue_full;
}

static bool replies_wait(void)
{
    struct link_counters counters;
    link_read_counters(rig->link, &counters);
    return counters.order_round_trip.samples == wanted;
}

static void replies_outlive_a_full_queue(void **state)
{
    (void)state;
    struct err err;
    wanted = 60;
    fill_catalog();
    start_rig(8192); /* holds a handful of events */
    assert_int_equal(link_start(rig->link, &err), 0);
    rig->stop_draining = true;
    for (unsigned i = 0; i < wanted; i++)
        place(i);
    run_until(replies_wait);
    assert_true(queue_refusals() > 0);
    rig->stop_draining = false;
    loop_again(rig->loop);
    run_until(enough_replies);
    bool seen[61] = {false};
    for (unsigned i = 0; i < wanted; i++) {
        const struct event_place_reply *reply = &find(EVENT_PLACE_REPLY, i)->place_reply;
        assert_int_equal(reply->outcome, OUTCOME_ACCEPTED);
        assert_false(seen[reply->client_id.bytes[15]]);
        seen[reply->client_id.bytes[15]] = true;
    }
}

int suite_order_peers(void)
{
    const struct CMUnitTest tests[] = {
        RIGGED(an_order_that_is_taken_is_accepted),
        RIGGED(without_a_key_an_order_is_not_even_encoded),
        RIGGED(a_refusal_in_so_many_words_is_refused),
        RIGGED(an_html_reply_is_unknown),
        RIGGED(a_cut_reply_is_unknown),
        RIGGED(a_packed_reply_is_unknown),
        RIGGED(a_connection_that_ends_after_the_request_is_unknown),
        RIGGED(a_reply_to_another_order_is_unknown),
        RIGGED(a_refused_connection_is_not_sent),
        RIGGED(after_a_429_orders_wait_and_cancels_do_not),
        RIGGED(replies_outlive_a_full_queue),
    };
    return cmocka_run_group_tests_name("orders against peers", tests, NULL, NULL);
}
