#pragma once
/* A small public key infrastructure, made anew in each test process. */
#include <mbedtls/pk.h>
#include <mbedtls/x509_crt.h>

#include "peer.h"

mbedtls_x509_crt *peer_certificate_of(enum peer_certificate kind);
mbedtls_pk_context *peer_certificate_key(void);
int peer_random(unsigned char *out, size_t length);
