#include "sim/mail.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"

static bool is_before(const struct letter *a, const struct letter *b)
{
    return a->at_ns < b->at_ns || (a->at_ns == b->at_ns && a->number < b->number);
}

static void sift_up(struct mail *mail, uint32_t at)
{
    struct letter *moved = mail->heap[at];
    for (; at > 0 && is_before(moved, mail->heap[(at - 1) / 2]); at = (at - 1) / 2)
        mail->heap[at] = mail->heap[(at - 1) / 2];
    mail->heap[at] = moved;
}

static void sift_down(struct mail *mail)
{
    struct letter *moved = mail->heap[0];
    uint32_t at = 0;
    for (;;) {
        uint32_t child = 2 * at + 1;
        if (child + 1 < mail->count && is_before(mail->heap[child + 1], mail->heap[child]))
            child++;
        if (child >= mail->count || !is_before(mail->heap[child], moved))
            break;
        mail->heap[at] = mail->heap[child];
        at = child;
    }
    mail->heap[at] = moved;
}

static struct letter *post(struct mail *mail, enum letter_kind kind, int64_t at_ns, size_t extra)
{
    struct letter *letter = calloc(1, sizeof *letter + extra);
    CHECK(letter);
    if (mail->count == mail->capacity) {
        mail->capacity = mail->capacity ? 2 * mail->capacity : 256;
        mail->heap = realloc(mail->heap, mail->capacity * sizeof(struct letter *));
        CHECK(mail->heap);
    }
    letter->kind = kind;
    letter->at_ns = at_ns;
    letter->number = ++mail->posted;
    mail->heap[mail->count++] = letter;
    sift_up(mail, mail->count - 1);
    return letter;
}

struct letter *mail_post(struct mail *mail, enum letter_kind kind, int64_t at_ns)
{
    return post(mail, kind, at_ns, 0);
}

struct letter *mail_post_event(struct mail *mail, const struct event *event, int64_t at_ns)
{
    size_t extra = 0;
    if (event->kind == EVENT_BOOK)
        extra = event->book.count * sizeof(struct level);
    else if (event->kind == EVENT_TRADES)
        extra = event->trades.count * sizeof(struct trade);
    struct letter *letter = post(mail, LETTER_EVENT, at_ns, extra);
    letter->event = *event;
    if (event->kind == EVENT_BOOK) {
        memcpy(letter->array, event->book.levels, extra);
        letter->event.book.levels = (const void *)letter->array;
    } else if (event->kind == EVENT_TRADES) {
        memcpy(letter->array, event->trades.trades, extra);
        letter->event.trades.trades = (const void *)letter->array;
    }
    return letter;
}

struct letter *mail_take(struct mail *mail, int64_t now_ns)
{
    if (mail->count == 0 || mail->heap[0]->at_ns > now_ns)
        return NULL;
    struct letter *first = mail->heap[0];
    mail->heap[0] = mail->heap[--mail->count];
    if (mail->count > 0)
        sift_down(mail);
    return first;
}

int64_t mail_next_ns(const struct mail *mail)
{
    return mail->count > 0 ? mail->heap[0]->at_ns : INT64_MAX;
}

void mail_fini(struct mail *mail)
{
    for (uint32_t i = 0; i < mail->count; i++)
        free(mail->heap[i]);
    free(mail->heap);
    *mail = (struct mail){.heap = NULL};
}
