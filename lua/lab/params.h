#pragma once
#include "base/buf.h"
#include "base/err.h"
#include "model/instrument.h"

/* moongate params SCRIPT: the parameters a script declares, for people and (--json) for programs:
 *
 *     {"script": path, "role": "strategy" | "rule", "error": text or absent,
 *      "parameters": [{"name", "type", "default", "least", "most", "choices", "about"}, ...]}
 *
 * type is integer, number, decimal, boolean, text, choice, or any: asked for without a word more.
 * What was not said is absent; one without a default is wanted. Decimals are text. */
int params_main(int argc, char **argv);

/* The same of a strategy of these products, into *ret: some parameters are by asset. -1: it does
 * not load; what it declared before is there. */
int params_declared(const char *path, const char *library, const struct catalog *products,
                    struct buf *ret, struct err *err);
