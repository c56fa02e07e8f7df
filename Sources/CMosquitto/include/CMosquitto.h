/* The functions of libmosquitto that are used here, found when they are first needed.
 *
 * The library and the TLS library behind it cost 2 MB of memory from the moment a program that links it starts, so it
 * is opened by spike_mosquitto_open() instead; nothing else here may be called before that has returned NULL. Each
 * function is that of mosquitto.h with the prefix spike_.
 */
#ifndef SPIKE_CMOSQUITTO_H
#define SPIKE_CMOSQUITTO_H

#include <stdbool.h>

#include <mosquitto.h>
#include <mqtt_protocol.h>

/* Opens the library; NULL, or what is missing. Call it from one thread at a time. */
const char *spike_mosquitto_open(void);

int spike_mosquitto_lib_init(void);
struct mosquitto *spike_mosquitto_new(const char *id, bool clean_session, void *object);
void spike_mosquitto_destroy(struct mosquitto *client);
int spike_mosquitto_int_option(struct mosquitto *client, enum mosq_opt_t option, int value);
int spike_mosquitto_username_pw_set(struct mosquitto *client, const char *username, const char *password);
int spike_mosquitto_tls_set(
    struct mosquitto *client, const char *cafile, const char *capath, const char *certfile, const char *keyfile,
    int (*password)(char *buffer, int size, int rwflag, void *object));
int spike_mosquitto_will_set(
    struct mosquitto *client, const char *topic, int length, const void *payload, int qos, bool retain);
int spike_mosquitto_connect_async(struct mosquitto *client, const char *host, int port, int keepalive);
int spike_mosquitto_disconnect(struct mosquitto *client);
int spike_mosquitto_publish(
    struct mosquitto *client, int *mid, const char *topic, int length, const void *payload, int qos, bool retain);
int spike_mosquitto_loop(struct mosquitto *client, int timeout, int packets);
int spike_mosquitto_socket(struct mosquitto *client);
const char *spike_mosquitto_strerror(int code);
const char *spike_mosquitto_reason_string(int code);
void spike_mosquitto_connect_v5_callback_set(
    struct mosquitto *client,
    void (*callback)(struct mosquitto *, void *object, int reason, int flags, const mosquitto_property *));
void spike_mosquitto_disconnect_v5_callback_set(
    struct mosquitto *client, void (*callback)(struct mosquitto *, void *object, int reason, const mosquitto_property *));
void spike_mosquitto_publish_v5_callback_set(
    struct mosquitto *client,
    void (*callback)(struct mosquitto *, void *object, int mid, int reason, const mosquitto_property *));
void spike_mosquitto_log_callback_set(
    struct mosquitto *client, void (*callback)(struct mosquitto *, void *object, int level, const char *text));

#endif
