#include "suites.h"

int main(void)
{
    int failed = 0;
    failed += suite_loop();
    failed += suite_resolve();
    failed += suite_secret();
    failed += suite_token_pool();
    failed += suite_store();
    failed += suite_store_damage();
    failed += suite_hold();
    failed += suite_control();
    failed += suite_recorder();
    failed += suite_pulse();
    failed += suite_appender();
    failed += suite_no_helper();
    return failed;
}
