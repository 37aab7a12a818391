#pragma once
/* Frames between core and runner over one SOCK_SEQPACKET socket (fd 3): a fixed head, then a
 * fixed struct, or bounded bytes where said. Same machine, same build: structs cross as they are,
 * and the head's version pins their layout. A frame that is short, long, unknown, or of another
 * generation ends the runner, never the core. */
#include "base/err.h"
#include "model/manifest.h"
#include "model/settings.h"
#include "model/view.h"

enum { SCRIPT_PROTO_VERSION = 2, SCRIPT_FD = 3, SCRIPT_BUNDLE_FD = 4, SCRIPT_TEXT_MAX = 4096 };

enum script_frame_kind {
    /* core -> runner */
    SCRIPT_START = 1, /* struct script_start; the bundle is the sealed memfd SCRIPT_BUNDLE_FD */
    SCRIPT_STATE_IN,  /* bytes: saved state handed over by the old generation, JSON; may be empty.
                         Only after a START with `reload`; its last piece calls on_reload */
    SCRIPT_GO,        /* the swap is done: intents may leave from here on; on_start runs now */
    SCRIPT_VIEW,      /* struct view */
    SCRIPT_NOTICE,    /* struct notice */
    SCRIPT_JUDGE,     /* struct script_judge */
    SCRIPT_SAVE,      /* no payload: answer with SCRIPT_STATE_OUT */
    SCRIPT_STOP,      /* no payload: call on_stop, answer SCRIPT_BYE */
    /* runner -> core */
    SCRIPT_READY = 64, /* struct script_ready: compiled, jailed, waiting for GO */
    SCRIPT_CREDIT,     /* GO or the view was digested: another may come */
    SCRIPT_INTENT,     /* struct intent */
    SCRIPT_TIMER,      /* struct script_timer */
    SCRIPT_VERDICT,    /* struct script_verdict */
    SCRIPT_LOG,        /* bytes: one level character, then the text */
    SCRIPT_STATE_OUT,  /* bytes: JSON, at most MAX_SCRIPT_STATE (sent in pieces, see flags) */
    SCRIPT_FAIL,       /* bytes: traceback; the runner ends itself after it */
    SCRIPT_FAULT,      /* bytes: traceback of a callback that raised; the runner goes on */
    SCRIPT_BYE,
    /* No payload: a NOTICE or a piece of STATE_IN was handled. The runner's main loop sends it, not
     * the script: so every frame from the core has one answer, in order, that ends its deadline
     * (START READY, GO and VIEW CREDIT, JUDGE VERDICT, SAVE the last STATE_OUT, STOP BYE). */
    SCRIPT_DONE,
    SCRIPT_METRIC  /* struct script_metric: a figure of the script's own, for status and summary */
};

struct script_head {
    uint16_t version;
    uint8_t kind;
    uint8_t more;        /* 1: further pieces of the same bytes follow */
    uint32_t generation;
    uint64_t request;    /* JUDGE and its VERDICT; 0 elsewhere */
    uint32_t length;     /* of what follows the head, exactly */
    uint32_t reserved[3]; /* 0; they keep what follows aligned for 128-bit money */
};

/* Of one product, as the config gives them: they never change while the host runs. */
struct script_limits { struct size max_order_size, max_position; struct money max_order_value;
                       struct ratio price_collar; };

enum script_role { SCRIPT_ROLE_STRATEGY, SCRIPT_ROLE_RULE };
struct script_start {
    enum script_role role;
    actor_index runner;
    char name[NAME_MAX_BYTES];
    struct catalog catalog;
    uint32_t products;               /* bit i: this script's */
    int64_t candle_lengths_ns[MAX_CANDLE_LENGTHS];
    uint8_t candle_length_count;
    struct ratio view_bands[VIEW_BANDS];
    int64_t soft_deadline_ns, hard_deadline_ns; /* per callback */
    uint64_t memory_max;             /* bytes the Lua state may hold */
    uint64_t seed;                   /* of the script's random(); recorded */
    bool reload;                     /* state follows, call on_reload instead of on_start */
    struct script_limits limits[MAX_PRODUCTS];
    uint32_t max_messages, max_working_orders; /* of a strategy */
};
/* What both kinds of runner are told alike: catalog, candles, bands, limits. The rest stays. */
void script_start_fill(struct script_start *ret, const struct engine_settings *settings,
                       actor_index runner);
struct script_judge { actor_index strategy; struct intent intent; struct view view; };
struct script_verdict { bool allow; char reason[REASON_MAX]; struct size most; /* 0: all */ };
struct script_timer { uint32_t id; int64_t delay_ns; /* < 0: cancel */ };
/* Bits of script_ready.layers. */
enum script_layer { LAYER_RLIMITS = 1, LAYER_NO_NEW_PRIVS = 2, LAYER_LANDLOCK = 4,
                    LAYER_SECCOMP = 8, LAYER_ENV_EMPTY = 16, LAYER_ALL = 31 };
struct script_ready { uint32_t layers; bool wants_book, wants_trade, wants_candle;
                      struct manifest manifest; };
struct script_metric { char name[NAME_MAX_BYTES]; struct money value; };

/* Both directions check everything. encode: bytes written into out (MAX_SCRIPT_FRAME), or -1 when
 * it does not fit. decode: 0 and a pointer into `bytes`, or -1 with err. `from_runner` says which
 * kinds may come. Enums, counts and text terminations inside the structs are checked too. Both
 * buffers must be SCRIPT_ALIGN aligned, so that the structs can be read where they lie. */
enum { SCRIPT_ALIGN = 16 };
const char *script_frame_text(unsigned kind); /* "intent"; "unknown" */
int script_frame_encode(unsigned char *out, size_t capacity, enum script_frame_kind kind,
                        uint32_t generation, uint64_t request, bool more, const void *payload,
                        size_t length);
int script_frame_decode(const unsigned char *bytes, size_t length, uint32_t generation,
                        bool from_runner, struct script_head *ret_head, const void **ret_payload,
                        struct err *err);
