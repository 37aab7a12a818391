/* A recorded event from any bytes. What is taken encodes again, shorter or equal (a number may have
 * come in a longer form than it needs), and that decodes to the same event. The same bytes as a
 * script frame, and as a block of entries: refused, or read inside their bounds. */
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "wire/command_rec.h"
#include "wire/event_rec.h"
#include "wire/recording.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);

static struct event_rec_room room[2];

static void check_event(const uint8_t *data, size_t length)
{
    struct event event, again;
    struct err err = {""};
    struct buf first, second;
    if (event_rec_decode(data, length, &room[0], &event, &err) < 0) {
        CHECK(err.text[0] != '\0');
        return;
    }
    buf_init(&first, 1 << 26);
    buf_init(&second, 1 << 26);
    event_rec_encode(&event, &first);
    CHECK(!first.failed && first.length <= length);
    CHECK(event_rec_decode(first.data, first.length, &room[1], &again, NULL) == 0);
    event_rec_encode(&again, &second);
    CHECK(first.length == second.length && memcmp(first.data, second.data, first.length) == 0);
    buf_clear(&second);
    event_rec_print(&again, &second);
    CHECK(!memchr(second.data, '\n', second.length));
    buf_fini(&first);
    buf_fini(&second);
}

static void check_frame(const uint8_t *data, size_t length)
{
    struct frame_rec frame;
    struct buf text;
    buf_init(&text, 1 << 26);
    if (frame_rec_decode(data, length, &frame, NULL) == 0) {
        CHECK(frame.runner < MAX_RUNNERS && frame.length <= length);
        frame_rec_print(&frame, &text);
    }
    buf_clear(&text);
    command_rec_print(data, length, &text);
    buf_fini(&text);
}

static void check_entries(const uint8_t *data, size_t length)
{
    struct bytes_in in = {data, data + length, false};
    struct entry entry;
    struct record record;
    struct stamp at;
    uint64_t number;
    while (recording_next(&in, &entry, NULL) == 1) {
        CHECK(entry.bytes >= data && entry.bytes + entry.length <= data + length);
        (void)recording_read_turn(&entry, &number, &at, NULL);
        (void)recording_read_record(&entry, &record, NULL);
        (void)recording_check_head(&entry, NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
    check_event(data, length);
    check_frame(data, length);
    check_entries(data, length);
    return 0;
}
