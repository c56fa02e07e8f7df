/* The functions of libnats that are used here, found when they are first needed.
 *
 * The library brings OpenSSL along, so it is opened by spike_nats_open() and not linked; nothing else here may be
 * called before that has returned NULL. Each function is that of nats.h with the prefix spike_. JetStream is spoken as
 * requests and replies in JSON, so the functions of nats.h for it are not needed.
 */
#ifndef SPIKE_CNATS_H
#define SPIKE_CNATS_H

#include <stdbool.h>
#include <stdint.h>

#include <nats/nats.h>

/* Opens the library; NULL, or what is missing. Call it from one thread at a time. */
const char *spike_nats_open(void);

const char *spike_natsStatus_GetText(natsStatus status);
natsStatus spike_natsOptions_Create(natsOptions **options);
void spike_natsOptions_Destroy(natsOptions *options);
natsStatus spike_natsOptions_SetServers(natsOptions *options, const char **servers, int count);
natsStatus spike_natsOptions_SetUserInfo(natsOptions *options, const char *user, const char *password);
natsStatus spike_natsOptions_SetToken(natsOptions *options, const char *token);
natsStatus spike_natsOptions_SetUserCredentialsFromFiles(
    natsOptions *options, const char *userOrChainedFile, const char *seedFile);
natsStatus spike_natsOptions_SetSecure(natsOptions *options, bool secure);
natsStatus spike_natsOptions_LoadCATrustedCertificates(natsOptions *options, const char *file);
natsStatus spike_natsOptions_LoadCertificatesChain(natsOptions *options, const char *certificates, const char *key);
natsStatus spike_natsOptions_SetName(natsOptions *options, const char *name);
natsStatus spike_natsOptions_SetTimeout(natsOptions *options, int64_t milliseconds);
natsStatus spike_natsOptions_SetMaxReconnect(natsOptions *options, int most);
natsStatus spike_natsOptions_SetReconnectWait(natsOptions *options, int64_t milliseconds);
natsStatus spike_natsOptions_SetFailRequestsOnDisconnect(natsOptions *options, bool fail);
natsStatus spike_natsOptions_SetErrorHandler(natsOptions *options, natsErrHandler handler, void *closure);
natsStatus spike_natsConnection_Connect(natsConnection **connection, natsOptions *options);
void spike_natsConnection_Destroy(natsConnection *connection);
int64_t spike_natsConnection_GetMaxPayload(natsConnection *connection);
natsStatus spike_natsConnection_GetLastError(natsConnection *connection, const char **text);
natsStatus spike_natsConnection_Publish(natsConnection *connection, const char *subject, const void *data, int length);
natsStatus spike_natsConnection_PublishMsg(natsConnection *connection, natsMsg *message);
natsStatus spike_natsConnection_SubscribeSync(
    natsSubscription **subscription, natsConnection *connection, const char *subject);
natsStatus spike_natsSubscription_SetPendingLimits(natsSubscription *subscription, int messages, int bytes);
natsStatus spike_natsSubscription_NextMsg(natsMsg **message, natsSubscription *subscription, int64_t milliseconds);
void spike_natsSubscription_Destroy(natsSubscription *subscription);
const char *spike_natsMsg_GetSubject(const natsMsg *message);
natsStatus spike_natsConnection_FlushTimeout(natsConnection *connection, int64_t milliseconds);
natsStatus spike_natsConnection_RequestMsg(
    natsMsg **reply, natsConnection *connection, natsMsg *request, int64_t milliseconds);
natsStatus spike_natsMsg_Create(
    natsMsg **message, const char *subject, const char *reply, const char *data, int length);
void spike_natsMsg_Destroy(natsMsg *message);
const char *spike_natsMsg_GetReply(const natsMsg *message);
const char *spike_natsMsg_GetData(const natsMsg *message);
int spike_natsMsg_GetDataLength(const natsMsg *message);
natsStatus spike_natsMsgHeader_Set(natsMsg *message, const char *key, const char *value);
natsStatus spike_natsMsgHeader_Get(natsMsg *message, const char *key, const char **value);

#endif
