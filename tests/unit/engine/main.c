#include "suites.h"

int main(void)
{
    int failed = 0;
    failed += suite_book();
    failed += suite_market_parts();
    failed += suite_order();
    failed += suite_orders();
    failed += suite_position();
    return failed;
}
