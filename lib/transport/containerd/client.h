/* transport/containerd/client.h - a connection to containerd's services. Spec: containerd's api/services; the numbers
 * of fields are those of containerd 1.0 and later. Private to lib/transport/. Lifetime: _open, _close; one thread. */
#pragma once

#include "base/buf.h"
#include "net/grpc.h"
#include "transport/options.h"

#define CONTAINERD_NAMESPACE "default"

struct containerd;

/* The socket: address ("unix://PATH" too), else --address, CONTAINERD_ADDRESS, else containerd's own; free(). */
char *containerd_address(const char *address, const struct transport_options *options);
/* Connects, and asks for the version: ERR_NOTFOUND if there is no socket. namespace NULL = CONTAINERD_NAMESPACE, else
 * "default". */
int containerd_open(const char *address, const char *namespace, const struct transport_options *options,
		    struct containerd **out, struct err *err) MUST_CHECK;
void containerd_close(struct containerd *c);
static inline void containerd_closep(struct containerd **c)
{
	containerd_close(*c);
}
#define CLEANUP_CONTAINERD CLEANUP(containerd_closep)
const char *containerd_socket(const struct containerd *c);
const char *containerd_namespace(const struct containerd *c);
void containerd_set_namespace(struct containerd *c, const char *namespace);
/* What is made from now on belongs to the lease; NULL = to none. */
void containerd_set_lease(struct containerd *c, const char *lease);

/* As net_grpc_clean_up. */
void containerd_clean_up(struct containerd *c);

/* service: "images.v1.Images/Get". Errors as net_grpc_stream, with the socket's name before the message. answer: at
 * most LIMIT_CONTAINERD_ANSWER bytes; NULL = nobody wants it. */
int containerd_call(struct containerd *c, const char *service, const struct buf *request, struct buf *answer,
		    struct err *err) MUST_CHECK;
int containerd_stream(struct containerd *c, const char *service, const struct net_grpc_messages *messages,
		      struct err *err) MUST_CHECK;
