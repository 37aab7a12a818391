#pragma once
/* Keys at rest and in memory. The key file is JSON as Coinbase hands it out:
 *
 *     {"name": "organizations/.../apiKeys/...", "privateKey": "-----BEGIN EC PRIVATE ..."}
 *
 * `id` stands in for `name` when there is none. Legacy HMAC keys say so: {"name", "secret",
 * "passphrase", "kind": "hmac-hex" | "hmac-base64"}; the passphrase is for hmac-base64 alone.
 *
 *     secret_harden_process(&err);                     first thing in main
 *     key = secret_load_key("/run/credentials/.../coinbase.json", API_ADVANCED, &err);
 *
 * The file must be regular, not a link, ours or root's, of mode 0600 or narrower, and at most
 * SECRET_FILE_MAX bytes. Its bytes live in locked memory for the length of the call, are wiped on
 * every way out, and appear in no error text. */
#include "wire/sign.h"

enum { SECRET_FILE_MAX = 16 * 1024 };

/* No core dumps (RLIMIT_CORE 0), and neither ptrace nor /proc/self/mem by others of our user
 * (PR_SET_DUMPABLE 0). exec undoes the second, so it is not inherited by runners. */
int secret_harden_process(struct err *err);

/* NULL with err: which check failed, and the command that mends it. API_EXCHANGE takes only
 * hmac-base64 keys; API_ADVANCED takes all but those. */
struct sign_key *secret_load_key(const char *path, enum api_mode mode, struct err *err);

/* 40 bits for the boot's client ids and 16 bytes for nonces come from here: getrandom. */
int secret_random(void *bytes, size_t length, struct err *err);
