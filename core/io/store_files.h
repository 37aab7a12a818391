#pragma once
/* The journal's directory and files, for store.c alone: made, checked, locked, opened. */
#include "io/store_db.h"

struct store_files {
    int lock_fd;   /* the directory, locked for as long as it is open */
    int mark_fd;
    sqlite3 *database;
};

/* Makes what is missing. Nothing is read or verified yet. Undone by store_files_close. */
int store_files_open(struct store_files *files, const char *directory, const char *identity,
                     struct err *err);
/* For writing, once the rows are verified. */
int store_files_open_mark(struct store_files *files, const char *directory, struct err *err);
void store_files_close(struct store_files *files); /* half-opened is fine */
