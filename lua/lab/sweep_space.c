#include "lab/sweep_space.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/map.h"
#include "base/prng.h"
#include "base/text.h"
#include "wire/json_read.h"

enum { TEXT_MAX = 512, CHOICES_MAX = 32, STEPS = 10 };

/* What the script says of one parameter. "" where it says nothing. */
struct declaration {
    char type[16], least[SWEEP_VALUE_MAX], most[SWEEP_VALUE_MAX];
    char choices[CHOICES_MAX][SWEEP_VALUE_MAX];
    uint32_t choice_count;
    bool has_default;
};

void sweep_space_fini(struct sweep_space *space)
{
    for (uint32_t i = 0; i < space->param_count; i++)
        free(space->params[i].values);
    free(space->points);
    memset(space, 0, sizeof(*space));
}

/* ---- what the script declares */

static void read_scalar(struct json_reader *json, char *out, size_t capacity)
{
    struct json_text text = {0};

    if (json_peek(json) == JSON_STRING || json_peek(json) == JSON_NUMBER) {
        if (json_read_scalar(json, &text) && !json_text_copy(text, out, capacity))
            json_fail(json, "too long a text");
    } else {
        json_skip_value(json);
    }
}

static bool read_declaration(struct json_reader *json, const char *name, struct declaration *ret)
{
    struct json_text key;
    char found[SWEEP_NAME_MAX] = "";

    memset(ret, 0, sizeof(*ret));
    if (!json_enter_object(json))
        return false;
    while (json_next_key(json, &key))
        if (json_text_equal(key, "name"))
            read_scalar(json, found, sizeof(found));
        else if (json_text_equal(key, "type"))
            read_scalar(json, ret->type, sizeof(ret->type));
        else if (json_text_equal(key, "least"))
            read_scalar(json, ret->least, sizeof(ret->least));
        else if (json_text_equal(key, "most"))
            read_scalar(json, ret->most, sizeof(ret->most));
        else if (json_text_equal(key, "default"))
            ret->has_default = json_skip_value(json);
        else if (json_text_equal(key, "choices") && json_enter_array(json))
            while (json_next_item(json))
                if (ret->choice_count < CHOICES_MAX)
                    read_scalar(json, ret->choices[ret->choice_count++], SWEEP_VALUE_MAX);
    return strcmp(found, name) == 0;
}

static int find_declaration(const char *name, const char *declared, size_t length,
                            struct declaration *ret, struct err *err)
{
    struct json_reader json;
    struct json_text key;
    struct declaration each;
    bool found = false;

    json_init(&json, declared, length);
    if (json_enter_object(&json))
        while (json_next_key(&json, &key))
            if (json_text_equal(key, "parameters") && json_enter_array(&json))
                while (json_next_item(&json))
                    if (read_declaration(&json, name, &each) && !found) {
                        found = true;
                        *ret = each;
                    }
    if (json_finish(&json, err) < 0)
        return err_wrap(err, "what the script declares");
    if (!found)
        return err_set(err, "the script declares no parameter '%s'; see moongate params SCRIPT",
                       name);
    return 0;
}

static bool is_plain(const struct declaration *declaration)
{
    return strcmp(declaration->type, "integer") == 0 || strcmp(declaration->type, "number") == 0 ||
           strcmp(declaration->type, "boolean") == 0;
}

int sweep_space_find(const char *name, const char *declared, size_t declared_length,
                     bool *ret_plain, struct err *err)
{
    struct declaration found;

    if (find_declaration(name, declared, declared_length, &found, err) < 0)
        return -1;
    *ret_plain = is_plain(&found) || strcmp(found.type, "any") == 0;
    return 0;
}

/* ---- values */

static bool is_number(const struct declaration *declaration)
{
    return strcmp(declaration->type, "integer") == 0 || strcmp(declaration->type, "number") == 0 ||
           strcmp(declaration->type, "decimal") == 0;
}

static int check_number(const struct declaration *declaration, const char *value, struct err *err)
{
    struct size number, least = {INT64_MIN}, most = {INT64_MAX};

    if (!size_parse(value, strlen(value), &number))
        return err_set(err, "'%s' is not a decimal of at most nine places", value);
    (void)size_parse(declaration->least, strlen(declaration->least), &least);
    (void)size_parse(declaration->most, strlen(declaration->most), &most);
    if (strcmp(declaration->type, "integer") == 0 && number.e9 % DECIMAL_ONE != 0)
        return err_set(err, "'%s' is not a whole number", value);
    if (number.e9 < least.e9 || number.e9 > most.e9)
        return err_set(err, "%s lies outside %s to %s", value,
                       *declaration->least ? declaration->least : "any",
                       *declaration->most ? declaration->most : "any");
    return 0;
}

static int check_value(const struct declaration *declaration, const char *value, struct err *err)
{
    if (is_number(declaration))
        return check_number(declaration, value, err);
    if (strcmp(declaration->type, "boolean") == 0 && strcmp(value, "true") != 0 &&
        strcmp(value, "false") != 0)
        return err_set(err, "'%s' is neither true nor false", value);
    for (uint32_t i = 0; i < declaration->choice_count; i++)
        if (strcmp(declaration->choices[i], value) == 0)
            return 0;
    return declaration->choice_count == 0 ? 0
                                          : err_set(err, "'%s' is none of its choices", value);
}

static int add_value(struct sweep_param *param, const struct declaration *declaration,
                     const char *value, struct err *err)
{
    if (check_value(declaration, value, err) < 0)
        return -1;
    if (param->count == SWEEP_VALUES_MAX)
        return err_set(err, "more than %d values", SWEEP_VALUES_MAX);
    if (!text_copy(param->values[param->count], SWEEP_VALUE_MAX, value, strlen(value)))
        return err_set(err, "a value is longer than %d characters", SWEEP_VALUE_MAX - 1);
    for (uint32_t i = 0; i < param->count; i++)
        if (strcmp(param->values[i], param->values[param->count]) == 0)
            return err_set(err, "the value %s is named twice", value);
    param->count++;
    return 0;
}

static int add_range(struct sweep_param *param, const struct declaration *declaration,
                     struct size least, struct size most, struct size step, struct err *err)
{
    char text[DECIMAL_TEXT_MAX];

    if (step.e9 <= 0 || most.e9 < least.e9)
        return err_set(err, "a range is LEAST:MOST:STEP, upwards, by a step above 0");
    if ((most.e9 / 2 - least.e9 / 2) / step.e9 > SWEEP_VALUES_MAX)
        return err_set(err, "more than %d values", SWEEP_VALUES_MAX);
    for (int64_t at = least.e9; at <= most.e9; at += step.e9) {
        size_format((struct size){at}, text);
        if (add_value(param, declaration, text, err) < 0)
            return -1;
        if (at > INT64_MAX - step.e9)
            break;
    }
    return 0;
}

/* "5:30:5", cut in place. */
static int add_written_range(struct sweep_param *param, const struct declaration *declaration,
                             char *text, struct err *err)
{
    struct size bounds[3];
    char *part = text;

    for (int i = 0; i < 3; i++) {
        size_t length = part ? strcspn(part, ":") : 0;
        if (length == 0 || (part[length] == ':') != (i < 2) ||
            !size_parse(part, length, &bounds[i]))
            return err_set(err, "'%s' is no range LEAST:MOST:STEP of decimals", text);
        part += length + 1;
    }
    if (!is_number(declaration))
        return err_set(err, "a range is for numbers, and this is of type %s", declaration->type);
    return add_range(param, declaration, bounds[0], bounds[1], bounds[2], err);
}

static int add_declared(struct sweep_param *param, const struct declaration *declaration,
                        struct err *err)
{
    struct size least, most, step = {DECIMAL_ONE};

    for (uint32_t i = 0; i < declaration->choice_count; i++)
        if (add_value(param, declaration, declaration->choices[i], err) < 0)
            return -1;
    if (declaration->choice_count > 0)
        return 0;
    if (strcmp(declaration->type, "boolean") == 0)
        return add_value(param, declaration, "true", err) < 0 ||
                       add_value(param, declaration, "false", err) < 0 ? -1 : 0;
    if (!is_number(declaration) ||
        !size_parse(declaration->least, strlen(declaration->least), &least) ||
        !size_parse(declaration->most, strlen(declaration->most), &most))
        return err_set(err, "the script declares no range of it: name values, as in "
                            "%s=LEAST:MOST:STEP or %s=A,B", param->name, param->name);
    if (strcmp(declaration->type, "integer") != 0)
        step.e9 = (most.e9 - least.e9) / STEPS > 0 ? (most.e9 - least.e9) / STEPS : 1;
    return add_range(param, declaration, least, most, step, err);
}

static int add_list(struct sweep_param *param, const struct declaration *declaration, char *text,
                    struct err *err)
{
    for (char *comma; text; text = comma) {
        comma = strchr(text, ',');
        if (comma)
            *comma++ = '\0';
        if (add_value(param, declaration, text, err) < 0)
            return -1;
    }
    return 0;
}

static int fill(struct sweep_param *param, const struct declaration *declaration, char *values,
                struct err *err)
{
    if (!values)
        return add_declared(param, declaration, err);
    return strchr(values, ':') ? add_written_range(param, declaration, values, err)
                               : add_list(param, declaration, values, err);
}

int sweep_space_add(struct sweep_space *space, const char *text, const char *declared,
                    size_t declared_length, struct err *err)
{
    struct sweep_param *param = &space->params[space->param_count];
    struct declaration declaration;
    char copy[TEXT_MAX];
    char *values;

    if (space->param_count == SWEEP_PARAMS_MAX)
        return err_set(err, "more than %d parameters", SWEEP_PARAMS_MAX);
    if (!text_copy(copy, sizeof(copy), text, strlen(text)))
        return err_set(err, "'%.40s...' is longer than %d characters", text, TEXT_MAX - 1);
    values = strchr(copy, '=');
    if (values)
        *values++ = '\0';
    memset(param, 0, sizeof(*param));
    if (*copy == '\0' || !text_copy(param->name, sizeof(param->name), copy, strlen(copy)))
        return err_set(err, "'%s' is no parameter NAME=VALUES", text);
    for (uint32_t i = 0; i < space->param_count; i++)
        if (strcmp(space->params[i].name, param->name) == 0)
            return err_set(err, "parameter %s is named twice", param->name);
    if (find_declaration(param->name, declared, declared_length, &declaration, err) < 0)
        return -1;
    param->values = calloc(SWEEP_VALUES_MAX + 1, sizeof(*param->values));
    if (!param->values)
        return err_set(err, "no memory");
    param->plain = is_plain(&declaration);
    param->wanted = !declaration.has_default;
    space->param_count++;
    return fill(param, &declaration, values, err) < 0 ? err_wrap(err, "parameter %s", param->name)
                                                      : 0;
}

/* ---- points */

uint64_t sweep_space_size(const struct sweep_space *space)
{
    uint64_t size = 1;

    for (uint32_t i = 0; i < space->param_count; i++)
        if (__builtin_mul_overflow(size, space->params[i].count, &size))
            return UINT64_MAX;
    return size;
}

static int draw_some(struct sweep_space *space, uint64_t size, uint64_t seed, struct err *err)
{
    struct prng prng;
    struct map seen;
    void *slots = calloc(1, map_bytes(sizeof(uint64_t), space->point_count));
    uint32_t unused;

    if (!slots)
        return err_set(err, "no memory");
    map_init(&seen, slots, sizeof(uint64_t), space->point_count);
    prng_seed(&prng, seed);
    for (uint32_t i = 0; i < space->point_count;) {
        uint64_t number = prng_below(&prng, size);
        if (map_get(&seen, &number, &unused))
            continue;
        map_set(&seen, &number, i);
        space->points[i++] = number;
    }
    free(slots);
    return 0;
}

int sweep_space_draw(struct sweep_space *space, uint32_t count, uint64_t seed, struct err *err)
{
    uint64_t size = sweep_space_size(space);

    if (count == 0 && size > SWEEP_POINTS_MAX)
        return err_set(err, "the grid has more than %d points: draw some with --random N",
                       SWEEP_POINTS_MAX);
    if (count > SWEEP_POINTS_MAX || size == UINT64_MAX)
        return err_set(err, "more than %d points, or more combinations than can be counted",
                       SWEEP_POINTS_MAX);
    bool draws = count > 0 && count < size;
    space->point_count = draws ? count : (uint32_t)size;
    space->points = calloc(space->point_count, sizeof(*space->points));
    if (!space->points)
        return err_set(err, "no memory");
    if (draws)
        return draw_some(space, size, seed, err);
    for (uint32_t i = 0; i < space->point_count; i++)
        space->points[i] = i;
    return 0;
}

const char *sweep_space_value(const struct sweep_space *space, uint32_t point, uint32_t param)
{
    uint64_t number = space->points[point];

    for (uint32_t i = 0; i < param; i++)
        number /= space->params[i].count;
    return space->params[param].values[number % space->params[param].count];
}
