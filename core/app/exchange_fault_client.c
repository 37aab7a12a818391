/* `moongate-exchange fault`: rules for an exchange that runs, and the manual of the rules. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "app/exchange_faults.h"
#include "base/text.h"

#define HELP                                                                                      \
    "moongate-exchange fault: make a running exchange fail, on purpose\n"                         \
    "\n"                                                                                          \
    "  moongate-exchange fault --control PATH 'RULE'...   give rules\n"                           \
    "  moongate-exchange fault --control PATH list        the rules, counted\n"                   \
    "  moongate-exchange fault --control PATH clear [N]   forget all, or one\n"                   \
    "  moongate-exchange fault --check FILE               read a script, say what is wrong in it\n"\
    "  moongate-exchange fault --table                    every fault, as a table\n"              \
    "\n"                                                                                          \
    "PATH is what the exchange was given as --control. A rule is one line, in a script\n"         \
    "(--faults FILE) as here:\n"                                                                  \
    "\n"                                                                                          \
    "  WHEN... WHERE: FAULT [ARGUMENT]            # a comment\n"                                  \
    "\n"                                                                                          \
    "  next 2 POST /orders: accept-then-drop\n"                                                   \
    "  after 10s for 5s every 3rd POST /orders: delay 20s\n"                                      \
    "  at 5th POST /orders/batch_cancel: status 503\n"                                            \
    "  chance 0.1 channel level2/BTC-PERP-INTX: drop\n"                                           \
    "  for 20s channel user: suppress\n"                                                          \
    "  next 3 connect: close\n"                                                                   \
    "\n"                                                                                          \
    "WHEN, all of it optional, in any order:\n"                                                   \
    "  after TIME, for TIME     a window, from the moment the rule was given (500ms 20s 2m 1h)\n" \
    "  at 3rd                   the third match in it, once\n"                                    \
    "  every 3rd                each third match in it\n"                                         \
    "  next 3                   the first three that it hits, then no more\n"                     \
    "  chance 0.1               drawn at each match from --seed and the rule's number\n"          \
    "WHERE:\n"                                                                                    \
    "  GET PATH, POST PATH, ANY PATH    without /api/v3/brokerage; a star is any text: /cfm/*\n"  \
    "  channel NAME[/PRODUCT]           its frames; * for all of them\n"                          \
    "  connect, subscribe NAME          of a WebSocket\n"                                         \
    "  venue                            at a time, whatever is asked\n"                           \
    "\n"                                                                                          \
    "The same seed, script and requests give the same faults.\n"                                  \
    "\n"

static int connect_to(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && text_copy(address.sun_path, sizeof address.sun_path, path, strlen(path)) &&
        connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    fprintf(stderr, "moongate-exchange fault: %s: %s; does an exchange run with --control %s?\n",
            path, strerror(errno), path);
    if (fd >= 0)
        close(fd);
    return -1;
}

/* Copies the answer out, to its last line. 0 when that is ok. */
static int read_answer(int fd)
{
    char line[1024];
    size_t length = 0;
    while (length < sizeof line && read(fd, line + length, 1) == 1) {
        if (line[length++] != '\n')
            continue;
        bool ok = strncmp(line, "ok", 2) == 0, wrong = strncmp(line, "error ", 6) == 0;
        fwrite(line, 1, length, wrong ? stderr : stdout);
        if (ok || wrong)
            return ok ? 0 : 1;
        length = 0;
    }
    fprintf(stderr, "moongate-exchange fault: the exchange closed the connection\n");
    return 1;
}

static int say(int fd, const char *line)
{
    size_t length = strlen(line);
    if (send(fd, line, length, MSG_NOSIGNAL) != (ssize_t)length ||
        send(fd, "\n", 1, MSG_NOSIGNAL) != 1) {
        fprintf(stderr, "moongate-exchange fault: %s\n", strerror(errno));
        return 1;
    }
    return read_answer(fd);
}

static int give(const char *path, int count, char **lines)
{
    int code = 0, fd = connect_to(path);
    if (fd < 0)
        return 2;
    if (count == 2 && strcmp(lines[0], "clear") == 0) { /* its number is an argument of its own */
        char line[64];
        snprintf(line, sizeof line, "clear %.40s", lines[1]);
        code = say(fd, line);
    } else {
        for (int i = 0; i < count && code == 0; i++)
            code = say(fd, lines[i]);
    }
    close(fd);
    return code;
}

static int check_script(const char *path)
{
    static struct venue_fault_plan plan;
    struct buf text;
    struct err err = {""};
    buf_init(&text, 1024 * 1024);
    venue_fault_plan_init(&plan, 1);
    int result = exchange_file_read(path, text.maximum, &text, &err);
    if (result == 0)
        result = venue_fault_plan_load(&plan, text.data ? text.data : "", text.length, 0, &err);
    buf_fini(&text);
    if (result < 0)
        fprintf(stderr, "moongate-exchange fault: %s: %s\n", path, err.text);
    else
        printf("%s: %u rules\n", path, plan.count);
    return result < 0 ? 2 : 0;
}

static void print_table(void)
{
    struct buf table;
    buf_init(&table, 1024 * 1024);
    venue_fault_table(&table);
    fputs(table.data, stdout);
    buf_fini(&table);
}

int exchange_fault_client(int argc, char **argv)
{
    const char *verb = argc > 1 ? argv[1] : "--help";
    if (strcmp(verb, "--help") == 0 || strcmp(verb, "-h") == 0) {
        fputs(HELP, stdout);
        for (int i = 0; i < VENUE_FAULT_COUNT; i++)
            printf("  %-20s %s\n", venue_fault_name((enum venue_fault)i),
                   venue_fault_words((enum venue_fault)i));
        return 0;
    }
    if (strcmp(verb, "--table") == 0) {
        print_table();
        return 0;
    }
    if (strcmp(verb, "--check") == 0 && argc == 3)
        return check_script(argv[2]);
    if (strcmp(verb, "--control") == 0 && argc > 3)
        return give(argv[2], argc - 3, argv + 3);
    fprintf(stderr, "moongate-exchange fault: --control PATH and a rule are wanted; see --help\n");
    return 2;
}
