#pragma once
/* Names to addresses without blocking the loop: one helper thread asks the system's resolver.
 *
 *     struct resolve *resolve = resolve_create(loop, &err);
 *     resolve_ask(resolve, "advanced-trade-ws.coinbase.com", on_answer, me);
 *
 * Numeric addresses are answered from the next pass without the thread. The last good address of a
 * name is kept, and given (with `stale` true) when the resolver fails: whoever uses it still
 * verifies the peer's certificate, so a wrong address fails closed. */
#include "io/loop.h"

struct resolve;
enum { RESOLVE_ADDRESS_MAX = 64, RESOLVE_NAME_MAX = 254, RESOLVE_PENDING_MAX = 16,
       RESOLVE_ADDRESSES_MAX = 8 };

struct resolve_answer {
    char addresses[RESOLVE_ADDRESSES_MAX][RESOLVE_ADDRESS_MAX]; /* numeric, IPv4 before IPv6 */
    unsigned count;   /* 0: failed, see reason */
    bool stale;
    char reason[128]; /* of the failure, also when a stale address is given */
};
typedef void resolve_done(void *context, const struct resolve_answer *answer);

struct resolve *resolve_create(struct loop *loop, struct err *err);
/* Drops what is pending without a call. A look-up in flight is waited for no longer than it takes
 * to notice: the thread frees what it still holds. */
void resolve_destroy(struct resolve *resolve);
/* Always answers later, never from inside. -1: the name is too long, or RESOLVE_PENDING_MAX. */
int resolve_ask(struct resolve *resolve, const char *name, resolve_done *done, void *context,
                struct err *err);
/* `address` of `name` proved itself by its certificate, or failed to. The last one that did is
 * added to every later answer, behind what the resolver says: a forged answer is outlived. */
void resolve_note(struct resolve *resolve, const char *name, const char *address, bool proved);
void resolve_forget(struct resolve *resolve, void *context); /* no answer will reach `context` */
