#include "suites.h"

int main(void)
{
    int failed = 0;
    failed += suite_book();
    failed += suite_market_parts();
    failed += suite_order();
    failed += suite_orders();
    failed += suite_position();
    failed += suite_gate();
    failed += suite_gate_properties();
    return failed;
}
