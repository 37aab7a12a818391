#pragma once
/* Client order ids: UUIDv4-shaped text that says whose order it is, unique even when the state
 * directory is restored from a backup, because 40 bits are drawn anew at each boot.
 *
 *     owner tag 32 bits | boot random 40 bits | sequence 48 bits | version 4, variant 2
 */
#include "model/types.h"

enum { CLIENT_ID_TEXT = 37 };

struct client_id client_id_make(uint32_t owner_tag, uint64_t boot_random, uint64_t sequence);
uint32_t client_id_owner(struct client_id id);
uint64_t client_id_boot(struct client_id id);
uint64_t client_id_sequence(struct client_id id);
void client_id_format(struct client_id id, char out[CLIENT_ID_TEXT]);
/* false when it is not UUID-shaped: then it is certainly not ours. */
bool client_id_parse(const char *text, size_t length, struct client_id *ret);
bool client_id_equal(struct client_id a, struct client_id b);
