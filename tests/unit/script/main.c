#include "suites.h"

int main(void)
{
    return suite_language() + suite_decimals() + suite_host() + suite_callbacks() +
           suite_bounds() + suite_state() + suite_declare() +
           suite_account();
}
