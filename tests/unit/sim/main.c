#include "suites.h"

int main(void)
{
    return suite_tape() + suite_fill_book() + suite_ledger() + suite_venue_match() +
           suite_venue_account() + suite_venue_fault() + suite_fill_venue();
}
