#include "io/signer.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "wire/coinbase_rest.h"

void signer_host(const char *host, uint16_t port, char out[SIGNER_HOST_MAX])
{
    if (port == 443)
        snprintf(out, SIGNER_HOST_MAX, "%s", host);
    else
        snprintf(out, SIGNER_HOST_MAX, "%s:%u", host, port);
}

/* Legacy keys sign each request: key, time and signature as headers. */
static int submit_hmac(const struct signer *signer, struct http_request *request, int64_t wall_s,
                       http_done *done, void *context, struct err *err)
{
    char key[300], stamp[64], line[SIGNATURE_TEXT_MAX + 32], signature[SIGNATURE_TEXT_MAX];
    char path[512];
    size_t length = strcspn(request->path, "?");
    if (!text_copy(path, sizeof path, request->path, length))
        return err_set(err, "the path of %zu bytes is too long to be signed", length);
    if (sign_hmac(signer->key, wall_s, request->method, path, request->body ? request->body : "",
                  request->body_length, signature, err) < 0)
        return -1;
    snprintf(key, sizeof key, "CB-ACCESS-KEY: %s", sign_key_name(signer->key));
    snprintf(stamp, sizeof stamp, "CB-ACCESS-TIMESTAMP: %lld", (long long)wall_s);
    snprintf(line, sizeof line, "CB-ACCESS-SIGN: %s", signature);
    request->headers[0] = key;
    request->headers[1] = stamp;
    request->headers[2] = line;
    return http_submit(signer->http, request, done, context, err);
}

int signer_submit(const struct signer *signer, struct http_request *request, int token_path,
                  int64_t wall_s, http_done *done, void *context, struct err *err)
{
    char token[JWT_MAX];
    if (!signer->key)
        return err_set(err, "there is no key to sign with");
    if (sign_key_kind(signer->key) == KEY_HMAC_HEX)
        return submit_hmac(signer, request, wall_s, done, context, err);
    int signed_now = token_path >= 0
                         ? token_pool_take(signer->tokens, token_path, wall_s, token, err)
                         : token_pool_sign(signer->tokens, request->method, request->path, wall_s,
                                           token, err);
    if (signed_now < 0)
        return -1;
    request->bearer = token;
    int submitted = http_submit(signer->http, request, done, context, err);
    explicit_bzero(token, sizeof token);
    return submitted;
}

enum coinbase_error signer_error(const struct http_result *result)
{
    static const enum coinbase_transport TRANSPORTS[] = {
        [HTTP_NOT_SENT] = TRANSPORT_NOT_SENT, [HTTP_SENT_NO_REPLY] = TRANSPORT_NO_REPLY,
        [HTTP_PARTIAL] = TRANSPORT_CUT, [HTTP_COMPLETE] = TRANSPORT_WHOLE};
    return coinbase_error_of(TRANSPORTS[result->state], result->status, result->body,
                             result->body_length);
}

int signer_check(const struct http_result *result, struct err *err)
{
    char reason[REASON_MAX];
    if (result->state != HTTP_COMPLETE)
        return err_set(err, "%s", result->reason);
    if (result->status == 200)
        return 0;
    coinbase_rest_decode_error(result->status, result->body, result->body_length, reason);
    return err_set(err, "HTTP %d: %s", result->status, reason);
}
