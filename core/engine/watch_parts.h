#pragma once
/* What watch.c keeps of the feeds, and the classes of what can be wrong with them. */
#include "model/types.h"

#define FEED_FAULT_LIST(X)                                                                        \
    X(FEED_FAULT_NONE, "none", "never lost")                                                      \
    X(FEED_FAULT_DOWN, "link_down", "the connection ended")                                       \
    X(FEED_FAULT_GAP, "sequence_gap", "a sequence number was skipped")                            \
    X(FEED_FAULT_BEAT_GAP, "heartbeat_gap", "a heartbeat was skipped")                            \
    X(FEED_FAULT_SILENT, "silent_stream", "neither data nor heartbeat")                           \
    X(FEED_FAULT_BEAT_SILENT, "silent_heartbeat", "data but no heartbeat")                        \
    X(FEED_FAULT_CHANNEL, "silent_channel", "one channel of a product is silent")                 \
    X(FEED_FAULT_NO_SNAPSHOT, "no_snapshot", "an update came before its snapshot")                \
    X(FEED_FAULT_CROSSED, "crossed_book", "the best bid is not below the best ask")               \
    X(FEED_FAULT_EMPTY, "empty_book", "one side of the book is empty")                            \
    X(FEED_FAULT_WILD, "wild_book", "the mid jumped further than the sanity band")                \
    X(FEED_FAULT_USER_FRAME, "user_frame", "the user channel kept something to itself")

#define FEED_FAULT_FIRST(symbol, ...) symbol,
enum feed_fault { FEED_FAULT_LIST(FEED_FAULT_FIRST) FEED_FAULT_COUNT };
#undef FEED_FAULT_FIRST
const char *feed_fault_text(enum feed_fault fault);
const char *feed_fault_meaning(enum feed_fault fault);

enum feed_channel { FEED_BOOK, FEED_TRADES, FEED_TICKER, FEED_CHANNEL_COUNT };

/* Of one product. */
struct watched {
    enum feed_fault fault;    /* why it is stale; NONE while it never was usable */
    int64_t fault_ns;
    bool known[FEED_CHANNEL_COUNT];          /* it has spoken once, so it is subscribed to */
    int64_t heard_ns[FEED_CHANNEL_COUNT];    /* when it last spoke, or the link came up */
    int64_t expected_ns[FEED_CHANNEL_COUNT]; /* another one's news first lacked it; 0: none did */
    bool silent[FEED_CHANNEL_COUNT];         /* until it speaks, over reconnects too */
    struct price last;        /* the ticker's */
    struct price anchor;      /* the last mid that was no jump; 0: none yet */
    int64_t anchor_ns;        /* when it was last seen */
    int64_t wild_ns;          /* since when the mid is outside the band around it; 0: it is not */
};

struct recovery { uint64_t count; int64_t last_ns, max_ns; };
struct watch {
    enum feed_fault market_fault, user_fault; /* of the present loss */
    int64_t user_fault_ns;    /* 0: no loss */
    int64_t reset_ns;         /* when a product last had the connection started over */
    uint32_t expected_order;  /* of the user channel: slot + 1; 0: none */
    int64_t expected_ns;
    struct recovery recoveries[FEED_FAULT_COUNT];
};
