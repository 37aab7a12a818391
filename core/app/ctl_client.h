#pragma once
/* The operator's end of the control socket, blocking: for `ctl` and `status`.
 *
 *     if (ctl_find_socket(config_path, socket, path, &err) < 0 ||
 *         !(client = ctl_connect(path, 5, &err)))  ...
 *     ctl_ask(client, &request, &reply, &err)      reply borrows from the client until the next ask
 *     ctl_disconnect(client) */
#include "wire/control_proto.h"

struct ctl_client;
enum { CTL_PATH_MAX = 256 };

/* From -S as it is, else out of the config. A config with other faults still tells its socket: a
 * halt must not wait for a typo. */
int ctl_find_socket(const char *config_path, const char *socket, char ret_path[CTL_PATH_MAX],
                    struct err *err);
/* NULL: nobody answers there; err says how to start a daemon, or who may connect. */
struct ctl_client *ctl_connect(const char *path, int timeout_s, struct err *err);
/* Said once on standard error when an answer takes longer than a person waits without a word. */
void ctl_say_when_slow(struct ctl_client *client, const char *text); /* borrowed */
void ctl_disconnect(struct ctl_client *client); /* NULL is fine */
/* -1: the daemon left, was silent for the timeout, or spoke nonsense. */
int ctl_ask(struct ctl_client *client, const struct control_request *request,
            struct control_reply *ret, struct err *err);
/* The reply's whole line, terminated, without its break. */
const char *ctl_line(const struct ctl_client *client);
