#include "peer_certificates.h"

#include <mbedtls/ecp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/check.h"

enum { KINDS = PEER_EXPIRED + 1, PEM_MAX = 4096 };

static bool made;
static mbedtls_pk_context ca_key, stranger_key, server_key;
static mbedtls_x509_crt certificates[KINDS];
static char ca_path[64];

int peer_random(unsigned char *out, size_t length)
{
    return getrandom(out, length, 0) == (ssize_t)length ? 0 : -1;
}

static int random_bytes(void *context, unsigned char *out, size_t length)
{
    (void)context;
    return peer_random(out, length);
}

static void make_key(mbedtls_pk_context *key)
{
    mbedtls_pk_init(key);
    CHECK(mbedtls_pk_setup(key, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY)) == 0);
    CHECK(mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(*key), random_bytes,
                              NULL) == 0);
}

/* subjectAltName by hand: this version of the library has no writer for it. */
static void add_names(mbedtls_x509write_cert *certificate, const char *name)
{
    unsigned char der[64];
    size_t length = strlen(name), at = 0;
    static const unsigned char loopback[] = {0x87, 4, 127, 0, 0, 1};
    der[at++] = 0x30;
    der[at++] = (unsigned char)(2 + length + sizeof loopback);
    der[at++] = 0x82;
    der[at++] = (unsigned char)length;
    memcpy(der + at, name, length);
    at += length;
    memcpy(der + at, loopback, sizeof loopback);
    if (strcmp(name, "localhost") != 0)
        der[at + 5] = 99; /* another address as well */
    at += sizeof loopback;
    CHECK(mbedtls_x509write_crt_set_extension(certificate, "\x55\x1d\x11", 3, 0, der, at) == 0);
}

struct plan { const char *subject, *issuer, *name, *until; mbedtls_pk_context *key, *issuer_key;
              bool authority; };

static void write_pem(const struct plan *plan, unsigned char pem[PEM_MAX])
{
    mbedtls_x509write_cert certificate;
    mbedtls_mpi serial;
    mbedtls_x509write_crt_init(&certificate);
    mbedtls_mpi_init(&serial);
    CHECK(mbedtls_mpi_lset(&serial, random() % 1000000 + 1) == 0);
    mbedtls_x509write_crt_set_version(&certificate, MBEDTLS_X509_CRT_VERSION_3);
    mbedtls_x509write_crt_set_md_alg(&certificate, MBEDTLS_MD_SHA256);
    mbedtls_x509write_crt_set_subject_key(&certificate, plan->key);
    mbedtls_x509write_crt_set_issuer_key(&certificate, plan->issuer_key);
    CHECK(mbedtls_x509write_crt_set_serial(&certificate, &serial) == 0);
    CHECK(mbedtls_x509write_crt_set_subject_name(&certificate, plan->subject) == 0);
    CHECK(mbedtls_x509write_crt_set_issuer_name(&certificate, plan->issuer) == 0);
    CHECK(mbedtls_x509write_crt_set_validity(&certificate, "20200101000000", plan->until) == 0);
    CHECK(mbedtls_x509write_crt_set_basic_constraints(&certificate, plan->authority, -1) == 0);
    if (plan->name)
        add_names(&certificate, plan->name);
    CHECK(mbedtls_x509write_crt_pem(&certificate, pem, PEM_MAX, random_bytes, NULL) == 0);
    mbedtls_mpi_free(&serial);
    mbedtls_x509write_crt_free(&certificate);
}

static void write_ca_file(const unsigned char *pem)
{
    snprintf(ca_path, sizeof ca_path, "/tmp/moongate-test-ca-XXXXXX");
    int fd = mkstemp(ca_path);
    CHECK(fd >= 0);
    CHECK(write(fd, pem, strlen((const char *)pem)) > 0);
    close(fd);
}

static void forget(void)
{
    unlink(ca_path);
    for (int i = 0; i < KINDS; i++)
        mbedtls_x509_crt_free(&certificates[i]);
    mbedtls_pk_free(&ca_key);
    mbedtls_pk_free(&stranger_key);
    mbedtls_pk_free(&server_key);
}

static void make_all(void)
{
    static const char late[] = "20990101000000", past[] = "20210101000000";
    unsigned char pem[PEM_MAX];
    if (made)
        return;
    made = true;
    make_key(&ca_key);
    make_key(&stranger_key);
    make_key(&server_key);
    write_pem(&(struct plan){"CN=test ca", "CN=test ca", NULL, late, &ca_key, &ca_key, true}, pem);
    write_ca_file(pem);
    const struct plan plans[KINDS] = {
        {"CN=localhost", "CN=test ca", "localhost", late, &server_key, &ca_key, false},
        {"CN=other", "CN=test ca", "other.example", late, &server_key, &ca_key, false},
        {"CN=localhost", "CN=test ca", "localhost", late, &server_key, &stranger_key, false},
        {"CN=localhost", "CN=test ca", "localhost", past, &server_key, &ca_key, false},
    };
    for (int i = 0; i < KINDS; i++) {
        mbedtls_x509_crt_init(&certificates[i]);
        write_pem(&plans[i], pem);
        CHECK(mbedtls_x509_crt_parse(&certificates[i], pem, strlen((char *)pem) + 1) == 0);
    }
    atexit(forget);
}

mbedtls_x509_crt *peer_certificate_of(enum peer_certificate kind)
{
    make_all();
    return &certificates[kind];
}

mbedtls_pk_context *peer_certificate_key(void)
{
    make_all();
    return &server_key;
}

const char *peer_ca_file(void)
{
    make_all();
    return ca_path;
}
