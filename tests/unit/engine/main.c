#include "suites.h"

int main(void)
{
    int failed = 0;
    failed += suite_book();
    failed += suite_market_parts();
    failed += suite_risk_stats();
    failed += suite_tail();
    failed += suite_order();
    failed += suite_orders();
    failed += suite_position();
    failed += suite_gate();
    failed += suite_gate_properties();
    failed += suite_turn();
    failed += suite_market();
    failed += suite_watch();
    failed += suite_daily();
    failed += suite_risk();
    failed += suite_consent();
    failed += suite_stage();
    failed += suite_rehearse();
    failed += suite_intents();
    failed += suite_rules();
    failed += suite_venue();
    failed += suite_fills();
    failed += suite_reconcile();
    failed += suite_operator();
    failed += suite_runners();
    failed += suite_restore();
    failed += suite_hostile();
    failed += suite_ladder();
    failed += suite_protect();
    failed += suite_amend();
    failed += suite_parked();
    failed += suite_resend();
    failed += suite_lifecycle();
    failed += suite_funding();
    failed += suite_margin();
    failed += suite_metrics();
    failed += suite_manifest();
    return failed;
}
