#pragma once
/* A config as the lab reads it: the file, its scripts and its library are looked for where one
 * stands and then, as find_shared does, where the house lies. So the shipped ones serve anywhere.
 */
#include "app/config.h"
#include "base/err.h"
#include "lab/find.h"

/* To be released by config_fini, whatever comes back. */
int find_config(const char *path, struct config *ret, struct err *err);
/* The section of that name or script; strategy_count: there is none. */
uint32_t find_config_strategy(const struct config *config, const char *wanted);
/* The script that is meant by a word that names no section: itself, or strategies/WORD.lua. false:
 * a word without such a script. */
bool find_strategy(const char *wanted, char ret[FIND_PATH_MAX]);
