#include "app/config_params.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire/json_write.h"

enum { PARAMS_DEPTH_MAX = 4, PARAMS_KEYS_MAX = 64 };

static int put_value(struct json_writer *json, const char *key, const config_setting_t *setting,
                     int depth, struct err *err);

static int by_name(const void *a, const void *b)
{
    return strcmp(config_setting_name(*(const config_setting_t *const *)a),
                  config_setting_name(*(const config_setting_t *const *)b));
}

static int put_members(struct json_writer *json, const config_setting_t *group, int depth,
                       struct err *err)
{
    const config_setting_t *members[PARAMS_KEYS_MAX];
    int count = config_setting_length(group);

    if (count > PARAMS_KEYS_MAX)
        return err_set(err, "at most %d keys", PARAMS_KEYS_MAX);
    for (int i = 0; i < count; i++)
        members[i] = config_setting_get_elem(group, (unsigned)i);
    qsort(members, (size_t)count, sizeof(members[0]), by_name);
    for (int i = 0; i < count; i++)
        if (put_value(json, config_setting_name(members[i]), members[i], depth, err) < 0)
            return -1;
    return 0;
}

static int put_items(struct json_writer *json, const config_setting_t *list, int depth,
                     struct err *err)
{
    for (int i = 0; i < config_setting_length(list); i++)
        if (put_value(json, NULL, config_setting_get_elem(list, (unsigned)i), depth, err) < 0)
            return -1;
    return 0;
}

static int put_nested(struct json_writer *json, const config_setting_t *setting, int depth,
                      struct err *err)
{
    int status;

    if (depth >= PARAMS_DEPTH_MAX)
        return err_set(err, "nested deeper than %d", PARAMS_DEPTH_MAX);
    if (config_setting_is_group(setting)) {
        json_open_object(json);
        status = put_members(json, setting, depth + 1, err);
        json_close_object(json);
    } else {
        json_open_array(json);
        status = put_items(json, setting, depth + 1, err);
        json_close_array(json);
    }
    return status;
}

static int put_value(struct json_writer *json, const char *key, const config_setting_t *setting,
                     int depth, struct err *err)
{
    char number[40];

    switch (config_setting_type(setting)) {
    case CONFIG_TYPE_INT: case CONFIG_TYPE_INT64:
        json_put_int(json, key, config_setting_get_int64(setting));
        return 0;
    case CONFIG_TYPE_BOOL:
        json_put_bool(json, key, config_setting_get_bool(setting));
        return 0;
    case CONFIG_TYPE_STRING:
        json_put_text(json, key, config_setting_get_string(setting));
        return 0;
    case CONFIG_TYPE_FLOAT: /* a script's threshold, never money: scripts take decimals as text */
        snprintf(number, sizeof(number), "%.15g", config_setting_get_float(setting));
        json_put_raw(json, key, number, strlen(number));
        return 0;
    default:
        if (key)
            json_put_key(json, key);
        return put_nested(json, setting, depth, err);
    }
}

char *config_params_json(const config_setting_t *group, struct err *err)
{
    struct json_writer json;
    struct buf buf;
    int status = 0;

    buf_init(&buf, CONFIG_PARAMS_MAX);
    json_write_init(&json, &buf);
    if (group && !config_setting_is_group(group)) {
        err_set(err, "a group { ... } is wanted");
        return NULL;
    }
    json_open_object(&json);
    if (group)
        status = put_members(&json, group, 0, err);
    json_close_object(&json);
    if (status == 0 && buf.failed)
        status = err_set(err, "larger than %d bytes", CONFIG_PARAMS_MAX);
    if (status == 0)
        return buf.data;
    buf_fini(&buf);
    return NULL;
}
