/* The functions of libcurl that are used here, found when they are first needed.
 *
 * The library brings thirty others along, which cost 6 MB of memory from the start of a program that links it, so it is
 * opened by spike_curl_open() instead; nothing else here may be called before that has returned NULL. The functions with
 * variable arguments, which Swift cannot call, have one form for each kind of argument.
 */
#ifndef SPIKE_CCURL_H
#define SPIKE_CCURL_H

#include <stddef.h>

#include <curl/curl.h>

/* Opens the library; NULL, or what is missing. Call it from one thread at a time. */
const char *spike_curl_open(void);

CURLcode spike_curl_global_init(long flags);
CURL *spike_curl_easy_init(void);
void spike_curl_easy_cleanup(CURL *handle);
CURLcode spike_curl_easy_perform(CURL *handle);
const char *spike_curl_easy_strerror(CURLcode code);
struct curl_slist *spike_curl_slist_append(struct curl_slist *list, const char *text);
void spike_curl_slist_free_all(struct curl_slist *list);

CURLcode spike_curl_set_long(CURL *handle, CURLoption option, long value);
CURLcode spike_curl_set_text(CURL *handle, CURLoption option, const char *value);
CURLcode spike_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *value);
CURLcode spike_curl_set_pointer(CURL *handle, CURLoption option, void *value);
CURLcode spike_curl_set_writer(CURL *handle, size_t (*value)(char *, size_t, size_t, void *));
CURLcode spike_curl_set_progress(CURL *handle, int (*value)(void *, curl_off_t, curl_off_t, curl_off_t, curl_off_t));
CURLcode spike_curl_status(CURL *handle, long *value);

#endif
