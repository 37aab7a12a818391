#pragma once
/* What a runner is shown: plain structs that cross the socket as they are. No pointers. */
#include "model/intent.h"

struct view_level { struct price price; struct size size; };
struct view_band { struct size bid, ask; }; /* base size within the band's bps of mid */
/* Of a product that the view is not about: what is held, the strategy's own and everybody's. */
struct view_holding { struct size own, account; struct price mark; /* 0: none */ };
/* The largest order that the limits of order and position leave on each side; other controls may
 * still say no. */
struct view_room { struct size buy, sell; uint16_t orders; /* the strategy may still add */ };
/* Whether the venue takes orders, and which. */
enum product_mode { MODE_OPEN, MODE_SESSION_CLOSED, MODE_DISABLED, MODE_VIEW_ONLY,
                    MODE_CANCEL_ONLY, MODE_POST_ONLY, MODE_LIMIT_ONLY, PRODUCT_MODE_COUNT };

/* One product, as of one turn. `number` counts views per runner, so replay can name them. */
struct view {
    uint64_t number;
    int64_t mono_ns, wall_ns;
    int64_t book_age_ns;            /* since the last update of this book */
    product_index product;
    bool stale, crossed;            /* stale: prices are not to be used */
    uint8_t bid_count, ask_count, trade_count;
    uint32_t trades_lost;           /* more came than fit since the last view */
    struct view_level bids[VIEW_LEVELS], asks[VIEW_LEVELS]; /* best first */
    struct view_band bands[VIEW_BANDS];
    struct trade trades[VIEW_TRADES]; /* oldest first */
    struct price mark;              /* 0: none */
    struct size position;           /* the strategy's own, signed */
    struct size account_position;   /* all of it, signed */
    struct money realised, unrealised, fees; /* the strategy's own on this product */
    struct price average_price;     /* informative, of the strategy's position; 0 when flat */
    uint16_t working_orders;        /* the strategy's own on this product */
    uint8_t state;                  /* enum trading_state, the tightest that applies */
    uint8_t ladder;                 /* enum ladder_step: what is off */
    uint8_t mode;                   /* enum product_mode */
    struct price index;             /* as the venue tells it; 0: not */
    struct ratio funding_rate;      /* informative, a fraction per interval */
    int64_t funding_next_ns, funding_interval_ns; /* next: wall; 0: no rate */
    bool equity_known;
    struct money equity;            /* the account's */
    struct view_room room;
    uint8_t holding_count;          /* 0 but in a rule's question: then all products, by index */
    struct view_holding holdings[MAX_PRODUCTS];
};

enum notice_kind { NOTICE_ORDER, NOTICE_FILL, NOTICE_TIMER, NOTICE_CANDLE, NOTICE_STALE,
                   NOTICE_FRESH, NOTICE_REFUSAL, NOTICE_HEALTH,
                   NOTICE_PROTECT };

/* Numbered and never dropped; past a bound the runner is ended by policy. */
struct notice {
    uint64_t number;
    enum notice_kind kind;
    product_index product;
    int64_t mono_ns, wall_ns;
    union {
        struct {
            order_ref ref;
            struct client_id id;
            enum order_state state;
            enum side side;
            struct price price;
            struct size size, filled;
            char reason[REASON_MAX];
        } order;
        struct {
            order_ref ref; /* 0: not this strategy's own naming (adopted) */
            enum side side;
            struct price price;
            struct size size;
            struct money fee;
            enum liquidity liquidity;
        } fill;
        struct { uint32_t id; } timer;
        struct candle candle;
        struct { order_ref ref; struct verdict verdict; char text[REASON_MAX]; } refusal;
        struct { enum ladder_step step; char text[REASON_MAX]; } health;
        struct {
            enum protect_state state;
            struct protect_terms terms;
            struct price best; /* 0: flat */
            char reason[REASON_MAX];
        } protect;
    };
};
