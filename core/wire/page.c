#include "wire/page.h"

#include <sodium.h>
#include <stdbool.h>
#include <string.h>

#include "base/check.h"

/* The files as they are on disk, between NAME and NAME_end; CMake says where they lie. */
#define FILE_IN(NAME, PATH)                                                                       \
    __asm__(".section .rodata\n" #NAME ":\n.incbin \"" PATH "\"\n" #NAME "_end:\n.byte 0\n"       \
            ".previous\n");                                                                       \
    extern const char NAME[], NAME##_end[]
FILE_IN(page_css, PAGE_DIR "/page.css");
FILE_IN(page_js, PAGE_DIR "/page.js");
FILE_IN(report_html, PAGE_DIR "/report.html");
FILE_IN(report_js, PAGE_DIR "/report.js");
FILE_IN(sweep_html, PAGE_DIR "/sweep.html");
FILE_IN(sweep_js, PAGE_DIR "/sweep.js");
FILE_IN(chart_js, DYGRAPHS_DIR "/dygraph.min.js");
FILE_IN(chart_css, DYGRAPHS_DIR "/dygraph.min.css");
FILE_IN(chart_licence, DYGRAPHS_LICENCE);

struct file { const char *at, *end; };
#define FILE_OF(NAME) {NAME, NAME##_end}

enum { SCRIPTS = 3, HASH_TEXT = 64 };

static const struct page_parts {
    struct file body, scripts[SCRIPTS]; /* a script that is not there has no `at` */
} PAGES[] = {
    [PAGE_REPORT] = {FILE_OF(report_html),
                     {FILE_OF(chart_js), FILE_OF(page_js), FILE_OF(report_js)}},
    [PAGE_SWEEP] = {FILE_OF(sweep_html), {FILE_OF(page_js), FILE_OF(sweep_js)}},
};

static void put_file(struct buf *out, struct file file)
{
    buf_put(out, file.at, (size_t)(file.end - file.at));
}

static void put_escaped(struct buf *out, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        switch (text[i]) {
        case '<': buf_puts(out, "&lt;"); break;
        case '>': buf_puts(out, "&gt;"); break;
        case '&': buf_puts(out, "&amp;"); break;
        case '"': buf_puts(out, "&quot;"); break;
        default: buf_put(out, text + i, 1);
        }
}

static void put_policy(struct buf *out, const struct page_parts *page)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    char text[HASH_TEXT];

    buf_puts(out, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                  "base-uri 'none'; form-action 'none'; img-src data:; "
                  "style-src 'unsafe-inline'; script-src");
    for (int i = 0; i < SCRIPTS && page->scripts[i].at; i++) {
        struct file script = page->scripts[i];
        crypto_hash_sha256(hash, (const unsigned char *)script.at,
                           (unsigned long long)(script.end - script.at));
        sodium_bin2base64(text, sizeof(text), hash, sizeof(hash), sodium_base64_VARIANT_ORIGINAL);
        buf_printf(out, " 'sha256-%s'", text);
    }
    buf_puts(out, "\">\n");
}

/* In JSON a '<' stands inside a string only, where its escape means the same. */
static void put_figures(struct buf *out, const char *json, size_t length)
{
    size_t from = 0;

    buf_puts(out, "<script type=\"application/json\" id=\"figures\">");
    for (size_t i = 0; i < length; i++)
        if (json[i] == '<') {
            buf_put(out, json + from, i - from);
            buf_puts(out, "\\u003c");
            from = i + 1;
        }
    buf_put(out, json + from, length - from);
    buf_puts(out, "</script>\n");
}

void page_write(enum page_kind kind, const char *title, const char *json, size_t length,
                struct buf *ret)
{
    const struct page_parts *page = &PAGES[kind];
    bool charted = page->scripts[0].at == chart_js;

    buf_puts(ret, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    put_policy(ret, page);
    buf_puts(ret, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                  "<title>");
    put_escaped(ret, title, strlen(title));
    buf_puts(ret, "</title>\n<style>\n");
    if (charted)
        put_file(ret, (struct file)FILE_OF(chart_css));
    put_file(ret, (struct file)FILE_OF(page_css));
    buf_puts(ret, "</style>\n</head>\n<body>\n");
    put_file(ret, page->body);
    if (charted) {
        buf_puts(ret, "<details class=\"licence\"><summary>Charts by dygraphs: its licence"
                      "</summary><pre>");
        put_escaped(ret, chart_licence, (size_t)(chart_licence_end - chart_licence));
        buf_puts(ret, "</pre></details>\n");
    }
    put_figures(ret, json, length);
    for (int i = 0; i < SCRIPTS && page->scripts[i].at; i++) {
        buf_puts(ret, "<script>");
        put_file(ret, page->scripts[i]);
        buf_puts(ret, "</script>\n");
    }
    buf_puts(ret, "</body>\n</html>\n");
}
