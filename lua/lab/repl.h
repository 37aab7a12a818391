#pragma once
/* moongate repl: a console in a script's own state, before the real engine and gate, on a clock
 * that is stepped by hand: in a paper world, or over recorded data. */
int repl_main(int argc, char **argv);
