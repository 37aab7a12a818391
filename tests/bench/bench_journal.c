/* What it costs until an order's record is durable: one record handed over and waited for, and a
 * hundred in one commit. Reference: appending the same bytes to a file and fdatasync. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "bench.h"
#include "io/store.h"
#include "model/client_id.h"

enum { COMMITS = 1500, GROUP = 100 };

static int no_record(void *context, int64_t number, const struct record *record, struct err *err)
{
    (void)context, (void)number, (void)record;
    return err_set(err, "the directory should be new");
}

static void ignore_durable(void *context, int64_t number)
{
    *(int64_t *)context = number;
}

static void on_dead(void *context, const char *reason)
{
    (void)context;
    fprintf(stderr, "journal dead: %s\n", reason);
    abort();
}

static struct record make_record(uint32_t sequence)
{
    struct record record = {.kind = RECORD_ORDER, .at = {sequence, sequence}};

    record.order.id = client_id_make(7, 9, sequence);
    snprintf(record.order.product_id, sizeof(record.order.product_id), "BIP-20DEC30-CDE");
    record.order.price.e9 = 61800LL * DECIMAL_ONE;
    record.order.size.e9 = DECIMAL_ONE / 100;
    return record;
}

static double bench_append(const char *directory)
{
    char path[256], bytes[600];
    struct bench_samples samples;
    double per;
    int fd;

    snprintf(path, sizeof(path), "%s/plain", directory);
    memset(bytes, 'x', sizeof(bytes));
    fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    CHECK(fd >= 0);
    bench_init(&samples, COMMITS);
    for (int i = 0; i < COMMITS; i++) {
        int64_t start = bench_now_ns();
        CHECK(write(fd, bytes, sizeof(bytes)) == (ssize_t)sizeof(bytes) && fdatasync(fd) == 0);
        bench_add(&samples, bench_now_ns() - start);
    }
    close(fd);
    unlink(path);
    per = bench_per_op(&samples, 1);
    bench_fini(&samples);
    return per;
}

static void bench_commits(struct store *store, const char *what, uint32_t group, double reference)
{
    struct bench_samples samples;
    struct record records[GROUP];

    bench_init(&samples, COMMITS);
    for (uint32_t i = 0; i < COMMITS; i++) {
        for (uint32_t k = 0; k < group; k++)
            records[k] = make_record(i * group + k);
        int64_t start = bench_now_ns();
        int64_t number = store_commit(store, records, group);
        CHECK(number > 0 && store_wait(store, number) == 0);
        bench_add(&samples, bench_now_ns() - start);
    }
    bench_line(what, &samples, 1, "append + fdatasync", reference);
    bench_fini(&samples);
}

static void remove_directory(const char *directory)
{
    DIR *open_directory = opendir(directory);
    struct dirent *entry;

    CHECK(open_directory);
    while ((entry = readdir(open_directory)))
        unlinkat(dirfd(open_directory), entry->d_name, 0);
    closedir(open_directory);
    rmdir(directory);
}

int main(int argc, char **argv)
{
    char directory[] = "/var/tmp/moongate-bench-XXXXXX";
    int64_t durable = 0;
    struct store_config config = {.identity = "bench", .context = &durable,
                                  .on_record = no_record, .on_durable = ignore_durable,
                                  .on_dead = on_dead};
    struct store *store;
    struct err err = {""};

    (void)argv;
    if (argc > 1)
        return fprintf(stderr, "bench_journal takes no arguments\n"), 2;
    CHECK(mkdtemp(directory));
    config.directory = directory;
    store = store_open(&config, &err);
    if (!store)
        return fprintf(stderr, "%s\n", err.text), 1;
    bench_head();
    double reference = bench_append(directory);
    bench_commits(store, "journal: one record, durable", 1, reference);
    bench_commits(store, "journal: 100 records, durable", GROUP, reference);
    store_close(store);
    remove_directory(directory);
    return 0;
}
