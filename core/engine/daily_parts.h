#pragma once
/* What daily.c and marks.c keep. */
#include "model/types.h"

/* Of one actor in one product. The sums at the day's beginning are taken from those of now. */
struct daily_cell { uint64_t fills; struct size volume; struct money realised, fees, funding;
};
struct marks { int64_t next_ns; bool held, equity_told; };

struct daily {
    int64_t start_ns;         /* midnight, wall; 0: no day has begun */
    struct money adjusted;    /* see funding_adjusted */
    struct daily_cell (*cells)[MAX_PRODUCTS]; /* by actor slot; from the arena */
};
