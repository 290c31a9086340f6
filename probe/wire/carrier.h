/* probe/wire/carrier.h - requests of HTTP's kind that are carried by another protocol: FastCGI, as a web server hands a
 * request to php-fpm, and WebSocket, a handshake with one message. The answer is one as of HTTP.
 * Errors: those of wire.h; ERR_PROTO, too, if the answer is not of the protocol. */
#pragma once

#include "base/buf.h"
#include "base/strlist.h"
#include "exercise/exercise.h"
#include "probe/wire/wire.h"

struct probe_carrier_request {
	const char *method;            /* WebSocket: ignored, it is GET */
	const char *path;              /* with the query; begins with a slash */
	const char *host;              /* of the Host header and of TLS's server name; NULL = the address */
	const struct strlist *headers; /* "Name: value"; NULL = none */
	const struct strlist *params;  /* of FastCGI: "NAME=value", in place of ours; NULL = none */
	const struct buf *body;        /* NULL = none */
	uint16_t port;
	const char *socket; /* instead of a port: the path of a unix socket in the container; NULL = none */
	bool tls;           /* WebSocket: wss */
	const char *cert_file, *key_file; /* of the client, PEM, for TLS; NULL = none */
	unsigned timeout_ms;
};

struct probe_carrier_answer {
	int status;
	struct strlist headers; /* "Name: value", LIMIT_HTTP_HEADER at most */
	struct buf body;        /* up to LIMIT_HTTP_BODY */
	uint64_t body_bytes;    /* all of it; LIMIT_HTTP_BODY + 1 if its end was not waited for */
};
void probe_carrier_answer_done(struct probe_carrier_answer *a);
#define CLEANUP_CARRIER_ANSWER CLEANUP(probe_carrier_answer_done)

/* fastcgi.c. Spec: FastCGI 1.0, responder; RFC 3875 (CGI/1.1); the parameters are those of nginx's fastcgi_params,
 * but for q->params. Without DOCUMENT_ROOT it is the
 * usual one that has the script; a path that names no script is given to its index.php. *out is valid in any case. */
int probe_fastcgi(const struct exercise_target *t, const struct probe_carrier_request *q,
		  struct probe_carrier_answer *out, struct err *err) MUST_CHECK;

/* websocket.c. Spec: RFC 6455. Status 101: the handshake was taken; the body is then the first message that came back,
 * if one was sent and one came within PROBE_WEBSOCKET_ANSWER_MS. Any other status is an answer, too. */
#define PROBE_WEBSOCKET_ANSWER_MS 5000
int probe_websocket(const struct exercise_target *t, const struct probe_carrier_request *q,
		    struct probe_carrier_answer *out, struct err *err) MUST_CHECK;

/* ---- over a connection that is there ---- */

int probe_fastcgi_over(struct probe_wire *w, const struct exercise_target *t, const struct probe_carrier_request *q,
		       struct probe_carrier_answer *out, struct err *err) MUST_CHECK;
int probe_websocket_over(struct probe_wire *w, const struct exercise_target *t, const struct probe_carrier_request *q,
			 struct probe_carrier_answer *out, struct err *err) MUST_CHECK;
/* What follows the handshake. */
int probe_websocket_converse(struct probe_wire *w, const struct probe_carrier_request *q,
			     struct probe_carrier_answer *out, struct err *err) MUST_CHECK;

/* ---- for the carriers ---- */

/* Reads lines up to the blank line at *at, or up to end: "Name: value" each, appended to out->headers. Moves *at
 * behind the blank line. ERR_PROTO if a line is not a header. */
int probe_carrier_headers(const char **at, const char *end, struct probe_carrier_answer *out,
			  struct err *err) MUST_CHECK;
/* Returns the value of the first header of that name; NULL = it is not set. */
const char *probe_carrier_header(const struct probe_carrier_answer *a, const char *name);
/* Appends to the body what fits, and counts all of it. */
void probe_carrier_body(struct probe_carrier_answer *a, const void *data, size_t n);
