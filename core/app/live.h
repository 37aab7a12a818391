#pragma once
/* `moongate run` and `moongate paper`: plugs engine, link or paper venue, runners, journal and
 * operator together over one loop, and decides nothing. Returns the exit code:
 *
 *     0  stopped by signal, own orders gone (or kept, by config), journal closed
 *     1  could not start, or stopped with orders whose end was not seen
 *     2  the command line or the config is wrong
 *     3  an emergency shutdown (the log and the latch say why); the venue shows no own order
 *     4  the same, but own orders may be left; both are still halted at the next start */

int live_main(int argc, char **argv);
