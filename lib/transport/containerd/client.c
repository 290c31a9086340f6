#include "transport/containerd/client.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "base/mem.h"

#define SOCKET "/run/containerd/containerd.sock"

struct containerd {
	char *socket, *namespace, *lease;
	struct net_grpc *grpc;
};

char *containerd_address(const char *address, const struct transport_options *options)
{
	if (!address || !*address)
		address = options->containerd_address;
	if (!address || !*address)
		address = getenv("CONTAINERD_ADDRESS");
	if (!address || !*address)
		address = SOCKET;
	return mem_strdup(strncmp(address, "unix://", 7) == 0 ? address + 7 : address);
}

void containerd_close(struct containerd *c)
{
	if (!c)
		return;
	net_grpc_free(c->grpc);
	free(c->socket);
	free(c->namespace);
	free(c->lease);
	free(c);
}

const char *containerd_socket(const struct containerd *c)
{
	return c->socket;
}

const char *containerd_namespace(const struct containerd *c)
{
	return c->namespace;
}

void containerd_set_namespace(struct containerd *c, const char *namespace)
{
	char *copy = mem_strdup(namespace);
	free(c->namespace);
	c->namespace = copy;
}

void containerd_set_lease(struct containerd *c, const char *lease)
{
	free(c->lease);
	c->lease = mem_strdup(lease);
}

void containerd_clean_up(struct containerd *c)
{
	net_grpc_clean_up(c->grpc);
}

static void list_headers(const struct containerd *c, struct strlist *out)
{
	strlist_take(out, mem_printf("containerd-namespace: %s", c->namespace));
	if (c->lease)
		strlist_take(out, mem_printf("containerd-lease: %s", c->lease));
}

/* r with the name of containerd before its message. */
static int name_it(const struct containerd *c, int r, const struct err *e, struct err *err)
{
	if (r >= 0)
		return r;
	const size_t n = strlen(c->socket);
	const bool named = strncmp(e->msg, c->socket, n) == 0 && strncmp(e->msg + n, ": ", 2) == 0;
	r = err_set(err, e->code, e->id, "containerd at %s: %s", c->socket, named ? e->msg + n + 2 : e->msg);
	if (err)
		err->sys = e->sys;
	return r;
}

int containerd_stream(struct containerd *c, const char *service, const struct net_grpc_messages *messages,
		      struct err *err)
{
	CLEANUP_FREE char *method = mem_printf("/containerd.services.%s", service);
	CLEANUP_STRLIST struct strlist headers = {0};
	struct err e = {0};
	list_headers(c, &headers);
	return name_it(c, net_grpc_stream(c->grpc, method, &headers, messages, &e), &e, err);
}

int containerd_call(struct containerd *c, const char *service, const struct buf *request, struct buf *answer,
		    struct err *err)
{
	CLEANUP_FREE char *method = mem_printf("/containerd.services.%s", service);
	CLEANUP_STRLIST struct strlist headers = {0};
	struct err e = {0};
	list_headers(c, &headers);
	int r = net_grpc_call(c->grpc, method, &headers, request, LIMIT_CONTAINERD_ANSWER, answer, &e);
	return name_it(c, r, &e, err);
}

int containerd_open(const char *address, const char *namespace, const struct transport_options *options,
		    struct containerd **out, struct err *err)
{
	const char *said = getenv("CONTAINERD_NAMESPACE");
	struct stat st;
	struct containerd *c = mem_alloc(sizeof(*c));
	c->socket = containerd_address(address, options);
	c->namespace = mem_strdup(namespace ? namespace : said && *said ? said : CONTAINERD_NAMESPACE);
	c->grpc = net_grpc_new(c->socket, options->progress);
	const struct buf nothing = {0};
	int r = stat(c->socket, &st) < 0 ? err_sys(err, errno, "engine-not-found", "containerd at %s", c->socket)
					 : containerd_call(c, "version.v1.Version/Version", &nothing, NULL, err);
	if (r < 0)
		containerd_close(c);
	else
		*out = c;
	return r;
}
