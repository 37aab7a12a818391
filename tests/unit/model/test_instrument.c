#include <string.h>

#include "base/text.h"
#include "model/instrument.h"
#include "suites.h"

static struct size size_of_text(const char *text)
{
    struct size size;
    assert_true(size_parse(text, strlen(text), &size));
    return size;
}

static void name(struct instrument *instrument, const char *id)
{
    assert_true(text_copy(instrument->product_id, PRODUCT_ID_MAX, id, strlen(id)));
}

static void finds_by_whole_id_only(void **state)
{
    struct catalog catalog = {.count = 2};
    (void)state;
    name(&catalog.items[0], "BIP-20DEC30-CDE");
    name(&catalog.items[1], "BTC-PERP-INTX");
    assert_int_equal(catalog_find(&catalog, "BTC-PERP-INTX", 13), 1);
    assert_int_equal(catalog_find(&catalog, "BIP-20DEC30-CDE,", 15), 0);
    assert_int_equal(catalog_find(&catalog, "BTC-PERP", 8), NO_PRODUCT);
    assert_int_equal(catalog_find(&catalog, "", 0), NO_PRODUCT);
    catalog.count = 1;
    assert_int_equal(catalog_find(&catalog, "BTC-PERP-INTX", 13), NO_PRODUCT);
}

static void contracts_become_base_size_and_back(void **state)
{
    struct instrument nano = {.contract_size = size_of_text("0.01")}, none = {0};
    struct size size = {0};
    (void)state;
    assert_true(instrument_base_size(&nano, size_of_text("7"), &size));
    assert_true(size.e9 == size_of_text("0.07").e9);
    assert_true(instrument_venue_size(&nano, size, &size));
    assert_true(size.e9 == size_of_text("7").e9);
    assert_true(instrument_base_size(&nano, size_of_text("-3"), &size));
    assert_true(size.e9 == size_of_text("-0.03").e9);
    assert_false(instrument_base_size(&nano, size_of_text("0.000000001"), &size));
    assert_false(instrument_base_size(&none, size_of_text("1"), &size));
    assert_false(instrument_venue_size(&none, size_of_text("1"), &size));
}

int suite_instrument(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_by_whole_id_only),
        cmocka_unit_test(contracts_become_base_size_and_back),
    };
    return cmocka_run_group_tests_name("instrument", tests, NULL, NULL);
}
