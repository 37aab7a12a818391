#pragma once
/* moongate params SCRIPT: the parameters a script declares, for people and (--json) for programs:
 *
 *     {"script": path, "role": "strategy" | "rule", "error": text or absent,
 *      "parameters": [{"name", "type", "default", "least", "most", "choices", "about"}, ...]}
 *
 * type is integer, number, decimal, boolean, text, choice, or any: asked for without a word more.
 * What was not said is absent; one without a default is wanted. Decimals are text. */
int params_main(int argc, char **argv);
