#include "suites.h"

int main(void)
{
    int failed = 0;
    failed += suite_json();
    failed += suite_sign();
    failed += suite_bundle();
    failed += suite_rest_reply();
    failed += suite_rest();
    failed += suite_rest_products();
    failed += suite_feed();
    failed += suite_script_proto();
    failed += suite_journal_rec();
    failed += suite_control_proto();
    failed += suite_restraint();
    failed += suite_event_rec();
    failed += suite_recording();
    failed += suite_vigil();
    return failed;
}
