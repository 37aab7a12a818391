/* moongate-exchange: options, timers, signals, and the end. */
#include "app/exchange.h"

#include <ev.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app/exchange_auth.h"
#include "app/exchange_faults.h"
#include "app/exchange_feed.h"
#include "app/exchange_rest.h"
#include "base/log.h"
#include "base/text.h"

/* A venue step every 2 ms keeps order latency near a real venue's; news leave every 50 ms. */
#define STEP_S 0.002
#define FLUSH_S 0.05
enum { TAPE_MAX = 512 * 1024 * 1024, SAVE_SHARE = 20 };
static const int64_t MILLISECOND_NS = 1000000;

struct timers {
    struct exchange *exchange;
    ev_timer step, flush, second;
    ev_signal terminate, interrupt;
    int64_t next_save_ns;
};

int64_t exchange_wall_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t exchange_clock_ns(const struct exchange *exchange)
{
    return exchange_wall_ns() + exchange->skew_ns;
}

void exchange_time_ns(int64_t unix_ns, char out[48])
{
    char text[40];
    size_t length = text_format_time(unix_ns, text);
    snprintf(out, 48, "%.*s%03dZ", (int)length - 1, text, (int)(unix_ns % 1000));
}

/* A save may take a twentieth of the time, however large the account grows. */
static void save_when_due(struct timers *timers)
{
    struct exchange *exchange = timers->exchange;
    struct err err;
    int64_t begun_ns = exchange_wall_ns();
    if (exchange->account_version == exchange->saved_version || begun_ns < timers->next_save_ns)
        return;
    if (exchange_state_save(exchange, &err) < 0)
        log_error("state", "%s", err.text);
    int64_t now_ns = exchange_wall_ns();
    timers->next_save_ns = now_ns + 50 * MILLISECOND_NS + SAVE_SHARE * (now_ns - begun_ns);
}

static void on_step(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct timers *timers = timer->data;
    (void)loop;
    (void)events;
    venue_sim_advance(timers->exchange->venue, exchange_wall_ns());
    exchange_faults_step(timers->exchange->faults);
    exchange_feed_tell(timers->exchange->feed);
    if (timers->exchange->options.state_file)
        save_when_due(timers);
}

static void on_flush(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct timers *timers = timer->data;
    (void)loop;
    (void)events;
    exchange_feed_flush(timers->exchange->feed);
}

static void on_second(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct timers *timers = timer->data;
    (void)loop;
    (void)events;
    exchange_feed_second(timers->exchange->feed);
}

static void on_signal(struct ev_loop *loop, ev_signal *signal, int events)
{
    (void)signal;
    (void)events;
    ev_break(loop, EVBREAK_ALL);
}

static void start_timers(struct timers *timers)
{
    struct ev_loop *loop = timers->exchange->loop;
    ev_timer_init(&timers->step, on_step, STEP_S, STEP_S);
    ev_timer_init(&timers->flush, on_flush, FLUSH_S, FLUSH_S);
    ev_timer_init(&timers->second, on_second, 1., 1.);
    ev_signal_init(&timers->terminate, on_signal, SIGTERM);
    ev_signal_init(&timers->interrupt, on_signal, SIGINT);
    timers->step.data = timers->flush.data = timers->second.data = timers;
    ev_timer_start(loop, &timers->step);
    ev_timer_start(loop, &timers->flush);
    ev_timer_start(loop, &timers->second);
    ev_signal_start(loop, &timers->terminate);
    ev_signal_start(loop, &timers->interrupt);
}

static void stop_timers(struct timers *timers)
{
    struct ev_loop *loop = timers->exchange->loop;
    ev_timer_stop(loop, &timers->step);
    ev_timer_stop(loop, &timers->flush);
    ev_timer_stop(loop, &timers->second);
    ev_signal_stop(loop, &timers->terminate);
    ev_signal_stop(loop, &timers->interrupt);
}

static int load_tape(struct exchange *exchange, struct err *err)
{
    struct buf bytes;
    const char *path = exchange->options.tape_file;
    if (!path)
        return 0;
    buf_init(&bytes, TAPE_MAX);
    if (exchange_file_read(path, TAPE_MAX, &bytes, err) == 0) {
        exchange->tape = tape_create(bytes.data ? bytes.data : "", bytes.length, err);
        if (!exchange->tape)
            err_wrap(err, "%s", path);
    }
    buf_fini(&bytes);
    return exchange->tape ? 0 : -1;
}

static int create_venue(struct exchange *exchange, struct err *err)
{
    const struct exchange_options *options = &exchange->options;
    struct venue_sim_config config = {
        .seed = options->seed, .id_salt = (uint64_t)exchange->started_ns,
        .start_ns = exchange->started_ns, .tape = exchange->tape, .speed = options->speed,
        .cash_usd = options->cash_usd, .cash_usdc = options->cash_usdc,
        .fee_maker = options->fee_maker, .fee_taker = options->fee_taker,
        .accept_delay_ns = EXCHANGE_ACCEPT_NS, .cancel_delay_ns = EXCHANGE_CANCEL_NS,
        .release_delay_ns = 500 * MILLISECOND_NS, .session = options->session};
    struct venue_sink sink = exchange_feed_sink(exchange->feed);
    exchange->venue = venue_sim_create(&config, &sink, err);
    if (!exchange->venue)
        return -1;
    return exchange_state_load(exchange, err);
}

static int open_all(struct exchange *exchange, struct err *err)
{
    exchange->started_ns = exchange_wall_ns();
    exchange->loop = ev_loop_new(EVFLAG_AUTO);
    exchange->feed = exchange_feed_create(exchange);
    exchange->cache = exchange_cache_create();
    exchange->faults = exchange_faults_create(exchange);
    if (!exchange->loop || !exchange->feed || !exchange->cache || !exchange->faults)
        return err_set(err, "no memory");
    exchange->keys = exchange_keys_load(exchange->options.keys_file, err);
    if (!exchange->keys || load_tape(exchange, err) < 0 || create_venue(exchange, err) < 0)
        return -1;
    if (exchange_faults_load(exchange->faults, err) < 0)
        return -1;
    int port = exchange_server_open(exchange, err);
    if (port < 0)
        return -1;
    if (exchange->options.control_path)
        exchange->control = exchange_control_open(exchange, err);
    if (exchange->options.control_path && !exchange->control)
        return -1;
    char text[16];
    int length = snprintf(text, sizeof text, "%d\n", port);
    if (exchange->options.port_file &&
        exchange_file_write(exchange->options.port_file, text, (size_t)length, err) < 0)
        return -1;
    printf("moongate-exchange: https://127.0.0.1:%d/api/v3/brokerage, wss://127.0.0.1:%d/\n",
           port, port);
    fflush(stdout);
    return 0;
}

static void close_all(struct exchange *exchange)
{
    exchange_control_close(exchange->control);
    exchange_server_close(exchange);
    exchange_faults_destroy(exchange->faults);
    exchange_feed_destroy(exchange->feed);
    exchange_cache_destroy(exchange->cache);
    exchange_keys_destroy(exchange->keys);
    venue_sim_destroy(exchange->venue);
    tape_destroy(exchange->tape);
    if (exchange->loop)
        ev_loop_destroy(exchange->loop);
}

/* The account in one line of JSON: what a demo compares with the host's own books. */
static void print_account(struct exchange *exchange)
{
    const struct ledger *ledger = venue_sim_ledger(exchange->venue);
    struct buf text;
    struct json_writer json;
    buf_init(&text, EXCHANGE_BODY_MAX);
    json_write_init(&json, &text);
    json_open_object(&json);
    json_put_uint(&json, "orders", venue_sim_order_count(exchange->venue));
    json_put_uint(&json, "fills", venue_sim_fill_count(exchange->venue));
    json_put_money(&json, "cash_usd", ledger->cash[PROFILE_CDE]);
    json_put_money(&json, "cash_usdc", ledger->cash[PROFILE_INTX]);
    json_open_object_at(&json, "positions");
    for (int i = 0; i < VENUE_PRODUCTS; i++) {
        const struct ledger_position *position = &ledger->positions[i];
        if (position->units.e9 == 0 && position->fees.e18 == 0)
            continue;
        json_open_object_at(&json, venue_products[i].id);
        json_put_size(&json, "size", position->units);
        json_put_money(&json, "realized_pnl", position->realised);
        json_put_money(&json, "fees", position->fees);
        json_close_object(&json);
    }
    json_close_object(&json);
    json_close_object(&json);
    printf("%s\n", text.data);
    buf_fini(&text);
}

int main(int argc, char **argv)
{
    struct exchange exchange = {0};
    struct err err = {""};
    if (argc > 1 && strcmp(argv[1], "fault") == 0)
        return exchange_fault_client(argc - 1, argv + 1);
    int code = exchange_options_read(argc, argv, &exchange.options, &err);
    if (code != 0) {
        if (code < 0)
            fprintf(stderr, "moongate-exchange: %s\n", err.text);
        return code < 0 ? 2 : 0;
    }
    signal(SIGPIPE, SIG_IGN);
    if (open_all(&exchange, &err) < 0) {
        fprintf(stderr, "moongate-exchange: %s\n", err.text);
        close_all(&exchange);
        return 2;
    }
    struct timers timers = {.exchange = &exchange};
    start_timers(&timers);
    ev_run(exchange.loop, 0);
    stop_timers(&timers);
    code = exchange_state_save(&exchange, &err);
    if (code < 0)
        fprintf(stderr, "moongate-exchange: %s\n", err.text);
    print_account(&exchange);
    close_all(&exchange);
    return code < 0 ? 1 : 0;
}
