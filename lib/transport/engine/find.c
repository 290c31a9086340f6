#include "transport/engine/find.h"

#include <errno.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "transport/engine/addresses.h"
#include "transport/engine/endpoint.h"
#include "transport/engines.h"
#include "transport/trail.h"

int engine_inspect(struct engine *e, const char *name, json_t **out, struct err *err)
{
	CLEANUP_FREE char *escaped = engine_escape(name);
	CLEANUP_FREE char *path = mem_printf("/images/%s/json", escaped);
	return engine_json(e, path, LIMIT_INSPECT, out, err);
}

int engine_inspect_container(struct engine *e, const char *name, json_t **out, struct err *err)
{
	CLEANUP_FREE char *escaped = engine_escape(name);
	CLEANUP_FREE char *path = mem_printf("/containers/%s/json", escaped);
	return engine_json(e, path, LIMIT_INSPECT, out, err);
}

/* The addresses to ask: one that is known keeps the TLS files that it has among the usual ones. */
static int list_addresses(const struct engine_search *s, struct engine_address **out, size_t *count, struct err *err)
{
	struct engine_address *all, *one;
	size_t n;
	int r = engine_addresses(s->scheme, &all, &n, err);
	if (r < 0 || !s->url) {
		if (r == 0) {
			*out = all;
			*count = n;
		}
		return r;
	}
	one = mem_alloc(sizeof(*one));
	for (size_t i = 0; i < n && !one->url; i++)
		if (strcmp(all[i].url, s->url) == 0) {
			*one = all[i];
			all[i] = (struct engine_address){0};
		}
	if (!one->url)
		*one = (struct engine_address){.url = mem_strdup(s->url),
					       .podman = s->scheme == OCI_SCHEME_CONTAINERS_STORAGE};
	one->explicit = true;
	engine_addresses_done(all, n);
	*out = one;
	*count = 1;
	return 0;
}

/* A socket that isn't there is not even connected to. */
static bool is_absent(const struct engine_address *a)
{
	CLEANUP_ENGINE_ENDPOINT struct engine_endpoint e = {0};
	return engine_endpoint_parse(a->url, &e, NULL) == 0 && e.kind == ENGINE_UNIX && access(e.path, F_OK) < 0 &&
	       errno == ENOENT;
}

/* what: an error of the engine begins with its name. */
static void note(struct buf *trail, const struct engine_address *a, const char *what)
{
	CLEANUP_FREE char *name = engine_address_name(a);
	size_t n = strlen(name);
	if (strncmp(what, name, n) == 0 && strncmp(what + n, ": ", 2) == 0)
		what += n + 2;
	buf_str(trail, name);
	if (a->from)
		buf_printf(trail, " (%s)", a->from);
	buf_printf(trail, ": %s\n", what);
}

/* An engine that another source or sink of the command has opened is not connected to again. */
static int open_shared(const struct engine_address *a, const struct transport_options *options, struct engine **out,
		       struct err *err)
{
	*out = transport_engines_find(options->engines, a->url);
	if (*out)
		return 0;
	int r = engine_open(a, options, out, err);
	if (r == 0)
		transport_engines_add(options->engines, *out);
	return r;
}

static int inspect_found(const struct engine_search *s, struct engine *engine, json_t **inspect, struct err *err)
{
	if (s->container)
		return engine_inspect_container(engine, s->name, inspect, err);
	*inspect = engine_recall(engine, s->name);
	return *inspect ? 0 : engine_inspect(engine, s->name, inspect, err);
}

/* 1 when this one is it; 0 when the next is to be looked at. */
static int look(const struct engine_search *s, const struct engine_address *a, struct buf *trail, struct engine **out,
		json_t **inspect, struct err *err)
{
	struct err e = {0};
	struct engine *engine = NULL;
	if (!a->explicit && is_absent(a)) {
		note(trail, a, "no socket there");
		return 0;
	}
	int r = open_shared(a, s->options, &engine, &e);
	if (r == 0 && s->name) {
		r = inspect_found(s, engine, inspect, &e);
		if (r == -ERR_NOTFOUND) {
			note(trail, a, s->container ? "has no such container" : "has no such image");
			engine_close(engine);
			return 0;
		}
	}
	if (r == 0) {
		note(trail, a, s->name ? "has it" : "answers");
		*out = engine;
		return 1;
	}
	engine_close(engine);
	if (!a->explicit && r != -ERR_CANCELLED) {
		note(trail, a, e.msg);
		return 0;
	}
	if (err)
		*err = e;
	return a->from ? err_wrap(err, "%s", a->from) : r;
}

int engine_find(const struct engine_search *search, struct buf *trail, struct engine **out, json_t **inspect,
		struct err *err)
{
	struct engine_address *addresses = NULL;
	size_t count = 0;
	int r = list_addresses(search, &addresses, &count, err);
	for (size_t i = 0; r == 0 && i < count; i++)
		r = look(search, &addresses[i], trail, out, inspect, err);
	engine_addresses_done(addresses, count);
	return r > 0 ? 0 : r < 0 ? r : 1;
}

int engine_find_none(const struct engine_search *s, const struct buf *trail, struct err *err)
{
	CLEANUP_BUF struct buf line = {0};
	transport_trail_line(trail, &line);
	const char *where = line.len ? line.data : "there is no engine";
	if (s->container)
		return err_set(err, ERR_NOTFOUND, "container-not-found", "no engine has the container %s: %s", s->name,
			       where);
	return s->name
		   ? err_set(err, ERR_NOTFOUND, "image-not-in-engine", "no engine has the image %s: %s", s->name, where)
		   : err_set(err, ERR_NOTFOUND, "engine-not-found", "no engine answers: %s", where);
}
