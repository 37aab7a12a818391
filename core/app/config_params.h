#pragma once
/* A libconfig group as one JSON object: what a script sees as host.params. Keys are sorted, so that
 * the bundle's hash does not change when lines of the file change places. */
#include <libconfig.h>

#include "app/config.h"

/* Owned by the caller; "{}" for NULL. NULL with err: nested too deep, or too large. */
char *config_params_json(const config_setting_t *group, struct err *err);
/* Rules between keys: environments against hosts, defaults from other keys, names and products that
 * exist. Adds problems; `file` is asked for their lines. */
void config_check(struct config *config, const config_t *file, struct config_problems *problems);
