#include "sim/venue_sim_fault.h"

#include "sim/venue_sim_private.h"

void venue_sim_forget_client_ids(struct venue_sim *sim, bool forgetful)
{
    sim->forgetful = forgetful;
}

void venue_sim_cancel_orders(struct venue_sim *sim, const char *words)
{
    for (uint32_t i = 0; i < sim->order_count; i++)
        if (!venue_status_final(sim->orders[i]->status))
            venue_match_finish(sim, sim->orders[i], VENUE_CANCELLED, words);
}
