#pragma once
/* `moongate ctl [-c FILE | -S SOCKET] [--json] VERB ...`: operates a running daemon over its
 * socket. Exit codes, which docs/operator.md repeats: */

enum ctl_exit {
    CTL_DONE = 0,
    CTL_REFUSED = 1,   /* the daemon said no, or the answer could not be read or printed */
    CTL_USAGE = 2,     /* the command line or the config file is wrong */
    CTL_NO_DAEMON = 3, /* nobody answers on the socket */
};

int ctl_main(int argc, char **argv); /* argv[0] is "ctl" */
