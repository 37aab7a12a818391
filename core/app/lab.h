#pragma once
/* The verbs that want Lua are moongate-lab's, which stands beside this program: `moongate replay`
 * becomes `moongate-lab replay`, words and all. */

int lab_main(int argc, char **argv);
