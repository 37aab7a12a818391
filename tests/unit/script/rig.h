#pragma once
/* One script on the bench: text in, frames out. Every frame that the script sends goes through the
 * codec of the wire, as it would on its way to the core, and is kept.
 *
 *     struct rig *rig = rig_start("return {on_timer = function() print('x') end}", "{}");
 *     rig_timer(rig, 3);
 *     assert_string_equal(rig_log(rig, 0), "ix");
 *     rig_stop(rig); */
#include "base/text.h"
#include "model/client_id.h"
#include "runner/script.h"
#include "wire/bundle.h"

enum { RIG_FRAMES_MAX = 4096 };

struct rig_frame {
    enum script_frame_kind kind;
    bool more;
    uint64_t request;
    uint32_t length;
    unsigned char *payload; /* owned, NUL after its end */
};

struct rig {
    struct script *script;
    struct script_start start;
    struct bundle bundle;
    struct err err;
    struct rig_frame frames[RIG_FRAMES_MAX];
    uint32_t count, frames_max; /* frames_max: the core takes no more than these */
    const char *interrupt_at;   /* a log line that brings the deadline; NULL: none */
    int64_t now_ns;
    uint64_t notices;
};

/* Of the products BTC-PERP-INTX (0, ours), BIP-20DEC30-CDE (1, ours), ETH-PERP-INTX (2, not ours).
 * create: not compiled yet, so that `start` and the modules can be changed. */
struct rig *rig_create(const char *text, const char *params);
void rig_add_module(struct rig *rig, const char *name, const char *text);
bool rig_compile(struct rig *rig); /* false: rig->err */
struct rig *rig_start(const char *text, const char *params); /* create, compile, GO; asserts */
void rig_stop(struct rig *rig);    /* destroys */

/* -1: the script is to end. */
int rig_send(struct rig *rig, enum script_frame_kind kind, bool more, const void *payload,
             size_t length);
void rig_clear(struct rig *rig);   /* forgets the frames */
uint32_t rig_count(const struct rig *rig, enum script_frame_kind kind);
const struct rig_frame *rig_frame(const struct rig *rig, enum script_frame_kind kind, uint32_t n);
const char *rig_text(const struct rig *rig, enum script_frame_kind kind, uint32_t n);

struct view rig_view(struct rig *rig, product_index product); /* a sane book around 61,500 */
struct notice rig_notice(struct rig *rig, enum notice_kind kind, product_index product);
int rig_show(struct rig *rig, const struct view *view);
int rig_tell(struct rig *rig, const struct notice *notice);
int rig_timer(struct rig *rig, uint32_t id);
struct script_verdict rig_judge(struct rig *rig, const struct intent *intent);

/* The chunk runs without an error / raises an error that holds `words`; asserted. */
void rig_chunk_runs(const char *text);
void rig_chunk_raises(const char *text, const char *words);
