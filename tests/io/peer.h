#pragma once
/* A peer with bad manners: a TLS server on loopback whose behaviour is a C function, run in a
 * thread for each connection. Certificates are made at first use and live in memory; the CA's is
 * written to a file of its own for the code under test.
 *
 *     static void hangs_up(struct peer_session *session) { peer_read_request(session); }
 *     struct peer *peer = peer_create(&(struct peer_options){.script = hangs_up});
 *     ... peer_port(peer), peer_ca_file() ...
 *     peer_destroy(peer);                                joins its threads
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct peer;
struct peer_session;
typedef void peer_script(struct peer_session *session);

enum peer_certificate { PEER_GOOD, PEER_OTHER_HOST, PEER_STRANGER, PEER_EXPIRED };
struct peer_options {
    peer_script *script;
    void *context;
    enum peer_certificate certificate;
    bool no_tls; /* the script has the bare socket */
    const char *address; /* NULL: 127.0.0.1 */
    uint16_t port;       /* 0: any */
};

struct peer *peer_create(const struct peer_options *options);
void peer_destroy(struct peer *peer);
uint16_t peer_port(const struct peer *peer);
unsigned peer_connections(struct peer *peer); /* accepted so far */
unsigned peer_requests(struct peer *peer);    /* read by peer_read_request so far */
const char *peer_ca_file(void);
uint16_t peer_closed_port(void); /* nobody listens there */

/* In a script. All return false when the other side is gone or the peer is being destroyed. */
void *peer_context(struct peer_session *session);
unsigned peer_number(struct peer_session *session); /* of the connection, from 0 */
bool peer_read_request(struct peer_session *session); /* head and Content-Length body */
const char *peer_request(struct peer_session *session); /* the last one read, as text */
bool peer_write(struct peer_session *session, const void *bytes, size_t length);
bool peer_puts(struct peer_session *session, const char *text);
bool peer_read(struct peer_session *session, void *bytes, size_t length); /* exactly */
void peer_wait_gone(struct peer_session *session); /* says nothing until the other side leaves */
bool peer_is_stopping(struct peer_session *session);

/* WebSocket: the upgrade, then frames in either direction. */
bool peer_upgrade(struct peer_session *session);
bool peer_frame(struct peer_session *session, unsigned opcode, bool final, const void *bytes,
                size_t length);
/* Reads one frame, unmasked; at most `capacity` bytes are kept, NUL-ended. */
bool peer_read_frame(struct peer_session *session, unsigned *ret_opcode, char *out,
                     size_t capacity);
