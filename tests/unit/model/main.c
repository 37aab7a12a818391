#include "suites.h"

int main(void)
{
    return suite_names() + suite_client_id() + suite_instrument() + suite_event_queue();
}
