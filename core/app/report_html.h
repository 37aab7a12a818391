#pragma once
/* `moongate report --html`: the whole run as one HTML file; see docs/report.md and wire/page.h.
 * `path` NULL: the run's directory, report.html. Exit code as report_main's. */
int report_html(const char *directory, const char *path);
