#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/check.h"

enum { BARE_TRIPS = 20000 };

int64_t bench_now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void bench_init(struct bench_samples *samples, uint32_t capacity)
{
    samples->ns = calloc(capacity, sizeof(*samples->ns));
    CHECK(samples->ns);
    samples->capacity = capacity;
    samples->count = 0;
}

void bench_add(struct bench_samples *samples, int64_t ns)
{
    if (samples->count < samples->capacity)
        samples->ns[samples->count++] = ns;
}

void bench_fini(struct bench_samples *samples)
{
    free(samples->ns);
}

static int ascending(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

int64_t bench_quantile(struct bench_samples *samples, uint32_t permille)
{
    uint64_t at = (uint64_t)samples->count * permille / 1000;

    CHECK(samples->count > 0);
    qsort(samples->ns, samples->count, sizeof(*samples->ns), ascending);
    return samples->ns[at < samples->count ? at : samples->count - 1];
}

double bench_per_op(struct bench_samples *samples, uint32_t per)
{
    return (double)bench_quantile(samples, 500) / per;
}

void bench_head(void)
{
    printf("%-34s %10s %10s %10s   %s\n", "ns per operation", "p50", "p99", "p99.9",
           "against, in the same run");
}

void bench_line(const char *what, struct bench_samples *samples, uint32_t per,
                const char *reference, double reference_ns)
{
    double p50 = bench_per_op(samples, per);

    printf("%-34s %10.1f %10.1f %10.1f", what, p50, (double)bench_quantile(samples, 990) / per,
           (double)bench_quantile(samples, 999) / per);
    if (reference)
        printf("   %s %.1f: %.2fx", reference, reference_ns, reference_ns / p50);
    printf("\n");
}

double bench_bare_trip(void)
{
    struct bench_samples samples;
    int ends[2];
    char byte = 'x';
    double per;

    CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        close(ends[0]);
        while (read(ends[1], &byte, 1) == 1 && write(ends[1], &byte, 1) == 1)
            ;
        _exit(0);
    }
    close(ends[1]);
    bench_init(&samples, BARE_TRIPS);
    for (int i = 0; i < BARE_TRIPS; i++) {
        int64_t start = bench_now_ns();
        CHECK(write(ends[0], &byte, 1) == 1 && read(ends[0], &byte, 1) == 1);
        bench_add(&samples, bench_now_ns() - start);
    }
    close(ends[0]);
    waitpid(child, NULL, 0);
    per = bench_per_op(&samples, 1);
    bench_fini(&samples);
    return per;
}
