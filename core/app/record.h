#pragma once
/* `moongate record`: the market's stream as it comes, frame by frame, into a recording that
 * `moongate backtest -d` plays. It trades nothing and reads no key. Exit code: 0 stopped by signal
 * or by --for, 1 it could not start or go on, 2 the command line or the config is wrong. */

int record_main(int argc, char **argv);
