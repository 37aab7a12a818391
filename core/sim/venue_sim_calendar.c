/* New York's clock without a time zone database: daylight time runs from the second Sunday of
 * March to the first Sunday of November, both at 02:00 local. */
#include "sim/venue_sim_calendar.h"

#include "base/prng.h"

enum { HOUR_S = 3600, DAY_S = 24 * HOUR_S, CLOSE_HOUR = 17, SUNDAY = 0, FRIDAY = 5 };
static const int64_t SECOND_NS = 1000000000;

static int64_t floor_div(int64_t value, int64_t by)
{
    return value / by - (value % by < 0);
}

/* Days since 1970 of the first of a month in the proleptic Gregorian calendar. */
static int64_t days_of_month(int64_t year, int month)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t shifted = (month + 9) % 12; /* March is 0: the leap day comes last */
    return 365 * y + floor_div(y, 4) - floor_div(y, 100) + floor_div(y, 400) +
           (153 * shifted + 2) / 5 - 719468;
}

static int weekday(int64_t days) /* 1970-01-01 was a Thursday */
{
    return (int)(((days + 4) % 7 + 7) % 7);
}

static int64_t nth_sunday(int64_t year, int month, int nth)
{
    int64_t first = days_of_month(year, month);
    return first + (7 - weekday(first)) % 7 + 7 * (nth - 1);
}

static int64_t new_york_offset_s(int64_t unix_s)
{
    int64_t days = floor_div(unix_s, DAY_S), year = 1970 + days / 366;
    while (days_of_month(year + 1, 1) <= days)
        year++;
    int64_t begins = nth_sunday(year, 3, 2) * DAY_S + 7 * HOUR_S; /* 02:00 EST is 07:00 UTC */
    int64_t ends = nth_sunday(year, 11, 1) * DAY_S + 6 * HOUR_S;  /* 02:00 EDT is 06:00 UTC */
    return unix_s >= begins && unix_s < ends ? -4 * HOUR_S : -5 * HOUR_S;
}

bool venue_calendar_open(int64_t now_ns)
{
    int64_t unix_s = floor_div(now_ns, SECOND_NS);
    int64_t local_s = unix_s + new_york_offset_s(unix_s);
    int64_t hour = (local_s - floor_div(local_s, DAY_S) * DAY_S) / HOUR_S;
    return !(weekday(floor_div(local_s, DAY_S)) == FRIDAY && hour == CLOSE_HOUR);
}

int64_t venue_calendar_day_start_ns(int64_t now_ns)
{
    int64_t unix_s = floor_div(now_ns, SECOND_NS), offset_s = new_york_offset_s(unix_s);
    int64_t since_close = unix_s + offset_s - CLOSE_HOUR * HOUR_S;
    return (floor_div(since_close, DAY_S) * DAY_S + CLOSE_HOUR * HOUR_S - offset_s) * SECOND_NS;
}

/* Around +13 millionths an hour, as observed in 2026; the same for the whole hour. */
struct ratio venue_calendar_funding(uint64_t seed, int product, int64_t hour)
{
    struct prng prng;
    prng_seed(&prng, seed ^ (uint64_t)hour * UINT64_C(0x9e3779b97f4a7c15) ^ (uint64_t)product);
    return (struct ratio){((int64_t)prng_below(&prng, 61) - 17) * 1000};
}
