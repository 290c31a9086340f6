/* probe/http/session.h - a script under way: what its answers gave, and what is known of the ports. */
#pragma once

#include "probe/http/sender.h"
#include "probe/probe.h"

/* A port, or a unix socket, that a request was sent to. */
struct probe_port {
	uint16_t number;    /* 0 = it is a socket */
	const char *socket; /* its path in the container; NULL = a port */
	char way[32];       /* a path of ours that leads to it; "" = it was not there yet, */
	int socket_fd;      /* and what that stands on */
	const char *scheme; /* that it speaks; NULL = not known */
	bool met;           /* it was asked */
	bool guessed;       /* what it speaks was looked for */
};

struct probe_session {
	const struct probe_script_options *options;
	const struct exercise_target *target;
	struct net_exchange_client *client; /* of requests that are sent one after the other; keeps cookies */
	struct strlist variables;
	struct probe_port *ports;
	size_t n_ports, cap;
	size_t n_passes;      /* ports that requests without a port of their own go to */
	size_t kept;          /* bytes of answers in the log */
	uint64_t crawl_until; /* see struct probe_crawl: of all crawls together */
	struct exercise_log *log;
};

void probe_session_init(struct probe_session *s, const struct probe_script_options *options,
			const struct exercise_target *target, struct exercise_log *log);
void probe_session_done(struct probe_session *s);
#define CLEANUP_PROBE_SESSION CLEANUP(probe_session_done)
/* Forgets the cookies. */
void probe_session_new_client(struct probe_session *s);
struct net_exchange_client *probe_session_client(void);
/* Whether several threads may send q to the port: it was met, and what it speaks is known as far as can be. */
bool probe_port_is_known(const struct probe_port *port, const struct probe_request *q);
/* socket: NULL = none. Valid until the next port is asked for. */
struct probe_port *probe_session_port(struct probe_session *s, uint16_t number, const char *socket);

/* Waits until the socket is there, if the port is one. Call it before it is known. */
int probe_port_open(const struct probe_session *s, struct probe_port *port, unsigned timeout_ms,
		    struct err *err) MUST_CHECK;

/* One sending of a request. */
struct probe_attempt {
	struct exercise_step step;
	struct strlist variables; /* as they are after it */
	char *redirect;           /* path on the same port that it leads to; NULL = none */
	bool http_not_spoken;
	struct err fatal; /* ends the script: ERR_CANCELLED */
	/* If the request crawls and was answered, else all zero: from where. */
	struct probe_message message;
	struct net_answer answer;
};
/* Sends q once. A port that is known does not change, so that several threads may send to it, each with a client of its
 * own. variables: as they are before. */
void probe_attempt_make(const struct probe_session *s, struct net_exchange_client *client, struct probe_port *port,
			const struct probe_request *q, const struct strlist *variables, struct probe_attempt *out);
/* Moves the step into the log, and forgets the rest. */
void probe_attempt_log(struct probe_attempt *a, struct probe_session *s);

/* Sends n requests to a known port, as many at once as there are workers; logs the steps in the order of the
 * requests. Variables are those of the last one. redirects: room for n paths, filled with the redirect of each
 * request or NULL, free() each; the cookies of all requests are kept. redirects NULL: one request is repeated, and
 * neither is done. ERR_CANCELLED. */
int probe_session_send(struct probe_session *s, struct probe_port *port, const struct probe_request *const *requests,
		       size_t n, unsigned workers, char **redirects, struct err *err) MUST_CHECK;

/* Follows what the answer to a message refers to, as the same client: with its cookies, headers and credentials.
 * ERR_CANCELLED. */
int probe_session_crawl(struct probe_session *s, struct probe_port *port, const struct probe_message *m,
			const struct net_answer *answer, struct err *err) MUST_CHECK;
