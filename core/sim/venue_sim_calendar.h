#pragma once
/* The CDE calendar as pure functions of Unix time, and the funding that follows the hour. */
#include "model/types.h"

bool venue_calendar_open(int64_t now_ns); /* closed Fridays 17:00 to 18:00 New York */
/* The trading day's last beginning, 17:00 New York. */
int64_t venue_calendar_day_start_ns(int64_t now_ns);
/* The rate shown during an hour (Unix hours), a fraction per hour. */
struct ratio venue_calendar_funding(uint64_t seed, int product, int64_t hour);
