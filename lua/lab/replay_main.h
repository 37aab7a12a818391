#pragma once
/* `moongate replay [options] DIR`. Exit code: 0 identical; 1 the first divergence is printed; 2 the
 * command line is wrong, or there is no recording that this build can read. */

int replay_main(int argc, char **argv);
