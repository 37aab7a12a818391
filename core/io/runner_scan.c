/* Finds what Lua text requires, without running it: a lexer that knows comments, strings and long
 * brackets, and no more. `require` with a name that is not literal is not found here; the script is
 * told so when it asks. */
#include <string.h>

#include "io/runner_bundle.h"

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static char peek(const struct lua_scan *scan, size_t ahead)
{
    return (size_t)(scan->end - scan->at) > ahead ? scan->at[ahead] : '\0';
}

static void step(struct lua_scan *scan)
{
    if (*scan->at++ == '\n')
        scan->line++;
}

/* The level of a long bracket that opens here, or -1. */
static int long_level(const struct lua_scan *scan)
{
    int level = 0;
    if (peek(scan, 0) != '[')
        return -1;
    while (peek(scan, (size_t)level + 1) == '=')
        level++;
    return peek(scan, (size_t)level + 1) == '[' ? level : -1;
}

static bool closes_long(const struct lua_scan *scan, int level)
{
    if (peek(scan, 0) != ']' || peek(scan, (size_t)level + 1) != ']')
        return false;
    for (int i = 1; i <= level; i++)
        if (peek(scan, (size_t)i) != '=')
            return false;
    return true;
}

/* Past the whole long bracket; the text inside is given back. */
static void take_long(struct lua_scan *scan, int level, const char **ret_text, size_t *ret_length)
{
    for (int i = 0; i < level + 2; i++)
        step(scan);
    *ret_text = scan->at;
    while (scan->at < scan->end && !closes_long(scan, level))
        step(scan);
    *ret_length = (size_t)(scan->at - *ret_text);
    for (int i = 0; i < level + 2 && scan->at < scan->end; i++)
        step(scan);
}

static void take_short(struct lua_scan *scan, const char **ret_text, size_t *ret_length)
{
    char quote = *scan->at;
    step(scan);
    *ret_text = scan->at;
    while (scan->at < scan->end && *scan->at != quote && *scan->at != '\n') {
        if (*scan->at == '\\' && scan->end - scan->at > 1)
            step(scan);
        step(scan);
    }
    *ret_length = (size_t)(scan->at - *ret_text);
    if (scan->at < scan->end)
        step(scan);
}

static bool take_string(struct lua_scan *scan, const char **ret_text, size_t *ret_length)
{
    int level = long_level(scan);
    if (level >= 0)
        take_long(scan, level, ret_text, ret_length);
    else if (peek(scan, 0) == '"' || peek(scan, 0) == '\'')
        take_short(scan, ret_text, ret_length);
    else
        return false;
    return true;
}

static void skip_comment(struct lua_scan *scan)
{
    const char *text;
    size_t length;
    scan->at += 2;
    int level = long_level(scan);
    if (level >= 0) {
        take_long(scan, level, &text, &length);
        return;
    }
    while (scan->at < scan->end && *scan->at != '\n')
        step(scan);
}

static void skip_blanks(struct lua_scan *scan)
{
    while (scan->at < scan->end) {
        if (peek(scan, 0) == '-' && peek(scan, 1) == '-')
            skip_comment(scan);
        else if (memchr(" \t\r\n\f\v", *scan->at, 6))
            step(scan);
        else
            return;
    }
}

/* A word of Lua; whether it is `require` itself and not a field of that name. */
static bool take_word(struct lua_scan *scan, char before)
{
    const char *word = scan->at;
    while (scan->at < scan->end && is_name_char(*scan->at))
        scan->at++;
    return scan->at - word == 7 && memcmp(word, "require", 7) == 0 && before != '.' &&
           before != ':';
}

bool runner_scan_require(struct lua_scan *scan, const char **ret_name, size_t *ret_length,
                         int *ret_line)
{
    char before = '\0'; /* the last thing that was neither blank nor comment */
    for (skip_blanks(scan); scan->at < scan->end; skip_blanks(scan)) {
        const char *text;
        size_t length;
        if (take_string(scan, &text, &length)) {
            before = '"';
        } else if (is_name_char(*scan->at)) {
            bool requires = take_word(scan, before);
            before = 'a';
            if (!requires)
                continue;
            skip_blanks(scan);
            if (peek(scan, 0) == '(') {
                scan->at++;
                skip_blanks(scan);
            }
            *ret_line = scan->line;
            if (take_string(scan, ret_name, ret_length))
                return true;
        } else {
            before = *scan->at;
            step(scan);
        }
    }
    return false;
}
