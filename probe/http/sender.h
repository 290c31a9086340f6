/* probe/http/sender.h - sends a message and takes the answer, by the protocol of its request. One row of the table a
 * protocol; those that are not HTTP live in probe/wire. */
#pragma once

#include "exercise/exercise.h"
#include "net/fetch.h"
#include "probe/http/message.h"

/* The target of messages. It belongs to one thread: its client keeps connections and cookies. */
struct probe_sending {
	const struct exercise_target *target;
	struct net_exchange_client *client;
	uint16_t port;
	const char *socket;                  /* instead of the port: the path of a unix socket in the container, */
	const char *unix_socket;             /* and a path of ours that leads to it; NULL = none */
	const char *scheme;                  /* "http" or "https" */
	unsigned timeout_ms;                 /* of the whole exchange */
	const struct net_fetch_watch *watch; /* NULL = nobody watches */
};

struct probe_sender {
	/* Fills out as net_fetch does: an answer of a protocol without statuses has 200, and its body. The errors are
	 * those of net_fetch. */
	int (*send)(const struct probe_sending *s, const struct probe_message *m, struct net_answer *out,
		    struct err *err);
	bool has_scheme; /* it is spoken with and without TLS, and which is found out (first.h) */
};
const struct probe_sender *probe_sender_of(enum probe_protocol protocol);

enum net_fetch_version probe_sender_version(const struct probe_request *q);
/* The URL of a path there, as the Host header and redirects have it; free(). */
char *probe_sending_url(const struct probe_sending *s, const struct probe_request *q, const char *path);
