#pragma once
/* Self-contained HTML: a page of ours (folder `page/`), the chart library with its licence, and the
 * figures, in one file that asks the network for nothing.
 *
 *     page_write(PAGE_REPORT, "demo", json.data, json.length, &html);
 *
 * The figures stand in a data block, every '<' in them written as \u003c, and the page puts them
 * into the document as text alone. A content security policy lets run the page's own scripts, by
 * their hashes, and nothing else: what a strategy's name smuggles in stays words. */
#include "base/buf.h"

enum page_kind { PAGE_REPORT, PAGE_SWEEP };

/* Appends the file. `json` is whole and known to be JSON; `title` is any text. */
void page_write(enum page_kind kind, const char *title, const char *json, size_t length,
                struct buf *ret);
