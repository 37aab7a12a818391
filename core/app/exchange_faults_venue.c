/* What the venue does of its own accord. */
#include "app/exchange_faults_private.h"
#include "sim/venue_sim_fault.h"

void exchange_faults_act(struct exchange_faults *faults, const struct venue_fault_rule *rule,
                         bool begins)
{
    struct venue_sim *venue = faults->exchange->venue;
    switch (rule->fault) {
    case FAULT_CANCEL_ORDERS:
        if (begins)
            venue_sim_cancel_orders(venue, rule->text);
        break;
    default:
        break;
    }
}
