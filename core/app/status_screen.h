#pragma once
/* Status as text: a screenful of lines of at most `columns` characters, or one line. */
#include "app/status_read.h"
#include "base/buf.h"

struct screen {
    struct buf *out;  /* borrowed */
    int columns, rows; /* 0: no bound */
    int lines;        /* written so far */
    bool colour;      /* ANSI: colours, and each line cleared to its end */
};

void status_screen_draw(struct screen *screen, const struct status *status);
void status_screen_line(struct buf *out, const struct status *status);
