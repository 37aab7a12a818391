#include "suites.h"

int main(void)
{
    return suite_decimal() + suite_decimal_text() + suite_wide() + suite_root() + suite_memory() +
           suite_map() + suite_deadline() + suite_text() + suite_time() + suite_words() +
           suite_restraint();
}
