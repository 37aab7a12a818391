#pragma once
/* What a lab keeps of what was said in it, in the order of events. */
#include <stddef.h>

#include "model/ports.h"
#include "model/view.h"
#include "wire/script_proto.h"

struct lab_log { actor_index runner; bool fault; char level; char *text; /* owned */ };
struct lab_intent { struct stamp at; actor_index runner; struct intent intent; };
struct lab_refusal { struct stamp at; actor_index runner; product_index product; order_ref ref;
                     struct verdict verdict; char text[REASON_MAX]; };

struct lab_metric { actor_index runner; struct script_metric metric; }; /* as last said */
struct lab_list { void *items; uint32_t count, capacity; }; /* doubles; items are copied in */
void *lab_list_add(struct lab_list *list, size_t item_bytes); /* zeroed room for one more */
void lab_list_fini(struct lab_list *list);
