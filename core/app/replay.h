#pragma once
/* `moongate replay ...` is moongate-lab's, which links Lua and stands beside this program. */

int replay_main(int argc, char **argv);
