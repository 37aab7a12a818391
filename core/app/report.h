#pragma once
/* `moongate report DIRECTORY`: the days that the journal holds. Exit: 0; 1 damaged; 2 wrong. */
int report_main(int argc, char **argv);
