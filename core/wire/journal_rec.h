#pragma once
/* Records <-> the JSON text that the journal keeps, and the checksum that chains its rows. Pure.
 *
 *     journal_rec_encode(&record, &body);           {"owner_tag":7,"boot_random":99,...}
 *     journal_rec_decode("boot", 4, at, body.data, body.length, &again, &err);
 *
 * A row is number, stamp, kind and body; kind and stamp stand beside the body, not in it. Decoding
 * is strict: each member once, none unknown, none missing, every enum, index and text in range.
 * What was encoded decodes to the same record, with one exception: text that is not UTF-8 (a
 * venue's words cut in the middle of a character) has its broken bytes written as '?'. */
#include "base/buf.h"
#include "base/err.h"
#include "model/record.h"

enum { JOURNAL_CHAIN_BYTES = 32, JOURNAL_BODY_MAX = 4096, JOURNAL_KIND_MAX = 16 };

/* Appends the body. A value outside its enum is a bug in who made the record. */
void journal_rec_encode(const struct record *record, struct buf *ret_body);

/* -1: err says which member. *ret is then undefined. */
int journal_rec_decode(const char *kind, size_t kind_length, struct stamp at, const char *body,
                       size_t length, struct record *ret, struct err *err);

/* Where the chain begins: bound to whose journal it is, so that one environment's rows do not
 * continue another's. */
void journal_rec_genesis(const char *identity, unsigned char ret_chain[JOURNAL_CHAIN_BYTES]);

struct journal_row { /* everything the chain covers */
    int64_t number;
    struct stamp at;
    const char *kind, *body; /* borrowed, not terminated */
    size_t kind_length, body_length;
};
/* SHA-256 over the previous row's chain and this row. */
void journal_rec_chain(const unsigned char previous[JOURNAL_CHAIN_BYTES],
                       const struct journal_row *row, unsigned char ret_chain[JOURNAL_CHAIN_BYTES]);

const char *operator_verb_text(enum operator_verb verb); /* as the control socket spells it */
