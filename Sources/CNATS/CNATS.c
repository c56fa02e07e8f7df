#include "CNATS.h"

#include <dlfcn.h>
#include <stddef.h>

/* Each function: result, name, parameters, arguments. */
#define FUNCTIONS(F)                                                                                                   \
    F(const char *, natsStatus_GetText, (natsStatus a), (a))                                                           \
    F(natsStatus, natsOptions_Create, (natsOptions * *a), (a))                                                         \
    F(natsStatus, natsOptions_SetServers, (natsOptions * a, const char **b, int c), (a, b, c))                         \
    F(natsStatus, natsOptions_SetUserInfo, (natsOptions * a, const char *b, const char *c), (a, b, c))                 \
    F(natsStatus, natsOptions_SetToken, (natsOptions * a, const char *b), (a, b))                                      \
    F(natsStatus, natsOptions_SetUserCredentialsFromFiles, (natsOptions * a, const char *b, const char *c), (a, b, c)) \
    F(natsStatus, natsOptions_SetSecure, (natsOptions * a, bool b), (a, b))                                            \
    F(natsStatus, natsOptions_LoadCATrustedCertificates, (natsOptions * a, const char *b), (a, b))                     \
    F(natsStatus, natsOptions_LoadCertificatesChain, (natsOptions * a, const char *b, const char *c), (a, b, c))       \
    F(natsStatus, natsOptions_SetName, (natsOptions * a, const char *b), (a, b))                                       \
    F(natsStatus, natsOptions_SetTimeout, (natsOptions * a, int64_t b), (a, b))                                        \
    F(natsStatus, natsOptions_SetMaxReconnect, (natsOptions * a, int b), (a, b))                                       \
    F(natsStatus, natsOptions_SetReconnectWait, (natsOptions * a, int64_t b), (a, b))                                  \
    F(natsStatus, natsOptions_SetFailRequestsOnDisconnect, (natsOptions * a, bool b), (a, b))                          \
    F(natsStatus, natsOptions_SetErrorHandler, (natsOptions * a, natsErrHandler b, void *c), (a, b, c))                \
    F(natsStatus, natsConnection_Connect, (natsConnection * *a, natsOptions * b), (a, b))                              \
    F(int64_t, natsConnection_GetMaxPayload, (natsConnection * a), (a))                                                \
    F(natsStatus, natsConnection_GetLastError, (natsConnection * a, const char **b), (a, b))                           \
    F(natsStatus, natsConnection_Publish, (natsConnection * a, const char *b, const void *c, int d), (a, b, c, d))     \
    F(natsStatus, natsConnection_PublishMsg, (natsConnection * a, natsMsg * b), (a, b))                                \
    F(natsStatus, natsConnection_SubscribeSync, (natsSubscription * *a, natsConnection * b, const char *c), (a, b, c)) \
    F(natsStatus, natsSubscription_SetPendingLimits, (natsSubscription * a, int b, int c), (a, b, c))                  \
    F(natsStatus, natsSubscription_NextMsg, (natsMsg * *a, natsSubscription * b, int64_t c), (a, b, c))                \
    F(const char *, natsMsg_GetSubject, (const natsMsg *a), (a))                                                       \
    F(natsStatus, natsConnection_FlushTimeout, (natsConnection * a, int64_t b), (a, b))                                \
    F(natsStatus, natsConnection_RequestMsg, (natsMsg * *a, natsConnection * b, natsMsg * c, int64_t d), (a, b, c, d)) \
    F(natsStatus, natsMsg_Create, (natsMsg * *a, const char *b, const char *c, const char *d, int e),                  \
      (a, b, c, d, e))                                                                                                 \
    F(const char *, natsMsg_GetReply, (const natsMsg *a), (a))                                                         \
    F(const char *, natsMsg_GetData, (const natsMsg *a), (a))                                                          \
    F(int, natsMsg_GetDataLength, (const natsMsg *a), (a))                                                             \
    F(natsStatus, natsMsgHeader_Set, (natsMsg * a, const char *b, const char *c), (a, b, c))                           \
    F(natsStatus, natsMsgHeader_Get, (natsMsg * a, const char *b, const char **c), (a, b, c))                          \
    F(void, natsOptions_Destroy, (natsOptions * a), (a))                                                               \
    F(void, natsConnection_Destroy, (natsConnection * a), (a))                                                         \
    F(void, natsSubscription_Destroy, (natsSubscription * a), (a))                                                     \
    F(void, natsMsg_Destroy, (natsMsg * a), (a))

#define DEFINE(result, name, parameters, arguments)                                                                    \
    static __typeof__(&name) found_##name;                                                                             \
    result spike_##name parameters { return found_##name arguments; }
FUNCTIONS(DEFINE)

const char *spike_nats_open(void) {
    /* Debian 12 names 3.4; later versions kept what is used here. */
    static const char *const names[] = {"libnats.so.3.4", "libnats.so.3", "libnats.so"};
    void *library = NULL;
    for (size_t i = 0; library == NULL && i < sizeof names / sizeof *names; i++)
        library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) return dlerror();
#define FIND(result, name, parameters, arguments)                                                                      \
    found_##name = (__typeof__(found_##name))dlsym(library, #name);                                                    \
    if (found_##name == NULL) return "libnats lacks " #name;
    FUNCTIONS(FIND)
    return NULL;
}
