#include <string.h>

#include "base/prng.h"
#include "model/client_id.h"
#include "suites.h"

static void parts_come_back(void **state)
{
    struct prng prng;
    (void)state;
    prng_seed(&prng, 4);
    for (int i = 0; i < 50000; i++) {
        uint32_t owner = (uint32_t)prng_next(&prng);
        uint64_t boot = prng_next(&prng) >> 24, sequence = prng_next(&prng) >> 16;
        struct client_id id = client_id_make(owner, boot, sequence), back;
        char text[CLIENT_ID_TEXT];
        assert_true(client_id_owner(id) == owner);
        assert_true(client_id_boot(id) == boot);
        assert_true(client_id_sequence(id) == sequence);
        client_id_format(id, text);
        assert_int_equal(strlen(text), 36);
        assert_true(text[14] == '4' && strchr("89ab", text[19]));
        assert_true(client_id_parse(text, 36, &back));
        assert_true(client_id_equal(id, back));
    }
}

static void text_is_what_a_person_expects(void **state)
{
    char text[CLIENT_ID_TEXT];
    struct client_id id = client_id_make(0xdeadbeef, 0xffffffffffu, 1), upper;
    (void)state;
    client_id_format(id, text);
    assert_string_equal(text, "deadbeef-ffff-4fff-bffc-000000000001");
    assert_true(client_id_parse("DEADBEEF-FFFF-4FFF-BFFC-000000000001", 36, &upper));
    assert_true(client_id_equal(id, upper));
    upper.bytes[15] = 2;
    assert_false(client_id_equal(id, upper));
}

static void other_shapes_are_not_ours(void **state)
{
    static const char *const bad[] = {
        "", "deadbeef", "deadbeef-ffff-4fff-bffc-00000000001", /* 35 */
        "deadbeef-ffff-4fff-bffc-0000000000012",               /* 37 */
        "deadbeefxffff-4fff-bffc-000000000001", "deadbeef-ffff-4fff-bffc-00000000000g",
        "deadbeef-ffff-1fff-bffc-000000000001", /* version 1 */
        "deadbeef-ffff-4fff-cffc-000000000001", /* another variant */
        "deadbeefffff-4fff-bffc-0000000000-01",
    };
    struct client_id id = client_id_make(7, 7, 7);
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(client_id_parse(bad[i], strlen(bad[i]), &id));
    assert_true(client_id_equal(id, client_id_make(7, 7, 7)));
}

int suite_client_id(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_come_back),
        cmocka_unit_test(text_is_what_a_person_expects),
        cmocka_unit_test(other_shapes_are_not_ours),
    };
    return cmocka_run_group_tests_name("client_id", tests, NULL, NULL);
}
