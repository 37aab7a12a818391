#pragma once
/* `moongate recordings DIR`: each run of a folder of recordings, read from its first byte to its
 * last whole turn. Exit code: 0 all are sound, 1 one is damaged, 2 nothing is there. */

int recordings_main(int argc, char **argv);
