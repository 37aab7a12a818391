/* Decimals from any bytes: what is taken prints and parses back to itself, and what both roads
 * take without rounding is one value. */
#include <string.h>

#include "base/check.h"
#include "base/decimal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);

static void check_exact(const char *text, size_t length)
{
    char printed[DECIMAL_TEXT_MAX];
    struct ratio ratio, ratio_back;
    struct money money, money_back;
    if (ratio_parse(text, length, &ratio)) {
        CHECK(ratio_parse(printed, ratio_format(ratio, printed), &ratio_back));
        CHECK(ratio.e9 == ratio_back.e9);
        CHECK(money_parse(text, length, &money));
        CHECK(money.e18 == (__int128)ratio.e9 * DECIMAL_ONE);
    }
    if (money_parse(text, length, &money)) {
        size_t printed_length = money_format(money, printed);
        CHECK(printed_length == strlen(printed) && printed_length < sizeof printed);
        CHECK(money_parse(printed, printed_length, &money_back));
        CHECK(money.e18 == money_back.e18);
    }
}

static void check_informative(const char *text, size_t length)
{
    struct money exact, informed;
    bool rounded = false;
    bool taken = money_parse_informative(text, length, &informed, &rounded);
    if (money_parse(text, length, &exact))
        CHECK(taken && !rounded && informed.e18 == exact.e18);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
    check_exact((const char *)data, length);
    check_informative((const char *)data, length);
    return 0;
}
