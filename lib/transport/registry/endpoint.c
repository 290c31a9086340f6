#include "transport/registry/endpoint.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "net/auth/auth.h"
#include "net/auth/authorization.h"
#include "net/retry.h"
#include "net/url.h"
#include "text/secret.h"
#include "transport/registry/certs.h"
#include "transport/registry/pool.h"

#define REDIRECTS 10
#define TIMEOUTS 2       /* of one request: each is long already */
#define AUTHORIZATIONS 4 /* tries of one request: none, a challenge's answer, a token that has expired */
#define DOCKER_HUB "docker.io"
#define DOCKER_HUB_HOST "registry-1.docker.io"

struct registry_endpoint {
	const struct transport_options *options;
	struct strlist *user_warnings; /* of the options; NULL = none are wanted */
	struct registry_place place;
	char *name; /* "host/path" */
	char *scope;
	bool mirror;
	struct registry_certs certs;
	struct registry_pool own;     /* to the host */
	struct registry_pool foreign; /* to those it redirects to: without the client's certificate */

	pthread_mutex_t mutex; /* of what is found out once, by the first request that needs it */
	bool settled;
	const char *scheme;
	struct net_authorization *authorization; /* NULL = nobody asked for one yet */
	struct strlist warnings; /* of the search for credentials; to the user's at the end, which endpoints share */
};

int registry_endpoint_open(const struct registry_place *place, const char *actions, bool mirror,
			   const struct transport_options *options, struct registry_endpoint **out, struct err *err)
{
	CLEANUP_REGISTRY_CERTS struct registry_certs certs = {0};
	int r = registry_certs_find(place->host, &certs, err);
	if (r < 0)
		return r;
	struct registry_endpoint *e = mem_alloc(sizeof(*e));
	*e = (struct registry_endpoint){
	    .options = options,
	    .user_warnings = options->warnings,
	    .place = {mem_strdup(place->host), mem_strdup(place->path), place->insecure || options->tls_verify_off},
	    .name = mem_printf("%s/%s", place->host, place->path),
	    .scope = mem_printf("repository:%s:%s", place->path, actions),
	    .mirror = mirror,
	    .certs = certs,
	    .scheme = "https",
	};
	certs = (struct registry_certs){0};
	struct net_exchange_peer peer = {
	    .insecure = e->place.insecure, .ca_files = &e->certs.ca_files, .proxies = true};
	registry_pool_init(&e->foreign, &peer);
	peer.cert_file = e->certs.cert;
	peer.key_file = e->certs.key;
	registry_pool_init(&e->own, &peer);
	pthread_mutex_init(&e->mutex, NULL);
	*out = e;
	return 0;
}

void registry_endpoint_close(struct registry_endpoint *e)
{
	if (!e)
		return;
	for (size_t i = 0; e->user_warnings && i < e->warnings.count; i++)
		if (!strlist_has(e->user_warnings, e->warnings.items[i]))
			strlist_add(e->user_warnings, e->warnings.items[i]);
	strlist_done(&e->warnings);
	net_authorization_free(e->authorization);
	registry_pool_done(&e->own);
	registry_pool_done(&e->foreign);
	pthread_mutex_destroy(&e->mutex);
	registry_certs_done(&e->certs);
	free(e->place.host);
	free(e->place.path);
	free(e->name);
	free(e->scope);
	free(e);
}

const char *registry_endpoint_name(const struct registry_endpoint *e)
{
	return e->name;
}

/* "https://host:port" */
static char *origin(const struct registry_endpoint *e)
{
	bool hub = strcmp(e->place.host, DOCKER_HUB) == 0;
	return mem_printf("%s://%s", e->scheme, hub ? DOCKER_HUB_HOST : e->place.host);
}

char *registry_endpoint_url(const struct registry_endpoint *e, const char *path)
{
	if (strncmp(path, "https://", 8) == 0 || strncmp(path, "http://", 7) == 0)
		return mem_strdup(path);
	CLEANUP_FREE char *start = origin(e);
	return mem_printf("%s/v2/%s/%s", start, e->place.path, path);
}

/* ---- a request that is sent once ---- */

/* The body of a call. */
struct body {
	const struct registry_call *call;
	uint64_t done;
};

static ssize_t body_read(void *ctx, void *data, size_t n, struct err *err)
{
	struct body *b = ctx;
	uint64_t left = b->call->size - b->done;
	n = n < left ? n : (size_t)left;
	if (!n)
		return 0;
	ssize_t got = (ssize_t)n;
	if (b->call->data)
		memcpy(data, (const char *)b->call->data + b->done, n);
	else
		got = pread(b->call->fd, data, n, (off_t)(b->call->offset + b->done));
	if (got < 0)
		return err_sys(err, errno, "file-read", "cannot read the data to send");
	if (got == 0)
		return err_set(err, ERR_CORRUPT, "file-changed", "the data to send became shorter");
	b->done += (uint64_t)got;
	if (b->call->meter)
		b->call->meter->sent(b->call->meter->ctx, b->call->offset + b->done);
	return got;
}

static int no_tls(const struct registry_endpoint *e, struct err *err)
{
	return err_set(err, ERR_PROTO, "registry-without-tls",
		       "%s does not speak TLS; to use plain HTTP, add --tls-verify=false, or \"insecure = true\" for "
		       "it in registries.conf",
		       e->place.host);
}

/* authorization: the header line, NULL = none. */
static int send_once(struct registry_endpoint *e, const struct registry_call *call, const char *url, bool own,
		     const char *authorization, struct net_exchange **out, struct err *err)
{
	CLEANUP_STRLIST struct strlist headers = {0};
	struct err sent = {0};
	struct body body = {.call = call};
	struct io_reader reader = {.read = body_read, .ctx = &body};
	struct net_exchange_request q = {.method = call->method, .url = url, .headers = &headers};
	if (call->data || call->fd >= 0) {
		q.body = &reader;
		q.body_size = call->size;
	}
	if (call->headers)
		strlist_extend(&headers, call->headers);
	if (authorization)
		strlist_add(&headers, authorization);
	int r = registry_pool_open(own ? &e->own : &e->foreign, &q, e->options->progress, out, &sent);
	if (authorization)
		secret_blank(headers.items[headers.count - 1]);
	if (r == -ERR_PROTO && sent.sys == EPROTO && own && !e->place.insecure)
		return no_tls(e, err);
	if (r < 0 && err)
		*err = sent;
	return r;
}

static bool is_redirect(int status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* Follow a redirect, if it is allowed. */
static int redirect(const struct registry_endpoint *e, const struct registry_call *call, const struct net_exchange *x,
		    const char *url, const char *home, char **out, struct err *err)
{
	const char *location = net_exchange_header(x, "Location");
	CLEANUP_FREE char *next = NULL;
	if (!location)
		return err_set(err, ERR_PROTO, "redirect-without-target", "%s redirects without a target",
			       e->place.host);
	int r = net_url_resolve(url, location, &next, err);
	if (r < 0)
		return err_wrap(err, "%s redirects to an address that slim does not follow", e->place.host);
	if (!call->other_hosts && !net_url_same_origin(next, home))
		return err_set(err, ERR_PROTO, "redirect-refused", "%s redirects to another host", e->place.host);
	CLEANUP_FREE char *shown = net_url_without_query(next);
	log_debug("%s redirects to %s", e->place.host, shown);
	*out = steal_ptr(&next);
	return 0;
}

/* Follow redirects up to the last answer. *home_answers: it is the registry's own. */
static int follow(struct registry_endpoint *e, const struct registry_call *call, const char *authorization,
		  struct net_exchange **out, bool *home_answers, struct err *err)
{
	CLEANUP_FREE char *url = registry_endpoint_url(e, call->path), *home = origin(e);
	bool reads = strcmp(call->method, "GET") == 0 || strcmp(call->method, "HEAD") == 0;
	for (int hop = 0; hop <= REDIRECTS; hop++) {
		CLEANUP_NET_EXCHANGE struct net_exchange *x = NULL;
		bool own = net_url_same_origin(url, home);
		int r = send_once(e, call, url, own, own ? authorization : NULL, &x, err);
		if (r < 0)
			return r;
		if (!reads || !is_redirect(net_exchange_status(x))) {
			*home_answers = own;
			*out = steal_ptr(&x);
			return 0;
		}
		char *next = NULL;
		if ((r = redirect(e, call, x, url, home, &next, err)) < 0)
			return r;
		free(url);
		url = next;
	}
	return err_set(err, ERR_PROTO, "redirect-loop", "%s redirects more than %d times", e->place.host, REDIRECTS);
}

/* ---- what is found out once ---- */

static int ping(struct registry_endpoint *e, const char *scheme, struct err *err)
{
	CLEANUP_NET_EXCHANGE struct net_exchange *x = NULL;
	struct registry_call call = {.method = "GET", .fd = -1};
	e->scheme = scheme;
	CLEANUP_FREE char *start = origin(e), *url = mem_printf("%s/v2/", start);
	return send_once(e, &call, url, true, NULL, &x, err);
}

/* Which scheme: only where plain HTTP is allowed at all this is a question that costs a request. */
static int settle(struct registry_endpoint *e, struct err *err)
{
	int r = 0;
	pthread_mutex_lock(&e->mutex);
	if (!e->settled && e->place.insecure) {
		struct err tls = {0};
		r = ping(e, "https", &tls);
		bool no_https = (r == -ERR_PROTO && tls.sys == EPROTO) || (r == -ERR_SYS && tls.sys == ECONNREFUSED);
		if (no_https)
			r = ping(e, "http", &tls);
		if (r == 0 && no_https)
			log_debug("%s does not speak TLS: slim uses plain HTTP", e->place.host);
		if (r < 0 && err)
			*err = tls;
	}
	e->settled = e->settled || r == 0;
	pthread_mutex_unlock(&e->mutex);
	return r;
}

/* The first 401 asks for credentials: not before it they are looked for, which may run a helper. */
static int find_credentials(struct registry_endpoint *e, struct err *err)
{
	const struct transport_options *o = e->options;
	const bool theirs = e->mirror || (o->creds_host && strcmp(o->creds_host, e->place.host) != 0);
	const struct net_auth_options auth = {
	    .creds = theirs ? NULL : o->creds, .auth_file = o->auth_file, .progress = o->progress};
	CLEANUP_NET_AUTH_CREDENTIALS struct net_auth_credentials credentials = {0};
	CLEANUP_FREE char *start = origin(e);
	size_t i = e->warnings.count;
	int r = net_auth_find(&auth, e->place.host, e->place.path, &credentials, &e->warnings, err);
	for (; i < e->warnings.count; i++)
		log_debug("%s", e->warnings.items[i]);
	if (r == 0)
		e->authorization = net_authorization_new(start, &credentials, &e->own.peer);
	return r;
}

static struct net_authorization *known_authorization(struct registry_endpoint *e)
{
	pthread_mutex_lock(&e->mutex);
	struct net_authorization *a = e->authorization;
	pthread_mutex_unlock(&e->mutex);
	return a;
}

/* After a 401: *again, or an error. */
static int refused(struct registry_endpoint *e, const struct net_exchange *x, const char *scope, const char *sent,
		   bool *again, struct err *err)
{
	CLEANUP_STRLIST struct strlist challenges = {0};
	const char *value;
	for (size_t i = 0; net_exchange_header_nth(x, "WWW-Authenticate", i, &value); i++)
		strlist_add(&challenges, value);
	pthread_mutex_lock(&e->mutex);
	int r = e->authorization ? 0 : find_credentials(e, err);
	pthread_mutex_unlock(&e->mutex);
	return r < 0 ? r : net_authorization_refused(e->authorization, &challenges, scope, sent, again, err);
}

/* ---- a request until it is answered ---- */

static void wipe(char **secret)
{
	secret_free(*secret);
}

static int authorized(struct registry_endpoint *e, const struct registry_call *call, struct net_exchange **out,
		      struct err *err)
{
	CLEANUP_FREE char *scope =
	    mem_printf("%s%s%s", e->scope, call->more_scope ? " " : "", call->more_scope ? call->more_scope : "");
	int r = settle(e, err);
	for (int i = 0; r == 0; i++) {
		CLEANUP(wipe) char *header = NULL;
		CLEANUP_NET_EXCHANGE struct net_exchange *x = NULL;
		struct net_authorization *a = known_authorization(e);
		bool own = false, again = false;
		if (a)
			r = net_authorization_header(a, scope, e->options->progress, &header, err);
		if (r == 0)
			r = follow(e, call, header, &x, &own, err);
		if (r == 0 && own && net_exchange_status(x) == 401)
			r = refused(e, x, scope, header, &again, err);
		if (r == 0 && again && i + 1 == AUTHORIZATIONS)
			return err_set(err, ERR_DENIED, "authorization-loop", "%s keeps rejecting the credentials",
				       e->place.host);
		if (r == 0 && !again) {
			*out = steal_ptr(&x);
			return 0;
		}
	}
	return r;
}

static bool try_again(const struct registry_call *call, const struct err *failed, unsigned tried)
{
	return !call->once && net_retry_error(failed) && (failed->code != ERR_TIMEOUT || tried + 1 < TIMEOUTS);
}

int registry_endpoint_request(struct registry_endpoint *e, const struct registry_call *call, struct net_exchange **out,
			      struct err *err)
{
	struct net_retry retry = {0};
	for (;;) {
		CLEANUP_NET_EXCHANGE struct net_exchange *x = NULL;
		struct err failed = {0};
		bool again = false;
		int r = authorized(e, call, &x, &failed), waited = 0;
		if (r < 0 && try_again(call, &failed, retry.tried))
			waited = net_retry_wait(&retry, NULL, e->options->progress, &again, err);
		else if (!call->once && r == 0 && net_retry_status(net_exchange_status(x)))
			waited = net_retry_wait(&retry, net_exchange_header(x, "Retry-After"), e->options->progress,
						&again, err);
		if (waited < 0)
			return waited;
		if (again) {
			log_debug("%s is asked again: %s", e->place.host, r < 0 ? failed.msg : "it is busy");
			continue;
		}
		if (r < 0 && err)
			*err = failed;
		*out = steal_ptr(&x);
		return r;
	}
}
