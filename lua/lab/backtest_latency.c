/* Latency out of a run's journal: from an order's first row to the venue's first word on it. */
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "io/store_reader.h"
#include "lab/backtest_private.h"
#include "model/client_id.h"

struct sent { struct client_id id; int64_t at_ns; bool answered; };

static int compare_ns(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;

    return a < b ? -1 : a > b;
}

static void take_order(const struct record *record, struct lab_list *sent, struct lab_list *trips)
{
    const struct record_order *order = &record->order;
    struct sent *items = sent->items;

    for (uint32_t i = sent->count; i-- > 0;) {
        if (!client_id_equal(items[i].id, order->id))
            continue;
        if (!items[i].answered && order->venue_id.text[0]) {
            items[i].answered = true;
            *(int64_t *)lab_list_add(trips, sizeof(int64_t)) =
                record->at.mono_ns - items[i].at_ns;
        }
        return;
    }
    *(struct sent *)lab_list_add(sent, sizeof(struct sent)) =
        (struct sent){order->id, record->at.mono_ns, false};
}

int backtest_latency_read(const char *run, int64_t *ret_trip_ns, uint32_t *ret_count,
                          struct err *err)
{
    struct store_reader *reader = store_reader_open(run, err);
    struct lab_list sent = {0}, trips = {0};
    struct store_row row;
    enum store_read got;

    if (!reader)
        return -1;
    while ((got = store_reader_next(reader, &row, err)) == STORE_ROW)
        if (row.record.kind == RECORD_ORDER)
            take_order(&row.record, &sent, &trips);
    store_reader_close(reader);
    if (trips.count > 0) {
        qsort(trips.items, trips.count, sizeof(int64_t), compare_ns);
        *ret_trip_ns = ((const int64_t *)trips.items)[trips.count / 2];
    }
    *ret_count = trips.count;
    lab_list_fini(&sent);
    lab_list_fini(&trips);
    if (got != STORE_END)
        return -1;
    return *ret_count > 0 ? 0 : err_set(err, "%s: no order of it was answered", run);
}
