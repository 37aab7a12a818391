#pragma once
/* Commands and script frames as the recording keeps them: to compare and to read, never to act on.
 * Equal values give equal bytes.
 *
 * A view is kept as its number and a hash of all it shows: replay builds it again. A frame to a
 * runner names what it carried (the view's or notice's number, the question's request), a frame
 * from one carries all that was said, but for the layers of its jail. */
#include "model/command.h"
#include "wire/layout.h"
#include "wire/script_proto.h"

void command_rec_encode(const struct command *command, struct buf *ret);
void command_rec_print(const void *bytes, size_t length, struct buf *ret); /* encoded ones */

uint64_t view_rec_hash(const struct view *view);
void view_rec_print(const struct view *view, struct buf *ret);

struct frame_rec { /* one frame between core and runner, as recorded */
    actor_index runner;
    bool from_runner;
    enum script_frame_kind kind;
    bool more;
    uint32_t generation;
    uint64_t request;
    uint64_t number;           /* to a runner: of its view or notice */
    const void *bytes;         /* else what it carried, encoded; borrowed */
    size_t length;
};
void frame_rec_encode(actor_index runner, bool from_runner, const struct script_head *head,
                      const void *payload, struct buf *ret);
int frame_rec_decode(const void *bytes, size_t length, struct frame_rec *ret, struct err *err);
/* In words; `frame` is a decoded one. */
void frame_rec_print(const struct frame_rec *frame, struct buf *ret);
