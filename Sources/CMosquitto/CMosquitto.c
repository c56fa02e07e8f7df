#include "CMosquitto.h"

#include <dlfcn.h>
#include <stddef.h>

/* Each function: result, name after mosquitto_, parameters, arguments. */
#define FUNCTIONS(F)                                                                                                   \
    F(int, lib_init, (void), ())                                                                                       \
    F(struct mosquitto *, new, (const char *a, bool b, void *c), (a, b, c))                                            \
    F(int, int_option, (struct mosquitto * a, enum mosq_opt_t b, int c), (a, b, c))                                    \
    F(int, username_pw_set, (struct mosquitto * a, const char *b, const char *c), (a, b, c))                           \
    F(int, tls_set,                                                                                                    \
      (struct mosquitto * a, const char *b, const char *c, const char *d, const char *e,                               \
       int (*f)(char *, int, int, void *)),                                                                            \
      (a, b, c, d, e, f))                                                                                              \
    F(int, will_set, (struct mosquitto * a, const char *b, int c, const void *d, int e, bool f), (a, b, c, d, e, f))   \
    F(int, connect_async, (struct mosquitto * a, const char *b, int c, int d), (a, b, c, d))                           \
    F(int, disconnect, (struct mosquitto * a), (a))                                                                    \
    F(int, publish, (struct mosquitto * a, int *b, const char *c, int d, const void *e, int f, bool g),                \
      (a, b, c, d, e, f, g))                                                                                           \
    F(int, loop, (struct mosquitto * a, int b, int c), (a, b, c))                                                      \
    F(int, socket, (struct mosquitto * a), (a))                                                                        \
    F(const char *, strerror, (int a), (a))                                                                            \
    F(const char *, reason_string, (int a), (a))                                                                       \
    PROCEDURES(F)
#define PROCEDURES(F)                                                                                                  \
    F(void, destroy, (struct mosquitto * a), (a))                                                                      \
    F(void, connect_v5_callback_set,                                                                                   \
      (struct mosquitto * a, void (*b)(struct mosquitto *, void *, int, int, const mosquitto_property *)), (a, b))     \
    F(void, disconnect_v5_callback_set,                                                                                \
      (struct mosquitto * a, void (*b)(struct mosquitto *, void *, int, const mosquitto_property *)), (a, b))          \
    F(void, publish_v5_callback_set,                                                                                   \
      (struct mosquitto * a, void (*b)(struct mosquitto *, void *, int, int, const mosquitto_property *)), (a, b))     \
    F(void, log_callback_set, (struct mosquitto * a, void (*b)(struct mosquitto *, void *, int, const char *)), (a, b))

#define DEFINE(result, name, parameters, arguments)                                                                    \
    static __typeof__(&mosquitto_##name) found_##name;                                                                 \
    result spike_mosquitto_##name parameters { return found_##name arguments; }
FUNCTIONS(DEFINE)

const char *spike_mosquitto_open(void) {
    void *library = dlopen("libmosquitto.so.1", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) return dlerror();
#define FIND(result, name, parameters, arguments)                                                                      \
    found_##name = (__typeof__(found_##name))dlsym(library, "mosquitto_" #name);                                       \
    if (found_##name == NULL) return "libmosquitto.so.1 lacks mosquitto_" #name;
    FUNCTIONS(FIND)
    return NULL;
}
