#pragma once
/* Products by name, as the simulated venue lists them: what a lab trades. */
#include "base/err.h"
#include "model/instrument.h"

/* -1: the venue does not list it, it is there already, or there are MAX_PRODUCTS. */
int lab_catalog_add(struct catalog *catalog, const char *id, struct err *err);
/* Likewise by the name that a config has for it: BTC-cde. */
int lab_catalog_add_named(struct catalog *catalog, const char *name, struct err *err);
