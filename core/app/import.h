#pragma once
/* `moongate import FILE...`: market data out of other people's files, checked line by line, and put
 * together into one file in the columns of docs/backtest.md. Exit code: 0 all lines are good, 1
 * some are not, 2 the command line is wrong or a file cannot be read or written. */

int import_main(int argc, char **argv);
