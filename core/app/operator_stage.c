/* `moongate ctl stage` and `checkpoints`: which stage stands, and what the next one waits for. */
#include "app/operator_words.h"

#include "engine/snapshot_stage.h"
#include "wire/json_write.h"

void operator_words_put_stage(struct json_writer *json, const struct operator_config *config)
{
    struct stage_row row;
    snapshot_stage(config->engine, &row);
    json_put_text(json, "stage", stage_text(row.stage));
    json_put_text(json, "stage_ceiling", stage_text(row.ceiling));
    json_put_bool(json, "staged", row.staged);
    json_put_text(json, "stage_next", row.has_next ? stage_text(row.next) : "");
    json_put_uint(json, "checkpoints_failing", row.failing);
}

void operator_words_stage(const struct operator_config *config, struct buf *out)
{
    struct json_writer json;
    json_write_init(&json, out);
    json_open_object(&json);
    operator_words_put_stage(&json, config);
    json_close_object(&json);
}

static const char *step_of(const struct checkpoint_row *row)
{
    if (!row->asked)
        return "not asked";
    return row->unseen ? "NOT SEEN" : row->passes ? "holds" : "FAILS";
}

uint32_t operator_words_checkpoints(const struct operator_config *config, struct buf *out)
{
    struct json_writer json;
    struct checkpoint_row row;
    uint32_t failing = 0;
    json_write_init(&json, out);
    json_open_array(&json);
    for (enum checkpoint i = 0; i < CHECKPOINT_COUNT; i++) {
        snapshot_checkpoint(config->engine, i, &row);
        failing += !row.passes;
        json_open_object(&json);
        json_put_text(&json, "checkpoint", checkpoint_text(i));
        json_put_text(&json, "step", step_of(&row));
        json_put_size(&json, "value", row.value);
        json_put_text(&json, "bound", checkpoint_bound(i));
        json_put_size(&json, "wanted", row.wanted);
        json_put_uint(&json, "seen", row.seen);
        json_put_text(&json, "meaning",
                      row.unseen ? checkpoint_unseen(i) : checkpoint_meaning(i));
        json_close_object(&json);
    }
    json_close_array(&json);
    return failing;
}
