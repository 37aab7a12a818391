#include "wire/beat.h"

#include <stdio.h>
#include <string.h>

#include "wire/json_read.h"
#include "wire/json_write.h"

enum { RUN, OWNER_TAG, PID, AT_NS, STOPPED, FIELDS, ALL = (1 << FIELDS) - 1 };
static const char *const NAMES[FIELDS] = {"run", "owner_tag", "pid", "at_ns", "stopped"};
static const uint64_t RUN_LIMIT = 1ull << 40;

void beat_run_text(uint64_t run, char out[BEAT_RUN_TEXT])
{
    snprintf(out, BEAT_RUN_TEXT, "%010llx", (unsigned long long)(run % RUN_LIMIT));
}

void beat_encode(const struct beat *beat, struct buf *out)
{
    struct json_writer json;
    char run[BEAT_RUN_TEXT];
    beat_run_text(beat->run, run);
    json_write_init(&json, out);
    json_open_object(&json);
    json_put_text(&json, NAMES[RUN], run);
    json_put_uint(&json, NAMES[OWNER_TAG], beat->owner_tag);
    json_put_int(&json, NAMES[PID], beat->pid);
    json_put_int(&json, NAMES[AT_NS], beat->at_ns);
    json_put_bool(&json, NAMES[STOPPED], beat->stopped);
    json_close_object(&json);
    buf_puts(out, "\n");
}

static bool read_run(struct json_text text, uint64_t *ret)
{
    static const char DIGITS[] = "0123456789abcdef";
    if (text.length != BEAT_RUN_TEXT - 1)
        return false;
    *ret = 0;
    for (size_t i = 0; i < text.length; i++) {
        const char *digit = memchr(DIGITS, text.at[i], 16);
        if (!digit)
            return false;
        *ret = *ret << 4 | (uint64_t)(digit - DIGITS);
    }
    return true;
}

static bool read_number(int field, struct json_text text, struct beat *ret)
{
    uint64_t number;
    if (!json_text_uint64(text, &number))
        return false;
    switch (field) {
    case OWNER_TAG: ret->owner_tag = (uint32_t)number; return number <= UINT32_MAX;
    case PID: ret->pid = (int32_t)number; return number >= 1 && number <= INT32_MAX;
    default: ret->at_ns = (int64_t)number; return number <= INT64_MAX;
    }
}

static bool read_field(struct json_reader *json, int field, struct beat *ret)
{
    struct json_text text;
    if (field == STOPPED)
        return json_read_bool(json, &ret->stopped);
    if (field == RUN)
        return json_read_string(json, &text) &&
               (read_run(text, &ret->run) || json_fail(json, "a run is ten digits of hex"));
    return json_read_number(json, &text) &&
           (read_number(field, text, ret) || json_fail(json, "a number that is out of range"));
}

int beat_decode(const char *text, size_t length, struct beat *ret, struct err *err)
{
    struct json_reader json;
    struct json_text key;
    unsigned seen = 0;
    *ret = (struct beat){0};
    json_init(&json, text, length);
    if (json_enter_object(&json))
        while (json_next_key(&json, &key))
            for (int i = 0; i < FIELDS; i++)
                if (json_text_equal(key, NAMES[i]) && read_field(&json, i, ret))
                    seen |= 1u << i;
    if (json_finish(&json, err) < 0)
        return -1;
    return seen == ALL ? 0 : err_set(err, "a sign of life that lacks a field");
}
