/* What a run came to, for people and scripts: summary.json beside the journal. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/live_private.h"
#include "app/operator_rows.h"
#include "engine/snapshot.h"
#include "wire/json_write.h"

static void put_products(struct json_writer *json, const struct engine *engine)
{
    struct product_row row;

    json_open_array_at(json, "products");
    for (product_index i = 0; snapshot_product(engine, i, &row); i++) {
        json_open_object(json);
        json_put_text(json, "product_id", row.product_id);
        json_put_size(json, "position", row.position);
        json_put_money(json, "realised", row.realised);
        json_put_money(json, "unrealised", row.unrealised);
        json_put_money(json, "fees", row.fees);
        json_put_money(json, "funding", row.funding);
        json_put_uint(json, "working", row.working);
        json_close_object(json);
    }
    json_close_array(json);
}

static void put_refusals(struct json_writer *json, const struct counters_row *counters)
{
    json_open_object_at(json, "refusals");
    for (int code = 0; code < REFUSAL_COUNT; code++)
        if (counters->refusals[code])
            json_put_uint(json, refusal_text((enum refusal)code), counters->refusals[code]);
    json_close_object(json);
}

/* What the scripts said of themselves, by script. */
static void put_metrics(struct json_writer *json, const struct runner_pool *pool)
{
    struct runner_status status;

    json_open_object_at(json, "scripts");
    for (uint32_t i = 0; pool && i < runner_pool_count(pool); i++) {
        runner_pool_status(pool, i, &status);
        json_put_key(json, status.name);
        json_open_object(json);
        rows_put_metrics(json, &status);
        json_close_object(json);
    }
    json_close_object(json);
}

static void put_summary(struct json_writer *json, const struct live *live)
{
    struct counters_row counters;
    struct account_row account;

    snapshot_counters(live->engine, &counters);
    snapshot_account(live->engine, &account);
    json_open_object(json);
    json_put_uint(json, "orders", counters.orders);
    json_put_uint(json, "fills", counters.fills);
    json_put_uint(json, "external_fills", counters.external_fills);
    json_put_uint(json, "unknown", account.unknown);
    json_put_bool(json, "reconciled", account.reconciled);
    json_put_text(json, "state", trading_state_text(account.state));
    json_put_money(json, "realised", account.realised);
    json_put_money(json, "unrealised", account.unrealised);
    json_put_money(json, "fees", account.fees);
    json_put_money(json, "funding", account.funding);
    put_refusals(json, &counters);
    put_products(json, live->engine);
    put_metrics(json, live->runners);
    json_close_object(json);
}

static int write_file(const char *path, const struct buf *buf, struct err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool written;

    if (fd < 0)
        return err_set(err, "%s: %s", path, strerror(errno));
    written = write(fd, buf->data, buf->length) == (ssize_t)buf->length;
    if (close(fd) < 0 || !written)
        return err_set(err, "%s: could not be written whole", path);
    return 0;
}

int live_write_summary(const struct live *live, struct err *err)
{
    char path[CONFIG_TEXT_MAX + 16];
    struct json_writer json;
    struct buf buf;
    int status;

    buf_init(&buf, 256 * 1024);
    json_write_init(&json, &buf);
    put_summary(&json, live);
    buf_puts(&buf, "\n");
    snprintf(path, sizeof(path), "%s/summary.json", live->config.state_dir);
    status = buf.failed ? err_set(err, "no memory for the summary") : write_file(path, &buf, err);
    buf_fini(&buf);
    return status;
}
