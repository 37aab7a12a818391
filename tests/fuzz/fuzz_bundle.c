/* Any bytes as a bundle: one that is taken is written back to the same bytes. */
#include <string.h>

#include "base/check.h"
#include "wire/bundle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
    static struct bundle bundle;
    struct buf buf;
    struct err err = {""};
    char hash[17];
    bundle_hash(data, length, hash);
    CHECK(strlen(hash) == 16);
    if (bundle_decode(data, length, &bundle, &err) < 0) {
        CHECK(err.text[0] != '\0');
        return 0;
    }
    buf_init(&buf, BUNDLE_BYTES_MAX);
    bundle_encode(&bundle, &buf);
    CHECK(!buf.failed && buf.length == length && memcmp(buf.data, data, length) == 0);
    buf_fini(&buf);
    return 0;
}
