#pragma once
void a_month_ends_with_the_venues_money(void **state);
