#pragma once
/* A journal written in one go, for a run that acts on nothing: a backtest. The same files, rows
 * and chain as io/store.h makes, in one transaction, without a thread and without waiting for
 * the disk; the same records give the same bytes.
 *
 *     bulk = store_bulk_open("run", "backtest", &err);     the directory is new, or has no journal
 *     turn.journal = store_bulk_port(bulk);
 *     store_bulk_close(bulk, &err);                        all of it is in the file now
 */
#include "base/err.h"
#include "model/ports.h"

struct store_bulk;

struct store_bulk *store_bulk_open(const char *directory, const char *identity, struct err *err);
struct journal_port store_bulk_port(struct store_bulk *bulk);
/* -1: a row could not be written; what was is undone. NULL is fine. */
int store_bulk_close(struct store_bulk *bulk, struct err *err);
