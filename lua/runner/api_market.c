/* book: one object per product, as of the view being handled.
 *
 *     local bid, size = book:bid()      best bid, or nil without one
 *     book:level("ask", 3)              price, size of the third ask
 *     book:mid()  book:spread_bps()  book:depth("bid", 1)  book:age()  book:stale()
 *     book:mark()  book:index()  book:funding()  book:mode()  book:imbalance(5)
 *     book.product                      the product's id
 *
 * Methods push decimals and numbers, no fresh tables: a callback costs no garbage it did not ask
 * for. The object stays the same between callbacks; what it shows is the latest view. */
#include <string.h>

#include "api.h"

#define BOOK_TYPE "book"

void book_push(lua_State *L, product_index product)
{
    product_index *box;

    luaL_getsubtable(L, LUA_REGISTRYINDEX, "books");
    if (lua_rawgeti(L, -1, product) == LUA_TNIL) {
        lua_pop(L, 1);
        box = lua_newuserdatauv(L, sizeof(*box), 0);
        *box = product;
        luaL_setmetatable(L, BOOK_TYPE);
        lua_pushvalue(L, -1);
        lua_rawseti(L, -3, product);
    }
    lua_remove(L, -2);
}

static const struct view *book_check(lua_State *L)
{
    const product_index *box = luaL_checkudata(L, 1, BOOK_TYPE);

    return &script_of(L)->views[*box];
}

static int push_level(lua_State *L, const struct view_level *levels, int count, lua_Integer n)
{
    if (n < 1 || n > count) {
        lua_pushnil(L);
        return 1;
    }
    decimal_push_e9(L, levels[n - 1].price.e9);
    decimal_push_e9(L, levels[n - 1].size.e9);
    return 2;
}

static int book_bid(lua_State *L)
{
    const struct view *view = book_check(L);

    return push_level(L, view->bids, view->bid_count, 1);
}

static int book_ask(lua_State *L)
{
    const struct view *view = book_check(L);

    return push_level(L, view->asks, view->ask_count, 1);
}

static bool check_is_bid(lua_State *L, int index)
{
    static const char *const sides[] = {"bid", "ask", NULL};

    return luaL_checkoption(L, index, NULL, sides) == 0;
}

static int book_level(lua_State *L)
{
    const struct view *view = book_check(L);
    lua_Integer n = luaL_checkinteger(L, 3);

    return check_is_bid(L, 2) ? push_level(L, view->bids, view->bid_count, n)
                              : push_level(L, view->asks, view->ask_count, n);
}

static int book_depth(lua_State *L)
{
    const struct view *view = book_check(L);
    lua_Integer band = luaL_checkinteger(L, 3);

    luaL_argcheck(L, band >= 1 && band <= VIEW_BANDS, 3, "bands are 1 to 3, see view_bands");
    decimal_push_e9(L, check_is_bid(L, 2) ? view->bands[band - 1].bid.e9
                                          : view->bands[band - 1].ask.e9);
    return 1;
}

static bool two_sided(const struct view *view)
{
    return view->bid_count > 0 && view->ask_count > 0;
}

static int book_mid(lua_State *L)
{
    const struct view *view = book_check(L);

    if (!two_sided(view)) {
        lua_pushnil(L);
        return 1;
    }
    decimal_push(L, ((__int128)view->bids[0].price.e9 + view->asks[0].price.e9) *
                        (DECIMAL_ONE / 2));
    return 1;
}

static int book_spread_bps(lua_State *L) /* a float: for comparing, never for a price */
{
    const struct view *view = book_check(L);
    lua_Number bid, ask;

    if (!two_sided(view)) {
        lua_pushnil(L);
        return 1;
    }
    bid = (lua_Number)view->bids[0].price.e9;
    ask = (lua_Number)view->asks[0].price.e9;
    lua_pushnumber(L, (ask - bid) / ((ask + bid) / 2) * 10000);
    return 1;
}

static int book_stale(lua_State *L)
{
    const struct view *view = book_check(L);

    lua_pushboolean(L, view->stale || view->crossed || !two_sided(view));
    return 1;
}

static int book_age(lua_State *L)
{
    lua_pushinteger(L, book_check(L)->book_age_ns);
    return 1;
}

static int book_mark(lua_State *L)
{
    const struct view *view = book_check(L);

    if (view->mark.e9 > 0)
        decimal_push_e9(L, view->mark.e9);
    else
        lua_pushnil(L);
    return 1;
}

static int book_trades_lost(lua_State *L)
{
    lua_pushinteger(L, book_check(L)->trades_lost);
    return 1;
}

static int book_index_price(lua_State *L)
{
    const struct view *view = book_check(L);

    if (view->index.e9 > 0)
        decimal_push_e9(L, view->index.e9);
    else
        lua_pushnil(L);
    return 1;
}

static int book_funding(lua_State *L) /* rate, its next stamp in Unix ns, seconds between two */
{
    const struct view *view = book_check(L);

    if (view->funding_next_ns == 0) {
        lua_pushnil(L);
        return 1;
    }
    decimal_push_e9(L, view->funding_rate.e9);
    lua_pushinteger(L, view->funding_next_ns);
    lua_pushnumber(L, (lua_Number)view->funding_interval_ns / 1e9);
    return 3;
}

static int book_mode(lua_State *L)
{
    static const char *const names[PRODUCT_MODE_COUNT] = {
        "open", "session_closed", "disabled", "view_only", "cancel_only", "post_only",
        "limit_only"};

    lua_pushstring(L, names[book_check(L)->mode]);
    return 1;
}

static int book_imbalance(lua_State *L) /* -1 to 1 over the best n levels; a float, as it decides */
{
    const struct view *view = book_check(L);
    lua_Integer levels = luaL_optinteger(L, 2, 1);
    lua_Number bids = 0, asks = 0;

    luaL_argcheck(L, levels >= 1 && levels <= VIEW_LEVELS, 2, "1 to 10 levels are shown");
    for (int i = 0; i < levels; i++) {
        bids += i < view->bid_count ? (lua_Number)view->bids[i].size.e9 : 0;
        asks += i < view->ask_count ? (lua_Number)view->asks[i].size.e9 : 0;
    }
    if (two_sided(view))
        lua_pushnumber(L, (bids - asks) / (bids + asks));
    else
        lua_pushnil(L);
    return 1;
}

static const struct api_row methods[] = { /* of Book */
    {"bid", book_bid, "", "Decimal? price; Decimal? size", "the best bid; nil without one"},
    {"ask", book_ask, "", "Decimal? price; Decimal? size", "the best ask"},
    {"level", book_level, "side: \"bid\"|\"ask\", n: integer", "Decimal? price; Decimal? size",
     "the n-th best of ten"},
    {"depth", book_depth, "side: \"bid\"|\"ask\", band: integer", "Decimal",
     "base coin within the band, 1 to 3, of the mid"},
    {"mid", book_mid, "", "Decimal?", "half way between the best; nil while one-sided"},
    {"spread_bps", book_spread_bps, "", "number?", "a float: for comparing, never for a price"},
    {"imbalance", book_imbalance, "levels?: integer", "number?",
     "-1, all asks, to 1, all bids, of the best levels (1)"},
    {"stale", book_stale, "", "boolean", "the prices are not to be used"},
    {"age", book_age, "", "integer", "ns since its last change"},
    {"mark", book_mark, "", "Decimal?", "ours, of trades or the mid"},
    {"index", book_index_price, "", "Decimal?", "as the venue tells it"},
    {"funding", book_funding, "", "Decimal? rate; integer? next; number? every",
     "a fraction per stamp, the next one in Unix ns, seconds between two; nil: no rate is shown"},
    {"mode", book_mode, "", "ProductMode", "whether the venue takes orders, and which"},
    {"trades_lost", book_trades_lost, "", "integer", "trades past the 32 of this view"},
    {0},
};

static int book_index(lua_State *L)
{
    const product_index *box = luaL_checkudata(L, 1, BOOK_TYPE);
    const char *name = luaL_checkstring(L, 2);

    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL)
        return 1;
    if (strcmp(name, "product") != 0)
        return luaL_error(L, "a book has no '%s'", name);
    product_push(L, script_of(L), *box);
    return 1;
}

static int book_tostring(lua_State *L)
{
    const product_index *box = luaL_checkudata(L, 1, BOOK_TYPE);

    product_push(L, script_of(L), *box);
    lua_pushfstring(L, "book %s", lua_tostring(L, -1));
    return 1;
}

static int host_book(lua_State *L) /* host.book(id): the latest view, nil before the first */
{
    product_index product = product_check(L, 1);

    if (script_of(L)->has_view[product])
        book_push(L, product);
    else
        lua_pushnil(L);
    return 1;
}

void api_open_market(lua_State *L)
{
    static const struct api_row functions[] = {
        {"book", host_book, "product: string", "Book?", "as last shown; nil before the first"},
        {0},
    };

    luaL_newmetatable(L, BOOK_TYPE);
    lua_newtable(L);
    api_set(L, methods);
    lua_pushcclosure(L, book_index, 1);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, book_tostring);
    lua_setfield(L, -2, "__tostring");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 1);
    api_set_host(L, functions);
}
