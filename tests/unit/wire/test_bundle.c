#include <string.h>

#include "suites.h"
#include "wire/bundle.h"

static struct bundle bundle, back;
static struct err err;

static void add(const char *name, const char *text)
{
    bundle.entries[bundle.count++] = (struct bundle_entry){
        name, text, (uint32_t)strlen(name), (uint32_t)strlen(text)};
}

static struct buf packed(void)
{
    struct buf buf;
    bundle = (struct bundle){0};
    add("ma_cross.lua", "return {}");
    add("params.json", "{}");
    add("moongate.series", "");
    buf_init(&buf, 4096);
    bundle_encode(&bundle, &buf);
    assert_false(buf.failed);
    return buf;
}

static void a_bundle_comes_back_whole(void **state)
{
    (void)state;
    struct buf buf = packed();
    assert_int_equal(bundle_decode(buf.data, buf.length, &back, &err), 0);
    assert_int_equal(back.count, 3);
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(back.entries[i].name_length, bundle.entries[i].name_length);
        assert_int_equal(back.entries[i].text_length, bundle.entries[i].text_length);
        assert_memory_equal(back.entries[i].name, bundle.entries[i].name,
                            bundle.entries[i].name_length);
        assert_memory_equal(back.entries[i].text, bundle.entries[i].text,
                            bundle.entries[i].text_length);
    }
    buf_fini(&buf);
}

static void refused(const struct buf *buf, size_t length, const char *words)
{
    assert_int_equal(bundle_decode(buf->data, length, &back, &err), -1);
    if (!strstr(err.text, words))
        fail_msg("'%s' does not say '%s'", err.text, words);
}

static void a_damaged_bundle_is_refused(void **state)
{
    (void)state;
    struct buf buf = packed();
    for (size_t length = 0; length < buf.length; length++)
        assert_int_equal(bundle_decode(buf.data, length, &back, &err), -1);
    buf_put(&buf, "x", 1);
    refused(&buf, buf.length, "1 bytes follow the last entry");
    memset(buf.data + 8, 0xff, 4); /* the first name's length */
    refused(&buf, buf.length, "cut short in entry 0");
    buf.data[4] = 1;
    refused(&buf, buf.length, "1 entries");
    buf.data[4] = BUNDLE_ENTRIES_MAX + 1;
    refused(&buf, buf.length, "65 entries");
    buf.data[0] = 'X';
    refused(&buf, buf.length, "MGB1");
    buf_fini(&buf);
}

static void names_are_proper_and_stand_once(void **state)
{
    (void)state;
    struct buf buf = packed();
    add("params.json", "{}");
    buf_clear(&buf);
    bundle_encode(&bundle, &buf);
    refused(&buf, buf.length, "entry 3 has a name that stands twice");
    bundle.count = 2;
    add("", "x");
    buf_clear(&buf);
    bundle_encode(&bundle, &buf);
    refused(&buf, buf.length, "entry 2 has no proper name");
    buf_fini(&buf);
}

static void the_hash_is_sha256(void **state)
{
    (void)state;
    char hex[17];
    bundle_hash("abc", 3, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea");
}

int suite_bundle(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bundle_comes_back_whole),
        cmocka_unit_test(a_damaged_bundle_is_refused),
        cmocka_unit_test(names_are_proper_and_stand_once),
        cmocka_unit_test(the_hash_is_sha256),
    };
    return cmocka_run_group_tests_name("bundle", tests, NULL, NULL);
}
