/* Apart from bundle.c, which runs in the jail: nothing hashes there, so no crypto is linked. */
#include <sodium.h>

#include "base/text.h"
#include "wire/bundle.h"

void bundle_hash(const void *bytes, size_t length, char ret_hex[17])
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, bytes, length);
    text_hex(hash, 8, ret_hex);
}
