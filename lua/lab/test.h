#pragma once
/* moongate test [PATH]: the specs of strategies and rules, in the laboratory. busted runs them;
 * this finds it, the module and the library, and says how the labs shall be. */
int test_main(int argc, char **argv);
