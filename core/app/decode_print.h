#pragma once
/* Venue events as JSON, field by field in the order of model/event_venue.h. A field that was not
 * told (an empty text, a time or price of 0) is left out. */
#include "model/event.h"
#include "wire/json_write.h"

void decode_print_event(struct json_writer *json, const struct catalog *catalog,
                        const struct event *event);
void decode_print_instrument(struct json_writer *json, const struct instrument *instrument);
const char *decode_outcome_text(enum outcome outcome);
