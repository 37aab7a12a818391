#include "suites.h"

int main(void)
{
    return suite_tape();
}
