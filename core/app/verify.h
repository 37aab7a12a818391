#pragma once
/* `moongate verify [--json] DIR`: reads a journal as it lies there, changes nothing, and says what
 * is wrong: rows that are missing, changed, undecodable, lost from the end. Exit codes: 0 whole,
 * 1 damaged, 2 wrong command line or no journal there. */

int verify_main(int argc, char **argv); /* argv[0] is "verify" */
