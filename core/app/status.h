#pragma once
/* `moongate status [-c FILE | -S SOCKET] [--watch] [--interval MS] [--json]`: a running daemon on
 * one screen. In a terminal with --watch it is redrawn in place and follows the window's size; not
 * in a terminal --watch prints one line per look. Exit codes as for ctl (app/ctl.h). */

int status_main(int argc, char **argv); /* argv[0] is "status" */
