#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "sim/market_seed.h"
#include "sim/tape.h"
#include "suites.h"

static const char small[] =
    "recv_ns,kind,side,price,size\n"
    "1000,L,B,99.9,1.5\n"
    "2000,Q,B,100.1,2\n"
    "2000,Q,S,100.2,3\n"
    "2500,T,S,100.1,0.25\r\n"
    "\n"
    "9000,L,S,100.9,0\n";

static void rows_come_out_as_written(void **state)
{
    (void)state;
    struct err err = {""};
    struct tape *tape = tape_create(small, sizeof small - 1, &err);
    assert_non_null(tape);
    assert_int_equal(tape->count, 5);
    assert_int_equal(tape->length_ns, 7000);
    assert_int_equal(tape->rows[0].at_ns, 0); /* before the first best pair: its time */
    assert_int_equal(tape->rows[0].kind, ROW_LEVEL);
    assert_int_equal(tape->rows[2].side, SIDE_SELL);
    assert_int_equal(tape->rows[3].at_ns, 500);
    assert_int_equal(tape->rows[3].kind, ROW_TRADE);
    assert_int_equal(tape->rows[3].size.e9, 250000000);
    assert_int_equal(tape->rows[4].price.e9, 100900000000);
    assert_int_equal(tape->rows[4].size.e9, 0);
    tape_destroy(tape);
}

static void refuses(const char *text, const char *words)
{
    struct err err = {""};
    assert_null(tape_create(text, strlen(text), &err));
    if (!strstr(err.text, words))
        fail_msg("'%s' does not say '%s'", err.text, words);
}

static void a_wrong_line_is_named(void **state)
{
    (void)state;
    refuses("1,Q,B,1,1\n2,X,B,1,1\n", ":2: kind");
    refuses("1,Q,B,1,1\n2,L,C,1,1\n", ":2: side");
    refuses("1,Q,B,1,1\n2,L,B,-1,1\n", ":2: price");
    refuses("1,Q,B,1,1\n2,L,B,0,1\n", ":2: price");
    refuses("1,Q,B,1,1\n2,L,B,1,-1\n", ":2: size");
    refuses("1,Q,B,1,1\n2,L,B,1,nan\n", ":2: size");
    refuses("1,Q,B,1,1\n2,L,B,1\n", ":2: not five");
    refuses("1,Q,B,1,1\n2,L,B,1,1,1\n", ":2: not five");
    refuses("1,Q,B,1,1\nx,L,B,1,1\n", ":2: recv_ns");
    refuses("1,Q,B,1,1\n99999999999999999999,L,B,1,1\n", ":2: recv_ns");
    refuses("2,Q,B,1,1\n1,L,B,1,1\n", ":2: time runs backwards");
    refuses("1,L,B,1,1\n", "no Q rows");
    refuses("", "no Q rows");
    refuses("\x1f\x8b garbage", "gzip");
}

static void a_line_of_any_length_is_bounded(void **state)
{
    (void)state;
    char text[4096];
    memset(text, '1', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    refuses(text, "longer than");
}

static size_t pack(const char *text, size_t length, unsigned char *out, size_t room)
{
    z_stream stream = {0};
    char copy[sizeof small];
    memcpy(copy, text, length);
    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = (unsigned char *)copy;
    stream.avail_in = (unsigned)length;
    stream.next_out = out;
    stream.avail_out = (unsigned)room;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    deflateEnd(&stream);
    return room - stream.avail_out;
}

/* Gzip in one piece, and every way of cutting it short. */
static void gzip_is_read_and_a_cut_one_refused(void **state)
{
    (void)state;
    struct err err = {""};
    unsigned char packed[512];
    size_t length = pack(small, sizeof small - 1, packed, sizeof packed);
    struct tape *tape = tape_create(packed, length, &err);
    assert_non_null(tape);
    assert_int_equal(tape->count, 5);
    tape_destroy(tape);
    for (size_t cut = 0; cut < length; cut++)
        assert_null(tape_create(packed, cut, &err));
}

/* As `cat a.gz b.gz` makes them, here in the middle of a line; what is behind them is no gzip. */
static void what_was_packed_in_parts_is_read_whole(void **state)
{
    (void)state;
    struct err err = {""};
    unsigned char packed[512];
    size_t first = pack(small, 60, packed, sizeof packed);
    size_t length = first + pack(small + 60, sizeof small - 61, packed + first,
                                 sizeof packed - first);
    struct tape *tape = tape_create(packed, length, &err);
    assert_non_null(tape);
    assert_int_equal(tape->count, 5);
    tape_destroy(tape);
    packed[length] = 'x';
    assert_null(tape_read("btc.csv.gz", packed, length + 1, &err));
    assert_non_null(strstr(err.text, "btc.csv.gz: the gzip stream is damaged"));
}

static void a_seed_gives_the_same_market_again(void **state)
{
    (void)state;
    struct market_seed_spec spec = {{INT64_C(2345000000000)}, {100000000}, {100000000}};
    struct market_seed *one = malloc(sizeof *one), *two = malloc(sizeof *two);
    uint32_t differs = 0;
    market_seed_init(one, &spec, 7);
    market_seed_init(two, &spec, 7);
    for (int i = 0; i < 100000; i++) {
        struct market_row a, b;
        market_seed_next(one, &a);
        market_seed_next(two, &b);
        assert_memory_equal(&a, &b, sizeof a);
    }
    market_seed_init(two, &spec, 8);
    for (int i = 0; i < 1000; i++) {
        struct market_row a, b;
        market_seed_next(one, &a);
        market_seed_next(two, &b);
        differs += memcmp(&a, &b, sizeof a) != 0;
    }
    assert_true(differs > 500);
    free(one);
    free(two);
}

/* A consumer that believes the rows never sees a crossed book, and trades print at the touch. */
static void a_seeded_market_is_never_crossed(void **state)
{
    (void)state;
    struct market_seed_spec spec = {{INT64_C(155000000000)}, {10000000}, {5000000000}};
    struct market_seed *market = malloc(sizeof *market);
    int64_t best[2] = {0}, last_ns = 0, low = INT64_MAX, high = 0;
    uint32_t trades[2] = {0};
    market_seed_init(market, &spec, 3);
    for (int i = 0; i < 300000; i++) {
        struct market_row row;
        market_seed_next(market, &row);
        assert_true(row.at_ns >= last_ns && row.size.e9 >= 0 && row.price.e9 > 0);
        assert_int_equal(row.price.e9 % spec.grid.e9, 0);
        assert_int_equal(row.size.e9 % spec.lot.e9, 0);
        last_ns = row.at_ns;
        if (row.kind == ROW_BEST) {
            best[row.side] = row.price.e9;
            if (row.side == SIDE_SELL)
                assert_true(best[SIDE_BUY] < best[SIDE_SELL] && row.size.e9 > 0);
        } else if (row.kind == ROW_TRADE) {
            assert_int_equal(row.price.e9, best[row.side == SIDE_BUY ? SIDE_SELL : SIDE_BUY]);
            trades[row.side]++;
            low = row.price.e9 < low ? row.price.e9 : low;
            high = row.price.e9 > high ? row.price.e9 : high;
        }
    }
    assert_true(trades[SIDE_BUY] > 10000 && trades[SIDE_SELL] > 10000);
    assert_true(high > low + 20 * spec.grid.e9);        /* it walks */
    assert_true(low > INT64_C(120000000000) && high < INT64_C(200000000000)); /* and comes back */
    free(market);
}

int suite_tape(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_come_out_as_written),
        cmocka_unit_test(a_wrong_line_is_named),
        cmocka_unit_test(a_line_of_any_length_is_bounded),
        cmocka_unit_test(what_was_packed_in_parts_is_read_whole),
        cmocka_unit_test(gzip_is_read_and_a_cut_one_refused),
        cmocka_unit_test(a_seed_gives_the_same_market_again),
        cmocka_unit_test(a_seeded_market_is_never_crossed),
    };
    return cmocka_run_group_tests_name("tape", tests, NULL, NULL);
}
