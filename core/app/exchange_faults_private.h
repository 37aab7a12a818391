#pragma once
/* For exchange_faults*.c alone. */
#include "app/exchange_faults.h"

/* A request that is carried out when nobody waits for it any more; owned, with its texts. */
struct fault_job;

struct exchange_faults {
    struct exchange *exchange;
    struct venue_fault_plan plan;
    struct fault_job *jobs;
};

void exchange_faults_run_jobs(struct exchange_faults *faults, int64_t now_ns);
void exchange_faults_drop_jobs(struct exchange_faults *faults);
/* A rule at `venue` begins or ends; of others nothing happens here. */
void exchange_faults_act(struct exchange_faults *faults, const struct venue_fault_rule *rule,
                         bool begins);
