/* Reading a REST list to its end: page after page, for positions and balance in both profiles as
 * the catalog needs. Ends in exactly one EVENT_LIST_END, complete only when every page was whole
 * and every item found room in the queue. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "io/link_health.h"

enum { PAGE_UNREADABLE = -2, PAGE_USELESS = -1, PAGE_LAST = 0, PAGE_MORE = 1 };
enum { LISTS_MAX = 16, STEPS_MAX = 6, PAGES_MAX = 500, PATH_MAX_BYTES = 2048 };

struct list_call {
    struct call call;
    struct command_list command;
    enum coinbase_list steps[STEPS_MAX];
    uint32_t step_count, step, pages;
    char cursor[sizeof ((struct coinbase_page *)0)->next_cursor];
    /* Brent's way to see that pages go round: the cursor of a page that is a power of two. */
    char milestone[sizeof ((struct coinbase_page *)0)->next_cursor];
    uint32_t next_milestone;
    bool full; /* the queue refused an item */
    int64_t intraday_until_ns; /* of the balance: see event_balance */
};

static void next_page(struct list_call *call);
static void next_page_again(struct call *call);

static void end_list(struct link *link, const struct command_list *command, bool complete)
{
    struct event event = {.kind = EVENT_LIST_END,
                          .list_end = {.kind = command->kind, .request = command->request,
                                       .complete = complete}};
    link_emit_surely(link, &event);
}

static void finish_list(struct list_call *call, bool complete, const char *why)
{
    struct link *link = call->call.link;
    static const char *const names[LIST_KIND_COUNT] = {"orders", "fills", "positions", "balance"};
    if (!complete)
        link_note_error(link, "list of %s: %s", names[call->command.kind], why);
    end_list(link, &call->command, complete);
    link->lists_in_flight--;
    link_call_end(&call->call);
}

static void add_step(struct list_call *call, enum coinbase_list step)
{
    call->steps[call->step_count++] = step;
}

/* The portfolio's id is a step of its own, once. */
static void add_profile_steps(struct list_call *call, enum coinbase_list cde,
                              enum coinbase_list intx)
{
    const struct link *link = call->call.link;
    if (link_trades_profile(link, PROFILE_CDE))
        add_step(call, cde);
    if (!link_trades_profile(link, PROFILE_INTX))
        return;
    if (!link->portfolio[0])
        add_step(call, COINBASE_PORTFOLIOS);
    add_step(call, intx);
}

/* An order older than `since` may still work: the open ones are read besides, and after the rest,
 * so that one that changes between the two reads is seen at least once. */
static void plan(struct list_call *call)
{
    switch (call->command.kind) {
    case LIST_ORDERS:
        add_step(call, COINBASE_ORDERS_ALL);
        if (call->command.since_wall_ns > 0)
            add_step(call, COINBASE_ORDERS_OPEN);
        break;
    case LIST_FILLS:
        add_step(call, COINBASE_FILLS);
        break;
    case LIST_POSITIONS:
        add_profile_steps(call, COINBASE_CFM_POSITIONS, COINBASE_INTX_POSITIONS);
        break;
    default:
        if (call->call.link->config.intraday_margin)
            add_step(call, COINBASE_MARGIN_SETTING);
        add_profile_steps(call, COINBASE_CFM_BALANCE, COINBASE_INTX_PORTFOLIO);
        break;
    }
}

static void on_item(void *context, const struct event *event)
{
    struct list_call *call = context;
    struct event item = *event;
    if (item.kind == EVENT_BALANCE && item.balance.profile == PROFILE_CDE)
        item.balance.intraday_until_ns = call->intraday_until_ns;
    if (!call->full && !link_emit(call->call.link, &item))
        call->full = true;
}

/* Which margin rules hold. Not to be told leaves the strict ones, and the balance is read on. */
static void take_margin(struct list_call *call, const struct http_result *result)
{
    enum coinbase_list step = call->steps[call->step];
    struct err err = {""};
    bool intraday = false;
    int status = signer_check(result, &err);
    if (status == 0 && step == COINBASE_MARGIN_SETTING)
        status = coinbase_rest_decode_margin_setting(result->body, result->body_length, &intraday,
                                                     &err);
    else if (status == 0)
        status = coinbase_rest_decode_margin_window(result->body, result->body_length,
                                                    &call->intraday_until_ns, &err);
    if (status < 0)
        link_note_error(call->call.link, "margin window: %s", err.text);
    if (intraday)
        call->steps[call->step] = COINBASE_MARGIN_WINDOW; /* until when is the next question */
    else
        call->step++;
    next_page(call);
}

static bool is_margin(enum coinbase_list step)
{
    return step == COINBASE_MARGIN_SETTING || step == COINBASE_MARGIN_WINDOW;
}

/* false: this cursor was there before, however many pages ago. */
static bool is_new_cursor(struct list_call *call, const char *cursor)
{
    if (strcmp(cursor, call->cursor) == 0 || strcmp(cursor, call->milestone) == 0)
        return false;
    if (call->pages >= call->next_milestone) {
        memcpy(call->milestone, cursor, strlen(cursor) + 1);
        call->next_milestone = 2 * call->pages;
    }
    return true;
}

static int take_page(struct list_call *call, const struct http_result *result, struct err *err)
{
    struct link *link = call->call.link;
    struct coinbase_page page = {0};
    enum coinbase_list step = call->steps[call->step];
    if (step == COINBASE_PORTFOLIOS)
        return coinbase_rest_decode_portfolios(result->body, result->body_length, link->portfolio,
                                               err);
    if (coinbase_rest_decode_list(step, result->body, result->body_length, link->catalog, on_item,
                                  call, &page, err) < 0)
        return PAGE_UNREADABLE; /* nothing of it was passed on: it may be asked for again */
    if (call->full)
        return err_set(err, "the event queue is full");
    if (!page.next_cursor[0])
        return PAGE_LAST;
    if (!is_new_cursor(call, page.next_cursor))
        return err_set(err, "the venue's pages go round in a circle");
    memcpy(call->cursor, page.next_cursor, sizeof call->cursor);
    return PAGE_MORE;
}

static void on_page(void *context, const struct http_result *result)
{
    struct list_call *call = context;
    struct err err = {""};
    enum coinbase_error error = link_note_reply(call->call.link, COINBASE_READ, result);
    if (is_margin(call->steps[call->step])) {
        take_margin(call, result);
        return;
    }
    int more = signer_check(result, &err) < 0 ? PAGE_UNREADABLE : take_page(call, result, &err);
    if (more == PAGE_UNREADABLE && error == ERROR_NONE)
        error = ERROR_CUT;
    if (more == PAGE_UNREADABLE && link_retry(&call->call, COINBASE_READ, error, next_page_again))
        return;
    if (more < 0) {
        finish_list(call, false, err.text);
        return;
    }
    if (more == PAGE_LAST) {
        call->step++;
        call->cursor[0] = call->milestone[0] = '\0';
    }
    if (call->step == call->step_count)
        finish_list(call, true, "");
    else
        next_page(call);
}

static int submit_page(struct list_call *call, struct err *err)
{
    struct link *link = call->call.link;
    struct buf path;
    const char *why = link_refuses(link, COINBASE_READ);
    if (++call->pages > PAGES_MAX)
        return err_set(err, "it has more than %d pages", PAGES_MAX);
    if (why)
        return err_set(err, "%s", why);
    buf_init(&path, PATH_MAX_BYTES);
    enum coinbase_list step = call->steps[call->step];
    coinbase_rest_path(&path, step, call->cursor, link->portfolio,
                       step == COINBASE_ORDERS_OPEN ? 0 : call->command.since_wall_ns);
    struct link_request request = {.method = "GET", .path = path.data, .token_path = -1,
                                   .timeout_ns = link->config.list_timeout_ns};
    int result = path.failed ? err_set(err, "the path is too long")
                             : link_submit(link, &request, on_page, call, err);
    buf_fini(&path);
    return result;
}

static void next_page(struct list_call *call)
{
    struct err err;
    if (submit_page(call, &err) < 0)
        finish_list(call, false, err.text);
}

static void next_page_again(struct call *call)
{
    next_page((struct list_call *)call);
}

void link_list(struct link *link, const struct command_list *command)
{
    struct list_call *call = NULL;
    link->counters.lists++;
    if (link->lists_in_flight < LISTS_MAX)
        call = link_call_create(link, sizeof *call);
    if (!call) {
        end_list(link, command, false);
        return;
    }
    link->lists_in_flight++;
    call->command = *command;
    plan(call);
    next_page(call);
}
