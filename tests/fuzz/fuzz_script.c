/* Frames as a hostile runner, and as a damaged core, might send them: whatever decodes, encodes
 * back to the same bytes. The first byte chooses the direction. */
#include <string.h>

#include "base/check.h"
#include "wire/script_proto.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
    static _Alignas(SCRIPT_ALIGN) unsigned char in[MAX_SCRIPT_FRAME], out[MAX_SCRIPT_FRAME];
    struct script_head head;
    const void *payload;
    struct err err;
    if (length < 1 || length - 1 > sizeof in)
        return 0;
    bool from_runner = data[0] & 1;
    uint32_t generation = data[0] >> 1;
    memcpy(in, data + 1, --length);
    if (script_frame_decode(in, length, generation, from_runner, &head, &payload, &err) < 0) {
        CHECK(err.text[0] != '\0');
        return 0;
    }
    int bytes = script_frame_encode(out, sizeof out, (enum script_frame_kind)head.kind,
                                    head.generation, head.request, head.more, payload, head.length);
    CHECK(bytes == (int)length && memcmp(in, out, length) == 0);
    return 0;
}
