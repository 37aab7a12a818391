#include "suites.h"

int main(void)
{
    int failed = 0;
    failed += suite_script_proto();
    return failed;
}
