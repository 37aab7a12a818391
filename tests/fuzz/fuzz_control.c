/* The operator's socket, both directions: a request that is taken passes its own check and comes
 * back from its encoding; a reply's result is one JSON value inside the line. */
#include <string.h>

#include "base/check.h"
#include "wire/control_proto.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);

static void check_request(const char *text, size_t length)
{
    struct control_request request, again;
    struct err err = {""};
    struct buf line;
    if (control_request_decode(text, length, &request, &err) < 0) {
        CHECK(err.text[0] != '\0');
        return;
    }
    CHECK(control_request_check(&request, &err) == 0);
    buf_init(&line, CONTROL_LINE_MAX);
    control_request_encode(&request, &line);
    CHECK(!line.failed && memchr(line.data, '\n', line.length) == line.data + line.length - 1);
    CHECK(control_request_decode(line.data, line.length - 1, &again, &err) == 0);
    CHECK(request.verb == again.verb && request.limit == again.limit);
    CHECK(strcmp(request.strategy, again.strategy) == 0);
    CHECK(strcmp(request.product, again.product) == 0);
    CHECK(strcmp(request.name, again.name) == 0 && strcmp(request.reason, again.reason) == 0);
    buf_fini(&line);
}

static void check_reply(const char *text, size_t length)
{
    struct control_reply reply, again;
    struct err err = {""};
    struct buf line;
    if (control_reply_decode(text, length, &reply, &err) < 0)
        return;
    CHECK(!reply.result || (reply.result >= text &&
                            reply.result + reply.result_length <= text + length));
    buf_init(&line, CONTROL_REPLY_MAX);
    control_reply_encode(&line, reply.ok, reply.text, reply.result, reply.result_length);
    CHECK(!line.failed);
    CHECK(control_reply_decode(line.data, line.length - 1, &again, &err) == 0);
    CHECK(reply.ok == again.ok && strcmp(reply.text, again.text) == 0);
    CHECK(reply.result_length == again.result_length);
    buf_fini(&line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
    check_request((const char *)data, length);
    check_reply((const char *)data, length);
    return 0;
}
