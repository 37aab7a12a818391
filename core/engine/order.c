#include "engine/order.h"

#include "base/check.h"

/* The table: a row per state, a column per stimulus in the order of ORDER_STIMULUS_LIST. Letters:
 * the state it leads to; '.' stays; '!' cannot happen, and if it does we are wrong about
 * something that orders depend on.
 *
 *   I intended  S sent  U unknown  O open  C cancel_sent
 *   F filled  X cancelled  E expired  R refused  D dropped
 *
 * Why some look as they do: a REFUSED reply does not end an order that the venue has shown (OPEN,
 * CANCEL_SENT): the two words contradict, the next list decides. Nor does one end an order that
 * the venue shows live later: what it lists can fill, whatever its reply said. NO_WORD never takes
 * back what was told. SHOWN_OPEN does not undo CANCEL_SENT: that frame may have been on its way
 * when the cancel left; only CANCEL_VOID does. RESTARTED leaves OPEN and CANCEL_SENT: the venue had
 * them. */
static const char TABLE[ORDER_STATE_COUNT][ORDER_STIMULUS_COUNT + 1] = {
    /* left accepted refused noword notsent | cancelleft cancelvoid | open cancelling other |
     * part whole cancelled expired failed | missing never restarted givenup */
    [ORDER_INTENDED] =    "S" "O" "R" "U" "D" "!" "." "O" "C" "U" "O" "F" "X" "E" "R" "U" "D" "U!",
    [ORDER_SENT] =        "." "O" "R" "U" "D" "C" "." "O" "C" "U" "O" "F" "X" "E" "R" "U" "D" "U!",
    [ORDER_UNKNOWN] =     "." "O" "R" "." "." "C" "." "O" "C" "." "O" "F" "X" "E" "R" "." "D" ".D",
    [ORDER_OPEN] =        "." "." "." "." "." "C" "." "." "C" "." "." "F" "X" "E" "R" "U" "!" ".!",
    [ORDER_CANCEL_SENT] = "." "." "." "." "." "." "O" "." "." "." "." "F" "X" "E" "R" "U" "!" ".!",
    [ORDER_FILLED] =      "." "." "." "." "." "!" "." "." "." "." "." "." "." "." "." "!" "!" ".!",
    [ORDER_CANCELLED] =   "." "." "." "." "." "!" "." "." "." "." "." "F" "." "." "." "!" "!" ".!",
    [ORDER_EXPIRED] =     "." "." "." "." "." "!" "." "." "." "." "." "F" "." "." "." "!" "!" ".!",
    [ORDER_REFUSED] =     "." "." "." "." "." "!" "." "O" "C" "U" "O" "F" "." "." "." "!" "!" ".!",
    [ORDER_DROPPED] =     "." "O" "R" "." "." "!" "." "O" "C" "U" "O" "F" "X" "E" "R" "!" "!" ".!",
};

static int state_of_letter(char letter)
{
    static const char LETTERS[] = "ISUOCFXERD";
    for (int i = 0; i < ORDER_STATE_COUNT; i++)
        if (LETTERS[i] == letter)
            return i;
    return ORDER_ILLEGAL;
}

bool order_is_live(enum order_state state)
{
    return state <= ORDER_CANCEL_SENT;
}

int order_next(enum order_state state, enum order_stimulus stimulus)
{
    CHECK(state < ORDER_STATE_COUNT && stimulus < ORDER_STIMULUS_COUNT);
    char letter = TABLE[state][stimulus];
    return letter == '.' ? (int)state : state_of_letter(letter);
}

bool order_move(struct order *order, enum order_stimulus stimulus)
{
    int next = order_next(order->state, stimulus);
    CHECK(next != ORDER_ILLEGAL);
    bool changed = next != (int)order->state;
    order->state = (enum order_state)next;
    return changed;
}

struct size order_remaining(const struct order *order)
{
    if (!order_is_live(order->state) || order->filled.e9 >= order->size.e9)
        return (struct size){0};
    return (struct size){order->size.e9 - order->filled.e9};
}

struct size order_exposed(const struct order *order)
{
    struct size now = order_remaining(order);
    struct size then = {order->amending ? order->amend.size.e9 - order->filled.e9 : 0};
    return then.e9 > now.e9 ? then : now;
}

struct size order_provisional(const struct order *order)
{
    if (order->filled.e9 <= order->booked.e9)
        return (struct size){0};
    return (struct size){order->filled.e9 - order->booked.e9};
}

bool order_is_exit(const struct order *order)
{
    return (order->reduce_only || order->type == ORDER_TYPE_BRACKET) &&
           (order->tif == TIF_GTC || order->tif == TIF_GTD);
}

bool order_is_own(const struct order *order)
{
    return order->ours || order->actor < MAX_STRATEGIES;
}

const char *order_stimulus_text(enum order_stimulus stimulus)
{
#define STIMULUS_TEXT(symbol, text) [symbol] = text,
    static const char *const TEXTS[] = {ORDER_STIMULUS_LIST(STIMULUS_TEXT)};
#undef STIMULUS_TEXT
    CHECK(stimulus < ORDER_STIMULUS_COUNT);
    return TEXTS[stimulus];
}
