#include "engine/candle.h"

#include "base/check.h"

void candle_init(struct candle_builder *builder, int64_t length_ns)
{
    CHECK(length_ns > 0);
    *builder = (struct candle_builder){.length_ns = length_ns, .closed_until_ns = INT64_MIN};
}

static int64_t start_of(const struct candle_builder *builder, int64_t wall_ns)
{
    CHECK(wall_ns >= 0);
    return wall_ns - wall_ns % builder->length_ns;
}

static void begin(struct candle_builder *builder, const struct trade *trade, int64_t start_ns)
{
    builder->open = true;
    builder->now = (struct candle){.start_ns = start_ns,
                                   .length_ns = builder->length_ns,
                                   .open = trade->price,
                                   .high = trade->price,
                                   .low = trade->price,
                                   .close = trade->price,
                                   .volume = trade->size,
                                   .trades = 1};
}

static void extend(struct candle_builder *builder, const struct trade *trade)
{
    struct candle *now = &builder->now;
    if (!size_add(now->volume, trade->size, &now->volume)) {
        builder->late++;
        return;
    }
    now->high.e9 = trade->price.e9 > now->high.e9 ? trade->price.e9 : now->high.e9;
    now->low.e9 = trade->price.e9 < now->low.e9 ? trade->price.e9 : now->low.e9;
    now->close = trade->price;
    now->trades++;
}

static bool close_open(struct candle_builder *builder, struct candle *ret_closed)
{
    if (!builder->open)
        return false;
    *ret_closed = builder->now;
    builder->closed_until_ns = builder->now.start_ns + builder->length_ns;
    builder->open = false;
    return true;
}

bool candle_apply(struct candle_builder *builder, const struct trade *trade,
                  struct candle *ret_closed)
{
    int64_t start_ns = start_of(builder, trade->venue_ns);
    if (start_ns < builder->closed_until_ns ||
        (builder->open && start_ns < builder->now.start_ns)) {
        builder->late++;
        return false;
    }
    if (builder->open && start_ns == builder->now.start_ns) {
        extend(builder, trade);
        return false;
    }
    bool closed = close_open(builder, ret_closed);
    begin(builder, trade, start_ns);
    return closed;
}

int64_t candle_due_wall_ns(const struct candle_builder *builder)
{
    if (!builder->open)
        return INT64_MAX;
    return builder->now.start_ns + builder->length_ns + CANDLE_GRACE_NS;
}

bool candle_flush(struct candle_builder *builder, int64_t wall_ns, struct candle *ret_closed)
{
    return wall_ns >= candle_due_wall_ns(builder) && close_open(builder, ret_closed);
}
