#include "lab/sweep.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "wire/json_write.h"

static const int64_t MINUTE_NS = 60000000000;

/* ---- jobs: a point's train and test stretch of each fold, point by point */

uint32_t sweep_job_count(const struct sweep_plan *plan)
{
    return plan->space.point_count * plan->folds * 2;
}

void sweep_job_at(const struct sweep_plan *plan, uint32_t number, struct sweep_job *ret)
{
    int64_t test_ns = (plan->to_ns - plan->from_ns) / (plan->train + plan->folds);
    int64_t begin_ns;

    test_ns -= test_ns % MINUTE_NS;
    ret->number = number;
    ret->is_test = number % 2 == 1;
    ret->fold = number / 2 % plan->folds;
    ret->point = number / 2 / plan->folds;
    begin_ns = plan->from_ns + test_ns * ret->fold;
    ret->from_ns = ret->is_test ? begin_ns + test_ns * plan->train : begin_ns;
    ret->to_ns = begin_ns + test_ns * (plan->train + (ret->is_test ? 1 : 0));
}

void sweep_point_json(const struct sweep_plan *plan, uint32_t point, struct buf *ret)
{
    const struct sweep_space *space = &plan->space;
    struct json_writer json;

    json_write_init(&json, ret);
    json_open_object(&json);
    for (uint32_t i = 0; i < space->param_count; i++) {
        const char *value = sweep_space_value(space, point, i);
        if (space->params[i].plain)
            json_put_raw(&json, space->params[i].name, value, strlen(value));
        else
            json_put_text(&json, space->params[i].name, value);
    }
    json_close_object(&json);
}

/* ---- kept: the words of the plan, one a row, so that they can be compared and read back */

struct word {
    const char *key;
    char *text;
    int64_t *number;
    size_t capacity;
};

enum { LISTED = SWEEP_DATA_MAX + SWEEP_PARAMS_MAX + SWEEP_EXTRA_MAX, WORDS = 11 + LISTED };

/* Both ways go through this list. Numbers are copied out of it afterwards, by take_numbers. */
struct words {
    struct word list[WORDS];
    uint32_t count, listed;
    int64_t numbers[8];
    char keys[LISTED][16];
};

static void add_text(struct words *words, const char *key, char *text, size_t capacity)
{
    words->list[words->count++] = (struct word){key, text, NULL, capacity};
}

static void add_list(struct words *words, const char *name, char (*texts)[SWEEP_TEXT_MAX],
                     uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        char *key = words->keys[words->listed++];
        snprintf(key, sizeof(words->keys[0]), "%s%u", name, i);
        add_text(words, key, texts[i], SWEEP_TEXT_MAX);
    }
}

static void list_words(struct sweep_plan *plan, struct words *words)
{
    static const char *const keys[] = {"from_ns", "to_ns", "folds", "train", "random", "seed",
                                       "before", "by_result"};
    const int64_t numbers[] = {plan->from_ns, plan->to_ns, plan->folds, plan->train, plan->random,
                               (int64_t)plan->seed, plan->before, plan->by_result};

    memset(words, 0, sizeof(*words));
    add_text(words, "config", plan->config, sizeof(plan->config));
    add_text(words, "strategy", plan->strategy, sizeof(plan->strategy));
    add_text(words, "hash", plan->hash, sizeof(plan->hash));
    for (uint32_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        words->numbers[i] = numbers[i];
        words->list[words->count++] = (struct word){keys[i], NULL, &words->numbers[i], 0};
    }
    add_list(words, "data", plan->data, SWEEP_DATA_MAX);
    add_list(words, "param", plan->params, SWEEP_PARAMS_MAX);
    add_list(words, "extra", plan->extra, SWEEP_EXTRA_MAX);
}

static uint32_t filled(char (*texts)[SWEEP_TEXT_MAX], uint32_t most)
{
    uint32_t count = 0;

    while (count < most && *texts[count])
        count++;
    return count;
}

static void take_numbers(struct sweep_plan *plan, const struct words *words)
{
    const int64_t *numbers = words->numbers;

    plan->from_ns = numbers[0];
    plan->to_ns = numbers[1];
    plan->folds = (uint32_t)numbers[2];
    plan->train = (uint32_t)numbers[3];
    plan->random = (uint32_t)numbers[4];
    plan->seed = (uint64_t)numbers[5];
    plan->before = (uint32_t)numbers[6];
    plan->by_result = numbers[7] != 0;
    plan->data_count = filled(plan->data, SWEEP_DATA_MAX);
    plan->params_count = filled(plan->params, SWEEP_PARAMS_MAX);
    plan->extra_count = filled(plan->extra, SWEEP_EXTRA_MAX);
}

static const char *word_text(const struct word *word, char room[32])
{
    if (word->text)
        return word->text;
    snprintf(room, 32, "%" PRId64, *word->number);
    return room;
}

static int compare(struct sweep_store *store, struct words *words, struct err *err)
{
    struct buf had;
    char room[32];
    int status = 0;

    buf_init(&had, SWEEP_TEXT_MAX);
    for (uint32_t i = 0; i < words->count && status == 0; i++) {
        const char *wanted = word_text(&words->list[i], room);
        if (!sweep_store_get(store, words->list[i].key, &had) || strcmp(had.data, wanted) != 0)
            status = err_set(err, "%s holds another sweep: its %s is '%s', not '%s'; take another "
                                  "--out, or go on with --resume", store->directory,
                             words->list[i].key, had.data ? had.data : "", wanted);
    }
    buf_fini(&had);
    return status;
}

int sweep_plan_space(struct sweep_plan *plan, const char *declared, struct err *err)
{
    for (uint32_t i = 0; i < plan->params_count; i++)
        if (sweep_space_add(&plan->space, plan->params[i], declared, strlen(declared), err) < 0)
            return -1;
    return sweep_space_draw(&plan->space, plan->random, plan->seed, err);
}

static int write_plan(struct sweep_plan *plan, struct sweep_store *store, struct words *words,
                      const char *declared, struct err *err)
{
    struct buf params;
    char room[32];
    int status = sweep_store_begin(store, err);

    buf_init(&params, SWEEP_OPTIONS_MAX);
    for (uint32_t i = 0; i < words->count && status == 0; i++)
        status = sweep_store_set(store, words->list[i].key, word_text(&words->list[i], room), err);
    for (uint32_t i = 0; i < plan->space.point_count && status == 0; i++) {
        buf_clear(&params);
        sweep_point_json(plan, i, &params);
        status = sweep_store_set_point(store, i, params.data, err);
    }
    if (status == 0)
        status = sweep_store_set(store, "declared", declared, err);
    buf_fini(&params);
    return status == 0 ? sweep_store_commit(store, err) : status;
}

int sweep_plan_keep(struct sweep_plan *plan, struct sweep_store *store, const char *declared,
                    struct err *err)
{
    struct words words;
    struct buf had;
    bool is_there;

    buf_init(&had, SWEEP_TEXT_MAX);
    is_there = sweep_store_get(store, "config", &had);
    buf_fini(&had);
    list_words(plan, &words);
    return is_there ? compare(store, &words, err) : write_plan(plan, store, &words, declared, err);
}

static int read_word(struct sweep_store *store, const struct word *word, struct buf *room,
                     struct err *err)
{
    char *end;

    if (!sweep_store_get(store, word->key, room))
        return err_set(err, "%s: the plan lacks its %s", store->directory, word->key);
    if (word->text && !text_copy(word->text, word->capacity, room->length ? room->data : "",
                                 room->length))
        return err_set(err, "%s: the plan's %s is too long", store->directory, word->key);
    if (!word->text) {
        *word->number = strtoll(room->data, &end, 10);
        if (*end || end == room->data)
            return err_set(err, "%s: the plan's %s is no number", store->directory, word->key);
    }
    return 0;
}

static bool is_sound(const struct sweep_plan *plan)
{
    return plan->folds >= 1 && plan->folds <= SWEEP_FOLDS_MAX && plan->train >= 1 &&
           plan->train <= SWEEP_FOLDS_MAX && plan->to_ns > plan->from_ns;
}

int sweep_plan_load(struct sweep_plan *plan, struct sweep_store *store, struct err *err)
{
    struct words words;
    struct buf room;
    int status = 0;

    buf_init(&room, 1 << 20);
    list_words(plan, &words);
    for (uint32_t i = 0; i < words.count && status == 0; i++)
        status = read_word(store, &words.list[i], &room, err);
    take_numbers(plan, &words);
    if (status == 0 && !is_sound(plan))
        status = err_set(err, "%s: the plan contradicts itself", store->directory);
    if (status == 0 && !sweep_store_get(store, "declared", &room))
        status = err_set(err, "%s: the plan lacks what the script declares", store->directory);
    if (status == 0)
        status = sweep_plan_space(plan, room.data, err);
    buf_fini(&room);
    return status;
}
