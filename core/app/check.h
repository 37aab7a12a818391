#pragma once
/* `moongate check -c FILE [--json] [--keys]`: all that is wrong with a config file at once, and the
 * limits it puts in force. Exit 0: nothing is wrong; 2: something is. */

int check_main(int argc, char **argv);
