#pragma once
/* What a word of a command line says, and what is said when it does not.
 *
 *     if (!option_time(optarg, &from_ns))
 *         return option_wrong("backtest", "from", optarg, OPTION_TIME);
 *     moongate backtest: --from wants a time, such as 2024-08-08T23:55:00Z or 2024-08-08, ... */
#include <stdbool.h>
#include <stdint.h>

#define OPTION_TIME "a time, such as 2024-08-08T23:55:00Z or 2024-08-08"

bool option_count(const char *text, uint64_t most, uint64_t *ret);
bool option_time(const char *text, int64_t *ret_ns); /* of a day: its beginning, UTC */
/* Says what option `name` wants instead of `value`, and where all of them stand; 2. */
int option_wrong(const char *verb, const char *name, const char *value, const char *wants);
/* The word that getopt stopped at; with opterr 0, for this names it. 2. */
int option_unknown(const char *verb, const char *word);
/* Says that something is wanted; 2. */
int option_usage(const char *verb, const char *what);
