/* Which margin rules apply now: two small replies of the CDE side. */
#include <string.h>

#include "wire/coinbase_rest.h"
#include "wire/coinbase_words.h"

int coinbase_rest_decode_margin_setting(const char *body, size_t length, bool *ret_intraday,
                                        struct err *err)
{
    static const char *const NAMES[] = {"setting"};
    struct json_reader json;
    struct json_text key, got[1] = {0};
    json_init(&json, body, length);
    if (json_enter_object(&json))
        while (json_next_key(&json, &key))
            coinbase_read_field(&json, key, NAMES, 1, got);
    if (!json.failure && got[0].length == 0)
        json_fail(&json, "setting is missing");
    if (json_finish(&json, err) < 0)
        return -1;
    *ret_intraday = coinbase_word(got[0], "INTRADAY_MARGIN_SETTING_INTRADAY");
    return 0;
}

enum { WINDOW_TYPE, WINDOW_END, WINDOW_FIELDS };

static void read_window(struct json_reader *json, struct json_text got[WINDOW_FIELDS])
{
    static const char *const NAMES[WINDOW_FIELDS] = {"margin_window_type", "end_time"};
    struct json_text key;
    if (json_enter_object(json))
        while (json_next_key(json, &key))
            coinbase_read_field(json, key, NAMES, WINDOW_FIELDS, got);
}

int coinbase_rest_decode_margin_window(const char *body, size_t length, int64_t *ret_until_ns,
                                       struct err *err)
{
    struct json_reader json;
    struct json_text key, killed = {0}, got[WINDOW_FIELDS] = {0};
    int64_t end_ns = 0;
    json_init(&json, body, length);
    if (json_enter_object(&json))
        while (json_next_key(&json, &key)) {
            if (json_text_equal(key, "margin_window"))
                read_window(&json, got);
            else if (json_text_equal(key, "is_intraday_margin_killswitch_enabled"))
                (void)coinbase_read_text(&json, &killed);
        }
    if (!json.failure && got[WINDOW_TYPE].length == 0)
        json_fail(&json, "margin_window_type is missing");
    else if (!json.failure && !coinbase_time(got[WINDOW_END], &end_ns))
        json_fail(&json, "an end_time that is not RFC 3339");
    if (json_finish(&json, err) < 0)
        return -1;
    bool holds = (coinbase_word(got[WINDOW_TYPE], "MARGIN_WINDOW_TYPE_INTRADAY") ||
                  coinbase_word(got[WINDOW_TYPE], "FCM_MARGIN_WINDOW_TYPE_INTRADAY")) &&
                 !coinbase_true(killed);
    *ret_until_ns = holds ? end_ns : 0;
    return 0;
}
