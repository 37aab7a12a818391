#pragma once
/* What the checks know beside the auditor's books: of orders, of the books as the frames make them,
 * of what strategies asked for and were promised. */
#include "model/record.h"

enum { SIM_ASKED = 64, SIM_LEVELS = 512 };

/* What the checks know of an own order beside the auditor's books; by the auditor's number. */
struct told_order { uint32_t record; order_ref ref; actor_index actor; enum order_state state;
                    bool recorded, opening; struct price price; };

/* The book as the frames that were handed over make it. */
struct mirror_side { struct level levels[SIM_LEVELS]; uint32_t count; };
struct mirror { struct mirror_side sides[2]; bool taken; int64_t told_ns;
                struct price good; int64_t good_ns; /* the last mid that could be used, and when */
                struct size held_before; };  /* the account's, when this turn began */

/* What strategies asked for lately, and what was promised them: see promises.c. */
struct asked_amend { order_ref ref, target; };
struct asked { struct protect_terms terms[SIM_ASKED]; struct asked_amend amends[SIM_ASKED];
               uint32_t term_count, amend_count; };
/* since: INT64_MAX: not known to the second, an earlier life saw it. */
struct promise { struct record_protect record; struct price best; int64_t since_ns; };
