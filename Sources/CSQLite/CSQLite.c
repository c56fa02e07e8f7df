#include "CSQLite.h"

#include <dlfcn.h>
#include <stddef.h>

/* Each function: result, name after sqlite3_, parameters, arguments. */
#define FUNCTIONS(F)                                                                                                   \
    F(int, open_v2, (const char *a, sqlite3 **b, int c, const char *d), (a, b, c, d))                                  \
    F(int, close_v2, (sqlite3 * a), (a))                                                                               \
    F(int, exec, (sqlite3 * a, const char *b, int (*c)(void *, int, char **, char **), void *d, char **e),             \
      (a, b, c, d, e))                                                                                                 \
    F(int, prepare_v2, (sqlite3 * a, const char *b, int c, sqlite3_stmt **d, const char **e), (a, b, c, d, e))         \
    F(int, step, (sqlite3_stmt * a), (a))                                                                              \
    F(int, reset, (sqlite3_stmt * a), (a))                                                                             \
    F(int, finalize, (sqlite3_stmt * a), (a))                                                                          \
    F(int, bind_int64, (sqlite3_stmt * a, int b, sqlite3_int64 c), (a, b, c))                                          \
    F(int, bind_null, (sqlite3_stmt * a, int b), (a, b))                                                               \
    F(int, bind_double, (sqlite3_stmt * a, int b, double c), (a, b, c))                                                \
    F(int, column_count, (sqlite3_stmt * a), (a))                                                                      \
    F(int, column_type, (sqlite3_stmt * a, int b), (a, b))                                                             \
    F(sqlite3_int64, column_int64, (sqlite3_stmt * a, int b), (a, b))                                                  \
    F(const unsigned char *, column_text, (sqlite3_stmt * a, int b), (a, b))                                           \
    F(int, column_bytes, (sqlite3_stmt * a, int b), (a, b))                                                            \
    F(const char *, errmsg, (sqlite3 * a), (a))                                                                        \
    F(int, busy_timeout, (sqlite3 * a, int b), (a, b))

#define DEFINE(result, name, parameters, arguments)                                                                    \
    static __typeof__(&sqlite3_##name) found_##name;                                                                   \
    result spike_sqlite3_##name parameters { return found_##name arguments; }
FUNCTIONS(DEFINE)

static __typeof__(&sqlite3_bind_text) found_bind_text;

int spike_sqlite3_bind_copy(sqlite3_stmt *statement, int index, const char *text, int length) {
    return found_bind_text(statement, index, text, length, SQLITE_TRANSIENT);
}

const char *spike_sqlite_open(void) {
    void *library = dlopen("libsqlite3.so.0", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) return dlerror();
#define FIND(result, name, parameters, arguments)                                                                      \
    found_##name = (__typeof__(found_##name))dlsym(library, "sqlite3_" #name);                                         \
    if (found_##name == NULL) return "libsqlite3.so.0 lacks sqlite3_" #name;
    FUNCTIONS(FIND)
    FIND(int, bind_text, , )
    return NULL;
}
