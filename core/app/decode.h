#pragma once
/* `moongate decode [--json] < frames.jsonl`: what the venue's bytes mean to Moongate. Exit 0: every
 * line was understood; 1: a line was not; 2: wrong usage. */

int decode_main(int argc, char **argv);
