#include "transport/registry/client.h"

#include <stdatomic.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "text/json.h"
#include "transport/registry/config.h"
#include "transport/registry/endpoint.h"

#define FAILURE_BODY (64u << 10) /* read of an answer that says what went wrong */
#define FAILURE_ERRORS 3         /* told of it */
#define FAILURE_WORDS 200        /* bytes of each */

struct registry_client {
	struct registry_endpoint **endpoints; /* mirrors in order, the registry itself last */
	size_t count;
	atomic_size_t first; /* the one to begin with: those before it failed */
	char *name;
};

void registry_client_close(struct registry_client *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->count; i++)
		registry_endpoint_close(c->endpoints[i]);
	free(c->endpoints);
	free(c->name);
	free(c);
}

int registry_client_open(const struct oci_name *name, bool push, const struct transport_options *options,
			 struct registry_client **out, struct err *err)
{
	CLEANUP_REGISTRY_PLACES struct registry_places places = {0};
	int r = registry_config_find(name, !push, &places, err);
	if (r < 0)
		return r;
	struct registry_client *c = mem_alloc(sizeof(*c));
	c->name = mem_printf("%s/%s", name->host, name->path);
	c->endpoints = mem_calloc(places.count, sizeof(struct registry_endpoint *));
	for (; r == 0 && c->count < places.count; c->count += r == 0)
		r = registry_endpoint_open(&places.items[c->count], push ? "pull,push" : "pull",
					   c->count + 1 < places.count, options, &c->endpoints[c->count], err);
	if (r < 0)
		registry_client_close(c);
	else
		*out = c;
	return r;
}

const char *registry_client_name(const struct registry_client *c)
{
	return c->name;
}

char *registry_client_url(const struct registry_client *c, const char *path)
{
	return registry_endpoint_url(c->endpoints[c->count - 1], path);
}

/* Ask a mirror; if it can't answer, another place does. A mirror that lacks one blob is asked for the next one again;
 * one that does not work is not. */
static bool ask_mirror(struct registry_client *c, size_t i, const struct registry_call *call, struct net_exchange **out,
		       int *result, struct err *err)
{
	struct registry_call once = *call;
	struct err e = {0};
	CLEANUP_NET_EXCHANGE struct net_exchange *x = NULL;
	once.once = true;
	int r = registry_endpoint_request(c->endpoints[i], &once, &x, &e), status = r < 0 ? 0 : net_exchange_status(x);
	*result = r;
	if (r == 0 && status < 400) {
		*out = steal_ptr(&x);
		return true;
	}
	if (r == -ERR_CANCELLED) {
		if (err)
			*err = e;
		return true;
	}
	if (r < 0)
		log_debug("mirror %s is left out: %s", registry_endpoint_name(c->endpoints[i]), e.msg);
	else
		log_debug("mirror %s is left out: it answers %d", registry_endpoint_name(c->endpoints[i]), status);
	if (status != 404)
		atomic_compare_exchange_strong(&c->first, &(size_t){i}, i + 1);
	return false;
}

int registry_request(struct registry_client *c, const struct registry_call *call, struct net_exchange **out,
		     struct err *err)
{
	size_t last = c->count - 1;
	bool anywhere = !strstr(call->path, "://");
	for (size_t i = anywhere ? atomic_load(&c->first) : last; i < last; i++) {
		int r;
		if (ask_mirror(c, i, call, out, &r, err))
			return r;
	}
	return registry_endpoint_request(c->endpoints[last], call, out, err);
}

/* ---- what a registry says of a failure ---- */

static void add_words(struct buf *out, const char *between, const json_t *v)
{
	const char *s = json_string_value(v);
	if (!s || !*s)
		return;
	buf_str(out, between);
	buf_escape(out, s, strnlen(s, FAILURE_WORDS));
	if (strlen(s) > FAILURE_WORDS)
		buf_str(out, "...");
}

/* " (CODE: message; ...)" of {"errors": [{"code", "message"}]}; nothing when the answer has none. */
static void read_words(struct net_exchange *x, struct buf *out)
{
	CLEANUP_BUF struct buf body = {0}, words = {0};
	json_auto_t *root = NULL;
	const json_t *errors, *e;
	size_t i;
	if (net_exchange_read_all(x, FAILURE_BODY, &body, NULL) < 0 ||
	    json_parse_object(body.data ? body.data : "", body.len, FAILURE_BODY, "the answer", &root, NULL) < 0)
		return;
	errors = json_object_get(root, "errors");
	json_array_foreach (errors, i, e) {
		if (i == FAILURE_ERRORS)
			break;
		add_words(&words, words.len ? "; " : "", json_object_get(e, "code"));
		add_words(&words, words.len ? ": " : "", json_object_get(e, "message"));
	}
	if (words.len)
		buf_printf(out, " (%s)", words.data);
}

int registry_failure(struct net_exchange *x, const char *what, struct err *err)
{
	CLEANUP_BUF struct buf words = {0};
	int status = net_exchange_status(x);
	buf_append(&words, "", 0);
	read_words(x, &words);
	switch (status) {
	case 404:
		return err_set(err, ERR_NOTFOUND, "not-in-registry", "%s: the registry does not have it%s", what,
			       words.data);
	case 401:
	case 403:
		return err_set(err, ERR_DENIED, "registry-denied",
			       "%s: the registry does not allow it%s; log in (skopeo login) or name "
			       "an account with --creds",
			       what, words.data);
	case 413:
		return err_set(err, ERR_LIMIT, "registry-limit", "%s: it is too large for the registry%s", what,
			       words.data);
	case 429:
		return err_set(err, ERR_LIMIT, "registry-rate-limit",
			       "%s: the registry received too many requests; try again later%s", what, words.data);
	default:
		return err_set(err, ERR_PROTO, "registry-refused", "%s: the registry answers %d%s", what, status,
			       words.data);
	}
}
