#pragma once
/* The venue's documented refusals. A word that is not here is not a refusal. */
#include "wire/json_read.h"

/* A NewOrderFailureReason, or a PREVIEW_ code: no order was created. UNKNOWN_... and the duplicate
 * id are not among them. In any case of letters: error_details sometimes comes in lower case. */
bool coinbase_is_order_refusal(struct json_text word);
/* A CancelOrderFailureReason other than UNKNOWN_CANCEL_FAILURE_REASON. */
bool coinbase_is_cancel_refusal(struct json_text word);
