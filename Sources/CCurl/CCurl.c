#include "CCurl.h"

#include <dlfcn.h>

/* curl/curl.h replaces these two by macros that check types. */
#undef curl_easy_setopt
#undef curl_easy_getinfo

/* Each function: result, name after curl_, parameters, arguments. */
#define FUNCTIONS(F)                                                                                                   \
    F(CURLcode, global_init, (long a), (a))                                                                            \
    F(CURL *, easy_init, (void), ())                                                                                   \
    F(void, easy_cleanup, (CURL * a), (a))                                                                             \
    F(CURLcode, easy_perform, (CURL * a), (a))                                                                         \
    F(const char *, easy_strerror, (CURLcode a), (a))                                                                  \
    F(struct curl_slist *, slist_append, (struct curl_slist * a, const char *b), (a, b))                               \
    F(void, slist_free_all, (struct curl_slist * a), (a))

#define DEFINE(result, name, parameters, arguments)                                                                    \
    static __typeof__(&curl_##name) found_##name;                                                                      \
    result spike_curl_##name parameters { return found_##name arguments; }
FUNCTIONS(DEFINE)

static __typeof__(&curl_easy_setopt) found_easy_setopt;
static __typeof__(&curl_easy_getinfo) found_easy_getinfo;

CURLcode spike_curl_set_long(CURL *handle, CURLoption option, long value) {
    return found_easy_setopt(handle, option, value);
}
CURLcode spike_curl_set_text(CURL *handle, CURLoption option, const char *value) {
    return found_easy_setopt(handle, option, value);
}
CURLcode spike_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return found_easy_setopt(handle, option, value);
}
CURLcode spike_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return found_easy_setopt(handle, option, value);
}
CURLcode spike_curl_set_writer(CURL *handle, size_t (*value)(char *, size_t, size_t, void *)) {
    return found_easy_setopt(handle, CURLOPT_WRITEFUNCTION, value);
}
CURLcode spike_curl_set_progress(CURL *handle, int (*value)(void *, curl_off_t, curl_off_t, curl_off_t, curl_off_t)) {
    return found_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, value);
}
CURLcode spike_curl_status(CURL *handle, long *value) {
    return found_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, value);
}

const char *spike_curl_open(void) {
    void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) return dlerror();
#define FIND(result, name, parameters, arguments)                                                                      \
    found_##name = (__typeof__(found_##name))dlsym(library, "curl_" #name);                                            \
    if (found_##name == NULL) return "libcurl.so.4 lacks curl_" #name;
    FUNCTIONS(FIND)
    FIND(CURLcode, easy_setopt, , )
    FIND(CURLcode, easy_getinfo, , )
    return NULL;
}
