#include "lab/params.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "lab/catalog.h"
#include "lab/find.h"
#include "lab/lab.h"
#include "wire/json_read.h"
#include "wire/json_write.h"

struct asked {
    struct lab_script script;
    struct script_start start;
    bool json, rule;
    struct buf declared; /* JSON array, also of what was declared before the chunk raised */
};

static int usage(FILE *out)
{
    fprintf(out,
            "usage: moongate params [options] SCRIPT\n\n"
            "The parameters that a strategy or a rule declares, with types, defaults and ranges.\n"
            "The script is loaded as the host would load it; nothing trades.\n"
            "      --json            for programs\n"
            "  -r, --rule            it is a rule; one in a folder risk_rules is known for one\n"
            "  -p, --product ID      of the script's products; may be given again\n"
            "      --params JSON     what the config would say, for a script that wants some\n"
            "      --library DIR     where modules are found first, lua/lib\n\n"
            "Exit: 0; 1 the script does not load (what it declared before is shown); 2 usage.\n");
    return out == stdout ? 0 : 2;
}

/* --- loading --- */

static bool on_send(void *context, enum script_frame_kind kind, uint64_t request, bool more,
                    const void *payload, size_t length)
{
    (void)context, (void)kind, (void)request, (void)more, (void)payload, (void)length;
    return true;
}

static void on_failed(void *context, struct script *script)
{
    struct asked *asked = context;
    struct err err;

    (void)script_describe(script, &asked->declared, &err);
}

static void prepare(struct asked *asked)
{
    static const int64_t lengths_s[MAX_CANDLE_LENGTHS] = {60, 300, 900, 3600};
    struct script_start *start = &asked->start;
    const char *slash = strrchr(asked->script.path, '/');
    const char *name = slash ? slash + 1 : asked->script.path;
    struct err err;

    if (start->catalog.count == 0)
        (void)lab_catalog_add(&start->catalog, "BTC-PERP-INTX", &err);
    start->role = asked->rule ? SCRIPT_ROLE_RULE : SCRIPT_ROLE_STRATEGY;
    text_copy(start->name, sizeof(start->name), name, strcspn(name, "."));
    start->products = (1u << start->catalog.count) - 1;
    for (int i = 0; i < MAX_CANDLE_LENGTHS; i++)
        start->candle_lengths_ns[i] = lengths_s[i] * 1000000000;
    start->candle_length_count = MAX_CANDLE_LENGTHS;
    start->soft_deadline_ns = start->hard_deadline_ns = 3600000000000;
    start->memory_max = 256 << 20;
}

static int load(struct asked *asked, const char *library, struct err *err)
{
    struct script_host host = {.context = asked, .send = on_send, .failed = on_failed};
    struct buf bytes;
    struct bundle bundle;
    struct script *script = NULL;
    int status = lab_bundle_read(&asked->script, library, &bytes, &bundle, err);

    if (status == 0) {
        script = script_create(&asked->start, &bundle, &host, err);
        status = script ? script_describe(script, &asked->declared, err) : -1;
    }
    script_destroy(script);
    buf_fini(&bytes);
    return status;
}

/* --- showing --- */

static void put_json(const struct asked *asked, const char *error, struct buf *text)
{
    struct json_writer json;

    json_write_init(&json, text);
    json_open_object(&json);
    json_put_text(&json, "script", asked->script.path);
    json_put_text(&json, "role", asked->rule ? "rule" : "strategy");
    if (error)
        json_put_text(&json, "error", error);
    json_put_raw(&json, "parameters", asked->declared.length ? asked->declared.data : "[]",
                 asked->declared.length ? asked->declared.length : 2);
    json_close_object(&json);
}

static void print_json(const struct asked *asked, const char *error)
{
    struct buf text;

    buf_init(&text, 2 * MAX_SCRIPT_STATE);
    put_json(asked, error, &text);
    printf("%s\n", text.data);
    buf_fini(&text);
}

enum { COLUMNS = 6 };
static const struct { const char *name; int width; } columns[COLUMNS] = {
    {"name", 16}, {"type", 9}, {"default", 11}, {"least", 11}, {"most", 11}, {"about", 0}};

static void take_column(struct json_reader *json, struct json_text key,
                        char cells[COLUMNS][DECIMAL_TEXT_MAX * 4])
{
    struct json_text text = {0};
    bool flag;

    for (int i = 0; i < COLUMNS; i++) {
        if (!json_text_equal(key, columns[i].name))
            continue;
        if (json_peek(json) == JSON_BOOL && json_read_bool(json, &flag))
            text = (struct json_text){flag ? "true" : "false", flag ? 4 : 5, false};
        else if (!json_read_scalar(json, &text))
            return;
        json_text_excerpt(text, cells[i], sizeof(cells[i]));
    }
}

/* "a, b, c: " before what it is about. */
static void take_choices(struct json_reader *json, char *ret, size_t capacity)
{
    struct json_text text;
    char choice[64];
    size_t length = 0;

    if (json_enter_array(json))
        while (json_next_item(json))
            if (json_read_scalar(json, &text) && length < capacity) {
                json_text_excerpt(text, choice, sizeof(choice));
                length += (size_t)snprintf(ret + length, capacity - length, "%s%s",
                                           length > 0 ? ", " : "", choice);
            }
}

static void print_line(struct json_reader *json)
{
    char cells[COLUMNS][DECIMAL_TEXT_MAX * 4] = {"", "", "(wanted)"}, choices[256] = "";
    struct json_text key;

    if (json_enter_object(json))
        while (json_next_key(json, &key)) {
            if (json_text_equal(key, "choices"))
                take_choices(json, choices, sizeof(choices));
            take_column(json, key, cells);
        }
    for (int i = 0; i < COLUMNS - 1; i++)
        printf("%-*s ", columns[i].width, cells[i]);
    printf("%s%s%s\n", choices, *choices ? ": " : "", cells[COLUMNS - 1]);
}

static void print_table(const struct asked *asked)
{
    static struct json_reader json;

    for (int i = 0; i < COLUMNS; i++)
        printf("%-*s%s", columns[i].width, columns[i].name, i + 1 < COLUMNS ? " " : "\n");
    json_init(&json, asked->declared.data ? asked->declared.data : "[]",
              asked->declared.data ? asked->declared.length : 2);
    if (json_enter_array(&json))
        while (json_next_item(&json))
            print_line(&json);
}

/* --- options --- */

static int run(struct asked *asked, const char *library)
{
    struct err err = {""};
    int status;

    buf_init(&asked->declared, 2 * MAX_SCRIPT_STATE);
    asked->rule |= strstr(asked->script.path, "risk_rules/") != NULL;
    prepare(asked);
    status = load(asked, library, &err);
    if (asked->json)
        print_json(asked, status < 0 ? err.text : NULL);
    else if (status == 0 || asked->declared.length > 0)
        print_table(asked);
    if (status < 0)
        fprintf(stderr, "moongate params: %.*s\n", (int)strcspn(err.text, "\n"), err.text);
    buf_fini(&asked->declared);
    return status < 0;
}

int params_main(int argc, char **argv)
{
    static const struct option options[] = {
        {"json", no_argument, NULL, 'J'}, {"rule", no_argument, NULL, 'r'},
        {"product", required_argument, NULL, 'p'}, {"params", required_argument, NULL, 'P'},
        {"library", required_argument, NULL, 'L'}, {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0}};
    static struct asked asked;
    static char library_found[FIND_PATH_MAX];
    const char *library = library_found;
    struct err err = {""};
    int option;

    (void)find_shared("lua/lib", library_found);
    while ((option = getopt_long(argc, argv, "rp:h", options, NULL)) != -1) {
        switch (option) {
        case 'J': asked.json = true; break;
        case 'r': asked.rule = true; break;
        case 'p':
            if (lab_catalog_add(&asked.start.catalog, optarg, &err) < 0) {
                fprintf(stderr, "moongate params: %s\n", err.text);
                return 2;
            }
            break;
        case 'P': asked.script.params = optarg; break;
        case 'L': library = optarg; break;
        case 'h': return usage(stdout);
        default: return usage(stderr);
        }
    }
    if (optind + 1 != argc)
        return usage(stderr);
    asked.script.path = argv[optind];
    return run(&asked, library);
}

int params_declared(const char *path, const char *library, const struct catalog *products,
                    struct buf *ret, struct err *err)
{
    static struct asked asked;
    int status;

    memset(&asked, 0, sizeof(asked));
    asked.script.path = path;
    asked.start.catalog = *products;
    buf_init(&asked.declared, 2 * MAX_SCRIPT_STATE);
    prepare(&asked);
    status = load(&asked, library, err);
    put_json(&asked, NULL, ret);
    buf_fini(&asked.declared);
    return status;
}
