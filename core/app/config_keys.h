#pragma once
/* The table of all keys. One row: where its value goes, what it may be, what it means. */
#include <stddef.h>

#include "app/config.h"

enum key_kind_of {
    KEY_TEXT,   /* non-empty text that fits */
    KEY_PATH,   /* the same; relative to where the program runs */
    KEY_SIZE, KEY_MONEY, KEY_RATIO, /* decimals as text, positive */
    KEY_COUNT,  /* whole number above 0 -> uint32_t */
    KEY_NUMBER, /* whole number, 0 allowed -> uint32_t */
    KEY_PORT,   /* 1 to 65535 -> uint16_t */
    KEY_MS,     /* whole milliseconds above 0 -> int64_t ns */
    KEY_BOOL,
    KEY_CHOICE, /* one of `choices` -> uint32_t (an enum) */
    KEY_NESTED  /* read by its own function: a group or a list */
};

struct config_key {
    const char *name;
    enum key_kind_of kind;
    bool required;
    size_t offset, bytes;        /* into the section's struct; bytes of a text */
    const char *const *choices;  /* NULL-ended, KEY_CHOICE */
    const char *meaning;
};
struct config_section {
    const char *name;            /* "" is the file itself */
    const struct config_key *keys;
    uint32_t count;
};

extern const struct config_section config_top, config_venue, config_account, config_market,
    config_runners, config_recording, config_product_section, config_strategy_section,
    config_rule_section, config_watch, config_risk, config_stress_section, config_paper;

/* A value as the config would write it, without quotes; a whole one (times in milliseconds). */
void config_value_text(const struct config_key *key, const void *section,
                       char ret[DECIMAL_TEXT_MAX]);
int64_t config_value_whole(const struct config_key *key, const void *section);
/* "BTC-cde" */
void config_product_name(const struct config_product *of, char ret[NAME_MAX_BYTES]);
