#pragma once
/* What a strategy wants. It becomes an order only through the gate. */
#include "model/types.h"

enum intent_kind { INTENT_PLACE, INTENT_CANCEL, INTENT_CANCEL_ALL, INTENT_PROTECT,
                   INTENT_AMEND, /* `target` is cancelled, and `ref` takes its place after that */
                   INTENT_CLOSE, /* the strategy's own position in a product, at what it finds */
                   INTENT_KIND_COUNT };

/* The script's own name of an order: generation << 32 | counter, unique per strategy for ever. */
typedef uint64_t order_ref;

/* What ends a strategy's position in a product, held by the engine; 0: that one is not wanted. */
struct protect_terms {
    struct price stop;       /* a long ends at or below it, a short at or above */
    struct ratio trail;      /* as a part of the best price since the position was opened */
    int64_t after_ns;        /* the position has been held so long */
};
enum protect_state { PROTECT_CLEAR, PROTECT_SET, PROTECT_FIRING };

struct intent {
    enum intent_kind kind;
    product_index product;
    enum side side;
    enum order_type type;
    enum time_in_force tif;  /* MARKET implies IOC; a stop or a bracket is GTC or GTD */
    bool post_only, reduce_only;
    struct price price;      /* LIMIT, STOP_LIMIT; BRACKET: where it takes its profit */
    struct size size;        /* base coin, positive. AMEND: with what `target` has filled; 0: as it
                                is. CLOSE: at most so much; 0: all */
    order_ref ref;           /* PLACE, AMEND, CLOSE: the new name; CANCEL: whose */
    int64_t caused_ns;       /* mono stamp of what the script was shown, as it says: for figures
                                only, nothing is decided by it; 0: none */
    struct protect_terms protect; /* PROTECT: in place of those before; all 0: none any more */
    struct price stop_price; /* STOP_LIMIT, BRACKET: what triggers it */
    enum stop_direction stop; /* STOP_LIMIT: the way the market comes to its stop */
    int64_t expires_wall_ns; /* GTD */
    order_ref target;        /* AMEND: whose place; its price, stop_price, expires 0: as they are */
};

/* Who asks: a strategy's index, or the host itself on the operator's behalf. */
enum { ACTOR_OPERATOR = 254, ACTOR_EXTERNAL = 255 };
typedef uint8_t actor_index;
const char *protect_state_text(enum protect_state state);
