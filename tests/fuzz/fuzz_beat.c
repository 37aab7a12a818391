/* A host's sign of life, which anything of the same user could send: what is taken is written
 * again alike. */
#include "base/check.h"
#include "wire/beat.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
    struct beat beat, again;
    struct err err = {""};
    struct buf line;
    if (beat_decode((const char *)data, length, &beat, &err) < 0) {
        CHECK(err.text[0] != '\0');
        return 0;
    }
    CHECK(beat.pid > 0 && beat.at_ns >= 0 && beat.run >> 40 == 0);
    buf_init(&line, BEAT_MAX);
    beat_encode(&beat, &line);
    CHECK(!line.failed && beat_decode(line.data, line.length, &again, &err) == 0);
    CHECK(beat.run == again.run && beat.owner_tag == again.owner_tag && beat.pid == again.pid &&
          beat.at_ns == again.at_ns && beat.stopped == again.stopped);
    buf_fini(&line);
    return 0;
}
