/* net/grpc.h - calls of gRPC over a unix socket, on net/exchange.h: HTTP/2 without asking first, messages with five
 * bytes before each, the status in a trailer. Without TLS, compression, deadlines and retries, which a local service
 * needs none of: a library of gRPC in C++ with all of them would be many times the rest of slim.
 * Spec: grpc/grpc, doc/PROTOCOL-HTTP2.md; codes: doc/statuscodes.md.
 * Lifetime: net_grpc_new, net_grpc_free. One call at a time, one thread. */
#pragma once

#include "base/buf.h"
#include "base/progress.h"
#include "base/strlist.h"

struct net_grpc;

/* Connects with the first call. progress is borrowed; NULL = the user never stops it. */
struct net_grpc *net_grpc_new(const char *socket, const struct progress *progress);
void net_grpc_free(struct net_grpc *g);

/* From now on the calls clean up: the user's wish to stop does not end them, and none takes longer than some seconds.
 */
void net_grpc_clean_up(struct net_grpc *g);

/* What is sent and taken by a call. */
struct net_grpc_messages {
	/* Appends the next message to out, which is empty. 1 = there is one, 0 = the end, or an error code. */
	int (*next)(void *ctx, struct buf *out, struct err *err);
	/* A message of the answer. NULL = nobody wants it. */
	int (*each)(void *ctx, const char *data, size_t n, struct err *err);
	void *ctx;
	size_t max; /* bytes of a message of the answer */
};

/* method: "/containerd.services.version.v1.Version/Version". headers: "name: value" beside the usual ones; NULL = none.
 * Errors as net_exchange_open; those of the service, with its words capped and escaped: NOT_FOUND is ERR_NOTFOUND,
 * PERMISSION_DENIED and UNAUTHENTICATED ERR_DENIED, UNIMPLEMENTED ERR_UNSUPPORTED, ALREADY_EXISTS,
 * INVALID_ARGUMENT, FAILED_PRECONDITION and OUT_OF_RANGE ERR_INVAL, all others ERR_PROTO. err->sys has EEXIST for
 * ALREADY_EXISTS. */
int net_grpc_stream(struct net_grpc *g, const char *method, const struct strlist *headers,
		    const struct net_grpc_messages *messages, struct err *err) MUST_CHECK;
/* A call of one message. answer NULL = nobody wants it; else the message of the answer, at most max bytes. */
int net_grpc_call(struct net_grpc *g, const char *method, const struct strlist *headers, const struct buf *request,
		  size_t max, struct buf *answer, struct err *err) MUST_CHECK;
