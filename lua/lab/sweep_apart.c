/* Jobs that ran elsewhere: a file each, jobs/job-N.json, written whole or not at all. It says which
 * point and which stretch of time it was, so that one of another sweep is not taken for ours. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lab/sweep.h"
#include "wire/json_read.h"
#include "wire/json_write.h"

enum { APART_BYTES_MAX = 16384, SUMS = 5 };

/* A double goes as its bits: what is read is what was written. */
static uint64_t bits_of(double value)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof(bits));
    return bits;
}

static double of_bits(uint64_t bits)
{
    double value;

    memcpy(&value, &bits, sizeof(value));
    return value;
}

static void put_result(struct json_writer *json, const struct sweep_result *result)
{
    const struct sweep_sums *sums = &result->returns;
    const double numbers[SUMS] = {sums->count, sums->first, sums->second, sums->third,
                                  sums->fourth};

    json_put_bool(json, "failed", result->failed);
    json_put_text(json, "error", result->error);
    json_put_text(json, "result", result->result);
    json_put_text(json, "fees", result->fees);
    json_put_text(json, "drawdown", result->drawdown);
    json_put_uint(json, "trades", result->trades);
    if (result->sharpe_known)
        json_put_uint(json, "sharpe", bits_of(result->sharpe));
    json_open_array_at(json, "returns");
    for (int i = 0; i < SUMS; i++)
        json_put_uint(json, NULL, bits_of(numbers[i]));
    json_close_array(json);
}

static void put_identity(struct json_writer *json, const struct sweep_plan *plan, uint32_t number)
{
    struct sweep_job job;
    struct buf params;

    buf_init(&params, SWEEP_OPTIONS_MAX);
    sweep_job_at(plan, number, &job);
    sweep_point_json(plan, job.point, &params);
    json_put_text(json, "script", plan->hash);
    json_put_text(json, "params", params.data);
    json_put_int(json, "from_ns", job.from_ns);
    json_put_int(json, "to_ns", job.to_ns);
    buf_fini(&params);
}

static int write_file(const char *path, const struct buf *text, struct err *err)
{
    char made[SWEEP_PATH_MAX + 16];
    FILE *file;
    bool written;

    snprintf(made, sizeof(made), "%s.%d", path, (int)getpid());
    file = fopen(made, "we");
    if (!file)
        return err_set(err, "%s: %s", made, strerror(errno));
    written = fwrite(text->data, 1, text->length, file) == text->length;
    written = fclose(file) == 0 && written;
    if (!written || rename(made, path) < 0)
        return err_set(err, "%s: could not be written: %s", path, strerror(errno));
    return 0;
}

int sweep_apart_write(const struct sweep_run *run, uint32_t job, struct err *err)
{
    char path[SWEEP_PATH_MAX];
    struct json_writer json;
    struct buf text;
    int status;

    buf_init(&text, APART_BYTES_MAX);
    json_write_init(&json, &text);
    json_open_object(&json);
    put_identity(&json, run->plan, job);
    put_result(&json, &run->results[job]);
    json_close_object(&json);
    buf_puts(&text, "\n");
    snprintf(path, sizeof(path), "%s/jobs/job-%u.json", run->store->directory, job);
    status = text.failed ? err_set(err, "no memory") : write_file(path, &text, err);
    buf_fini(&text);
    return status;
}

/* ---- and back */

struct found {
    char script[65], params[SWEEP_OPTIONS_MAX];
    int64_t from_ns, to_ns;
    struct sweep_result result;
};

static void read_text(struct json_reader *json, char *out, size_t capacity)
{
    struct json_text text = {0};

    if (json_read_string(json, &text) && !json_text_copy(text, out, capacity))
        json_fail(json, "too long a text");
}

static void read_int(struct json_reader *json, int64_t *ret)
{
    struct json_text text = {0};

    if (json_read_number(json, &text) && !json_text_int64(text, ret))
        json_fail(json, "not a whole number");
}

static void read_bits(struct json_reader *json, double *ret)
{
    struct json_text text = {0};
    uint64_t bits = 0;

    if (json_read_number(json, &text) && !json_text_uint64(text, &bits))
        json_fail(json, "not a whole number");
    else
        *ret = of_bits(bits);
}

static void read_sums(struct json_reader *json, struct sweep_sums *ret)
{
    double numbers[SUMS] = {0};
    int count = 0;

    if (json_enter_array(json))
        while (json_next_item(json))
            if (count < SUMS)
                read_bits(json, &numbers[count++]);
    *ret = (struct sweep_sums){numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]};
}

static void read_member(struct json_reader *json, struct json_text key, struct found *ret)
{
    struct sweep_result *result = &ret->result;
    int64_t trades;

    if (json_text_equal(key, "script"))
        read_text(json, ret->script, sizeof(ret->script));
    else if (json_text_equal(key, "params"))
        read_text(json, ret->params, sizeof(ret->params));
    else if (json_text_equal(key, "from_ns"))
        read_int(json, &ret->from_ns);
    else if (json_text_equal(key, "to_ns"))
        read_int(json, &ret->to_ns);
    else if (json_text_equal(key, "failed"))
        (void)json_read_bool(json, &result->failed);
    else if (json_text_equal(key, "error"))
        read_text(json, result->error, sizeof(result->error));
    else if (json_text_equal(key, "result"))
        read_text(json, result->result, sizeof(result->result));
    else if (json_text_equal(key, "fees"))
        read_text(json, result->fees, sizeof(result->fees));
    else if (json_text_equal(key, "drawdown"))
        read_text(json, result->drawdown, sizeof(result->drawdown));
    else if (json_text_equal(key, "returns"))
        read_sums(json, &result->returns);
    else if (json_text_equal(key, "sharpe")) {
        result->sharpe_known = true;
        read_bits(json, &result->sharpe);
    } else if (json_text_equal(key, "trades")) {
        read_int(json, &trades);
        result->trades = (uint64_t)trades;
    }
}

static int read_file(const char *path, struct found *ret, struct err *err)
{
    char bytes[APART_BYTES_MAX];
    struct json_reader json;
    struct json_text key;
    FILE *file = fopen(path, "re");
    size_t length;

    if (!file)
        return err_set(err, "%s: %s", path, strerror(errno));
    length = fread(bytes, 1, sizeof(bytes), file);
    fclose(file);
    memset(ret, 0, sizeof(*ret));
    json_init(&json, bytes, length);
    if (json_enter_object(&json))
        while (json_next_key(&json, &key))
            read_member(&json, key, ret);
    return json_finish(&json, err) < 0 ? err_wrap(err, "%s", path) : 0;
}

static bool is_ours(const struct sweep_plan *plan, const struct sweep_job *job,
                    const struct found *found)
{
    struct buf params;
    bool same;

    buf_init(&params, SWEEP_OPTIONS_MAX);
    sweep_point_json(plan, job->point, &params);
    same = strcmp(found->params, params.data) == 0 && strcmp(found->script, plan->hash) == 0 &&
           found->from_ns == job->from_ns && found->to_ns == job->to_ns;
    buf_fini(&params);
    return same;
}

static int take_file(struct sweep_run *run, uint32_t number, struct err *err)
{
    char path[SWEEP_PATH_MAX];
    struct sweep_job job;
    struct found found;

    snprintf(path, sizeof(path), "%s/jobs/job-%u.json", run->store->directory, number);
    if (read_file(path, &found, err) < 0)
        return -1;
    sweep_job_at(run->plan, number, &job);
    if (!is_ours(run->plan, &job, &found))
        return err_set(err, "%s is of another sweep: script, parameters or times differ", path);
    if (run->results[number].done || found.result.failed)
        return 0;
    found.result.done = true;
    run->results[number] = found.result;
    run->done++;
    return sweep_store_put(run->store, &job, &found.result, err);
}

int sweep_apart_collect(struct sweep_run *run, struct err *err)
{
    char path[SWEEP_PATH_MAX];
    struct dirent *entry;
    DIR *directory;
    int status = 0;

    snprintf(path, sizeof(path), "%s/jobs", run->store->directory);
    directory = opendir(path);
    while (directory && status == 0 && (entry = readdir(directory))) {
        char *end;
        unsigned long number;
        if (strncmp(entry->d_name, "job-", 4) != 0)
            continue;
        number = strtoul(entry->d_name + 4, &end, 10);
        if (strcmp(end, ".json") == 0 && number < sweep_job_count(run->plan))
            status = take_file(run, (uint32_t)number, err);
    }
    if (directory)
        closedir(directory);
    return status;
}
