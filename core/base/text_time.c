/* RFC 3339 in UTC. libc's own conversions take a locale and a time zone along; these do not. */
#include <string.h>

#include "base/text.h"

static const int64_t SECOND_NS = 1000000000;
static const int64_t DAY_SECONDS = 86400;

/* The civil calendar with years that begin in March, so that the leap day ends one (Hinnant). */
static int64_t days_of(int64_t year, int month, int day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400, of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void civil_of(int64_t days, int *year, int *month, int *day)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097, of_era = days - era * 146097;
    int64_t years = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * years + years / 4 - years / 100);
    int64_t shifted = (5 * of_year + 2) / 153;
    *day = (int)(of_year - (153 * shifted + 2) / 5 + 1);
    *month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
    *year = (int)(years + era * 400 + (*month <= 2));
}

static int days_in(int year, int month)
{
    static const int DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return DAYS[month - 1] + (month == 2 && leap);
}

struct cursor {
    const char *at, *end;
    bool failed;
};

static bool next_is_digit(const struct cursor *cursor)
{
    return cursor->at < cursor->end && *cursor->at >= '0' && *cursor->at <= '9';
}

static int take_number(struct cursor *cursor, int digits)
{
    int number = 0;
    for (; digits > 0; digits--) {
        if (!next_is_digit(cursor)) {
            cursor->failed = true;
            return 0;
        }
        number = number * 10 + (*cursor->at++ - '0');
    }
    return number;
}

static void take(struct cursor *cursor, char wanted)
{
    if (cursor->at < cursor->end && *cursor->at == wanted)
        cursor->at++;
    else
        cursor->failed = true;
}

static int64_t take_fraction_ns(struct cursor *cursor)
{
    int64_t unit = SECOND_NS, fraction = 0;
    if (cursor->at == cursor->end || *cursor->at != '.')
        return 0;
    cursor->at++;
    if (!next_is_digit(cursor))
        cursor->failed = true;
    for (; next_is_digit(cursor) && unit > 1; unit /= 10)
        fraction = fraction * 10 + (*cursor->at++ - '0');
    return fraction * unit;
}

static void take_zone(struct cursor *cursor)
{
    size_t left = (size_t)(cursor->end - cursor->at);
    if (!text_equal(cursor->at, left, "Z") && !text_equal(cursor->at, left, "+00:00"))
        cursor->failed = true;
}

bool text_parse_time(const char *text, size_t length, int64_t *ret_ns)
{
    struct cursor cursor = {text, text + length, false};
    int year = take_number(&cursor, 4);
    take(&cursor, '-');
    int month = take_number(&cursor, 2);
    take(&cursor, '-');
    int day = take_number(&cursor, 2);
    take(&cursor, 'T');
    int hour = take_number(&cursor, 2);
    take(&cursor, ':');
    int minute = take_number(&cursor, 2);
    take(&cursor, ':');
    int second = take_number(&cursor, 2);
    int64_t fraction_ns = take_fraction_ns(&cursor), ns;
    take_zone(&cursor);
    if (cursor.failed || month < 1 || month > 12 || day < 1 || day > days_in(year, month))
        return false;
    if (hour > 23 || minute > 59 || second > 59)
        return false;
    int64_t seconds = days_of(year, month, day) * DAY_SECONDS + hour * 3600 + minute * 60 + second;
    __int128 wide = (__int128)seconds * SECOND_NS + fraction_ns;
    ns = (int64_t)wide;
    if (ns != wide)
        return false;
    *ret_ns = ns;
    return true;
}

static char *put_number(char *out, int number, int digits)
{
    for (int i = digits - 1; i >= 0; i--, number /= 10)
        out[i] = (char)('0' + number % 10);
    return out + digits;
}

static char *put_with(char *out, int number, char before)
{
    *out++ = before;
    return put_number(out, number, 2);
}

size_t text_format_time(int64_t unix_ns, char out[40])
{
    /* Floors, so that the fraction counts up before 1970 as well. */
    int64_t ns = (unix_ns % SECOND_NS + SECOND_NS) % SECOND_NS;
    int64_t seconds = unix_ns / SECOND_NS - (unix_ns % SECOND_NS < 0);
    int of_day = (int)((seconds % DAY_SECONDS + DAY_SECONDS) % DAY_SECONDS), year, month, day;
    civil_of((seconds - of_day) / DAY_SECONDS, &year, &month, &day);
    char *at = put_number(out, year, 4);
    at = put_with(at, month, '-');
    at = put_with(at, day, '-');
    at = put_with(at, of_day / 3600, 'T');
    at = put_with(at, of_day / 60 % 60, ':');
    at = put_with(at, of_day % 60, ':');
    *at++ = '.';
    at = put_number(at, (int)(ns / 1000), 6);
    *at++ = 'Z';
    *at = '\0';
    return (size_t)(at - out);
}
