/* Times and UTF-8 from any bytes: a time that is taken prints to the same microsecond. */
#include "base/check.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
    const char *text = (const char *)data;
    int64_t ns, back;
    char printed[40], cut[16];
    if (text_parse_time(text, length, &ns) && ns > INT64_MIN + 1000) {
        CHECK(text_parse_time(printed, text_format_time(ns, printed), &back));
        CHECK(back <= ns && ns - back < 1000);
    }
    text_utf8_valid(text, length);
    CHECK(text_copy(cut, sizeof cut, text, length) == (length < sizeof cut));
    return 0;
}
