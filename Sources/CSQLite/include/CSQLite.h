/* The functions of SQLite that are used here, found when they are first needed.
 *
 * A program that links the library pays 0.7 MB of memory for it from its start, so it is opened by spike_sqlite_open()
 * instead; nothing else here may be called before that has returned NULL. Each function is that of sqlite3.h with the
 * prefix spike_.
 */
#ifndef SPIKE_CSQLITE_H
#define SPIKE_CSQLITE_H

#include <sqlite3.h>

/* Opens the library; NULL, or what is missing. Call it from one thread at a time. */
const char *spike_sqlite_open(void);

int spike_sqlite3_open_v2(const char *path, sqlite3 **database, int flags, const char *system);
int spike_sqlite3_close_v2(sqlite3 *database);
int spike_sqlite3_exec(
    sqlite3 *database, const char *sql, int (*callback)(void *, int, char **, char **), void *object, char **message);
int spike_sqlite3_prepare_v2(
    sqlite3 *database, const char *sql, int length, sqlite3_stmt **statement, const char **tail);
int spike_sqlite3_step(sqlite3_stmt *statement);
int spike_sqlite3_reset(sqlite3_stmt *statement);
int spike_sqlite3_finalize(sqlite3_stmt *statement);
int spike_sqlite3_bind_int64(sqlite3_stmt *statement, int index, sqlite3_int64 value);
/* Binds a copy of `length` bytes of UTF-8. */
int spike_sqlite3_bind_copy(sqlite3_stmt *statement, int index, const char *text, int length);
int spike_sqlite3_bind_null(sqlite3_stmt *statement, int index);
int spike_sqlite3_bind_double(sqlite3_stmt *statement, int index, double value);
int spike_sqlite3_column_count(sqlite3_stmt *statement);
int spike_sqlite3_column_type(sqlite3_stmt *statement, int column);
sqlite3_int64 spike_sqlite3_column_int64(sqlite3_stmt *statement, int column);
const unsigned char *spike_sqlite3_column_text(sqlite3_stmt *statement, int column);
int spike_sqlite3_column_bytes(sqlite3_stmt *statement, int column);
const char *spike_sqlite3_errmsg(sqlite3 *database);
int spike_sqlite3_busy_timeout(sqlite3 *database, int milliseconds);

#endif
