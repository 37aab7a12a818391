#pragma once
/* For exchange_faults*.c alone. */
#include "app/exchange_faults.h"

/* A request that is carried out when nobody waits for it any more; owned, with its texts. */
struct fault_job;

enum { HIDDEN_MAX = 64 }; /* ranges of orders that cannot be read for now */
struct fault_hidden { uint32_t first, end; int64_t until_ns; };

struct exchange_faults {
    struct exchange *exchange;
    struct venue_fault_plan plan;
    struct fault_job *jobs;
    struct fault_hidden hidden[HIDDEN_MAX]; /* a ring */
    uint32_t next_hidden;
    uint32_t clients; /* orders placed by nobody that we know */
};

void exchange_faults_run_jobs(struct exchange_faults *faults, int64_t now_ns);
void exchange_faults_drop_jobs(struct exchange_faults *faults);
/* A rule at `venue` begins or ends; of others nothing happens here. */
void exchange_faults_act(struct exchange_faults *faults, const struct venue_fault_rule *rule,
                         bool begins);
