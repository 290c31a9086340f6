#include "transport/engine/engine.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "text/json.h"
#include "transport/engine/endpoint.h"
#include "transport/engine/started.h"

/* What we speak: Docker 29 takes nothing below 1.44, and from 1.46 on an engine says where its containerd is. What goes
 * from an image's inspect until then is not read here. */
#define OURS_MINOR 46
#define OLDEST_MINOR 24

#define CONNECT_MS 10000
#define PING_MS 30000        /* an engine that is started by its socket needs some */
#define IDLE_MS (10 * 60000) /* an engine packs an image before it sends it, and unpacks one before it answers */
#define SHOWN_MAX 400        /* bytes of what an engine says */

struct engine {
	char *name, *url;
	bool is_podman;
	char *base; /* "http://docker/v1.41" */
	char *peer; /* as an exchange names it in messages, where our own name for it is enough */
	struct engine_endpoint endpoint;
	const struct progress *progress;
	struct engine_podman podman; /* what was started to reach it */
	struct engine_ssh ssh;
	struct net_exchange_client *client;
	unsigned users;
	json_t *info; /* what it answered to /info; NULL = not asked, or no answer */
	bool asked_info;
	char *known_name; /* the image that known is of */
	json_t *known;    /* see engine_remember; NULL = nothing */
};

struct engine *engine_share(struct engine *e)
{
	e->users++;
	return e;
}

void engine_close(struct engine *e)
{
	if (!e || --e->users)
		return;
	net_exchange_client_free(e->client); /* its connections end first: podman waits for them, ssh ends with them */
	engine_podman_stop(&e->podman);
	engine_ssh_done(&e->ssh);
	engine_endpoint_done(&e->endpoint);
	free(e->name);
	free(e->url);
	free(e->base);
	free(e->peer);
	json_decref(e->info);
	json_decref(e->known);
	free(e->known_name);
	free(e);
}

const char *engine_name(const struct engine *e)
{
	return e->name;
}

const char *engine_url(const struct engine *e)
{
	return e->url;
}

bool engine_is_podman(const struct engine *e)
{
	return e->is_podman;
}

bool engine_is_here(const struct engine *e)
{
	return e->endpoint.kind == ENGINE_UNIX || e->endpoint.kind == ENGINE_PODMAN;
}

/* ---- requests ---- */

/* r with the engine's name before its message, and what ssh or podman said behind it. */
static int name_it(const struct engine *e, int r, struct err *err)
{
	if (r >= 0 || !err)
		return r;
	struct err was = *err;
	size_t n = e->peer ? strlen(e->peer) : 0;
	const char *what =
	    n && strncmp(was.msg, e->peer, n) == 0 && strncmp(was.msg + n, ": ", 2) == 0 ? was.msg + n + 2 : was.msg;
	CLEANUP_BUF struct buf tail = {0};
	if (r != -ERR_CANCELLED) {
		engine_stderr_tail_text(e->podman.stderr_tail, &tail);
		engine_stderr_tail_text(e->ssh.stderr_tail, &tail);
	}
	r = err_set(err, was.code, was.id, "%s: %s%s", e->name, what, tail.data ? tail.data : "");
	err->sys = was.sys;
	return r;
}

static int open_exchange(struct engine *e, const char *method, const char *url, const char *content_type,
			 struct io_reader *body, uint64_t size, unsigned answer_ms, struct net_exchange **out,
			 struct err *err)
{
	CLEANUP_STRLIST struct strlist headers = {0};
	if (content_type)
		strlist_take(&headers, mem_printf("Content-Type: %s", content_type));
	const struct net_exchange_request q = {.method = method,
					       .url = url,
					       .headers = &headers,
					       .body = body,
					       .body_size = size,
					       .answer_timeout_ms = answer_ms};
	log_debug("%s: %s %s", e->name, method, url);
	return net_exchange_open(e->client, &q, e->progress, out, err);
}

/* The engine's words: {"message": "..."}; podman has "cause" beside it. */
static int failure(struct net_exchange *x, struct err *err)
{
	CLEANUP_BUF struct buf text = {0}, shown = {0};
	json_auto_t *doc = NULL;
	const char *message = NULL;
	int status = net_exchange_status(x);
	/* what can't be read is told by the status alone */
	if (net_exchange_read_all(x, LIMIT_ENGINE_SAID, &text, NULL) == 0 &&
	    json_parse_object(text.data ? text.data : "", text.len, LIMIT_ENGINE_SAID, "answer", &doc, NULL) == 0)
		message = json_string_value(json_object_get(doc, "message"));
	if (message)
		buf_escape(&shown, message, strnlen(message, SHOWN_MAX));
	else if (text.len && !doc)
		buf_escape(&shown, text.data, strnlen(text.data, SHOWN_MAX));
	enum err_code code = status == 404                                    ? ERR_NOTFOUND
			     : status == 401 || status == 403                 ? ERR_DENIED
			     : status >= 400 && status < 500 && status != 408 ? ERR_INVAL
									      : ERR_PROTO;
	return shown.len ? err_set(err, code, "engine-refused", "%s (status %d)", shown.data, status)
			 : err_set(err, code, "engine-refused", "it answers with status %d and no reason", status);
}

static int request(struct engine *e, const char *method, const char *path, const char *content_type,
		   struct io_reader *body, uint64_t size, struct net_exchange **out, struct err *err)
{
	CLEANUP_FREE char *url = mem_printf("%s%s", e->base, path);
	CLEANUP_NET_EXCHANGE struct net_exchange *x = NULL;
	int r = open_exchange(e, method, url, content_type, body, size, 0, &x, err);
	if (r == 0 && (net_exchange_status(x) < 200 || net_exchange_status(x) > 299))
		r = failure(x, err);
	if (r == 0)
		*out = steal_ptr(&x);
	return r;
}

/* The answer between before and after, parsed. */
static int get_json(struct engine *e, const char *path, size_t max, const char *before, const char *after, json_t **out,
		    struct err *err)
{
	CLEANUP_NET_EXCHANGE struct net_exchange *x = NULL;
	CLEANUP_BUF struct buf answer = {0}, text = {0};
	int r = request(e, "GET", path, NULL, NULL, 0, &x, err);
	if (r == 0)
		r = net_exchange_read_all(x, max, &answer, err);
	buf_str(&text, before);
	buf_append(&text, answer.data ? answer.data : "", answer.len); /* it may hold NUL, which is refused */
	buf_str(&text, after);
	if (r == 0)
		r = json_parse_object(text.data, text.len, max + strlen(before) + strlen(after), "its answer", out,
				      err);
	return name_it(e, r, err);
}

int engine_json(struct engine *e, const char *path, size_t max, json_t **out, struct err *err)
{
	return get_json(e, path, max, "", "", out, err);
}

int engine_json_list(struct engine *e, const char *path, size_t max, json_t **out, struct err *err)
{
	return get_json(e, path, max, "{\"list\":", "}", out, err);
}

int engine_info(struct engine *e, json_t **out, struct err *err)
{
	struct err failed = {0};
	int r = e->asked_info ? 0 : engine_json(e, "/info", LIMIT_ENGINE_INFO, &e->info, &failed);
	if (r == -ERR_CANCELLED) {
		if (err)
			*err = failed;
		return r;
	}
	e->asked_info = true;
	*out = json_incref(e->info);
	return 0;
}

void engine_remember(struct engine *e, const char *name, json_t *inspect)
{
	json_decref(e->known);
	free(e->known_name);
	e->known = json_incref(inspect);
	e->known_name = mem_strdup(name);
}

json_t *engine_recall(struct engine *e, const char *name)
{
	return e->known && strcmp(e->known_name, name) == 0 ? steal_ptr(&e->known) : NULL;
}

const struct progress *engine_set_progress(struct engine *e, const struct progress *p)
{
	const struct progress *before = e->progress;
	e->progress = p;
	return before;
}

int engine_get(struct engine *e, const char *path, struct io_reader *out, struct err *err)
{
	struct net_exchange *x = NULL;
	int r = request(e, "GET", path, NULL, NULL, 0, &x, err);
	if (r == 0)
		*out = net_exchange_reader(x);
	return name_it(e, r, err);
}

int engine_post(struct engine *e, const char *path, const char *content_type, struct io_reader *body, uint64_t size,
		size_t max, struct buf *answer, struct err *err)
{
	CLEANUP_NET_EXCHANGE struct net_exchange *x = NULL;
	CLEANUP_BUF struct buf text = {0};
	int r = request(e, "POST", path, content_type, body, size, &x, err);
	if (r == 0)
		r = net_exchange_read_all(x, max, &text, err);
	if (r == 0 && answer)
		buf_append(answer, text.data ? text.data : "", text.len);
	return name_it(e, r, err);
}

char *engine_escape(const char *name)
{
	static const char plain[] = "-._~/:";
	CLEANUP_BUF struct buf b = {0};
	for (const char *s = name; *s; s++) {
		if ((*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') || (*s >= '0' && *s <= '9') ||
		    strchr(plain, *s))
			buf_char(&b, *s);
		else
			buf_printf(&b, "%%%02X", (unsigned char)*s);
	}
	return buf_steal(&b);
}

/* ---- the version ---- */

/* "1.41" or "v1.41"; false for anything else. */
static bool parse_version(const char *s, unsigned *minor)
{
	if (*s == 'v')
		s++;
	size_t n = strncmp(s, "1.", 2) == 0 ? strspn(s + 2, "0123456789") : 0;
	if (n < 1 || n > 4 || s[2 + n])
		return false;
	*minor = (unsigned)strtoul(s + 2, NULL, 10);
	return true;
}

static int choose_version(struct engine *e, const char *theirs, struct err *err)
{
	const char *wanted = getenv("DOCKER_API_VERSION");
	unsigned minor = OLDEST_MINOR;
	if (wanted && *wanted && e->endpoint.kind != ENGINE_PODMAN) {
		if (!parse_version(wanted, &minor))
			return err_set(err, ERR_INVAL, "docker-api-version-malformed",
				       "DOCKER_API_VERSION=%s is not a version such as 1.41", wanted);
	} else if (theirs && !parse_version(theirs, &minor)) {
		return err_set(err, ERR_PROTO, "engine-version-unreadable", "the version of its API can't be read");
	} else if (minor < OLDEST_MINOR) {
		return err_set(err, ERR_UNSUPPORTED, "engine-too-old",
			       "its API is 1.%u; slim needs 1.%d (Docker 1.12) or later", minor, OLDEST_MINOR);
	} else if (minor > OURS_MINOR) {
		minor = OURS_MINOR;
	}
	CLEANUP_FREE char *host = steal_ptr(&e->base);
	e->base = mem_printf("%s/v1.%u", host, minor);
	return 0;
}

static int ping(struct engine *e, struct err *err)
{
	CLEANUP_NET_EXCHANGE struct net_exchange *x = NULL;
	CLEANUP_FREE char *url = mem_printf("%s/_ping", e->base);
	int r = open_exchange(e, "GET", url, NULL, NULL, 0, PING_MS, &x, err);
	if (r < 0)
		return r;
	if (net_exchange_status(x) != 200)
		return failure(x, err);
	CLEANUP_BUF struct buf body = {0};
	CLEANUP_FREE char *theirs = mem_strdup(net_exchange_header(x, "Api-Version"));
	r = net_exchange_read_all(x, LIMIT_ENGINE_SAID, &body, err); /* so that the connection can be used again */
	return r < 0 ? r : choose_version(e, theirs, err);
}

/* ---- connecting ---- */

static void set_tls(const struct engine_address *a, struct strlist *ca, struct net_exchange_peer *peer)
{
	if (a->ca)
		strlist_add(ca, a->ca);
	peer->insecure = a->tls_skip_verify;
	peer->ca_files = ca;
	peer->cert_file = a->cert;
	peer->key_file = a->key;
}

static int reach(struct engine *e, const struct engine_address *a, const struct transport_options *options,
		 struct err *err)
{
	const struct engine_endpoint *to = &e->endpoint;
	struct net_exchange_peer peer = {.connect_timeout_ms = CONNECT_MS, .idle_timeout_ms = IDLE_MS};
	CLEANUP_STRLIST struct strlist ca = {0};
	int r = 0;
	e->base = mem_strdup("http://docker"); /* but for TCP the host is only a name */
	switch (to->kind) {
	case ENGINE_UNIX:
		peer.unix_socket = to->path;
		break;
	case ENGINE_PODMAN:
		r = engine_podman_start(options->tmp_dir, &e->podman, err);
		peer.unix_socket = e->podman.path;
		break;
	case ENGINE_SSH:
		engine_ssh_init(&e->ssh, to, a->podman);
		peer.dial = engine_ssh_dial;
		peer.dial_ctx = &e->ssh;
		break;
	case ENGINE_TCP:
		free(e->base);
		e->base = mem_printf("%s://%s:%u", a->tls ? "https" : "http", to->host,
				     to->port ? to->port
				     : a->tls ? 2376
					      : 2375);
		if (a->tls)
			set_tls(a, &ca, &peer);
		else
			log_debug("%s: PLAIN TCP: anyone on the way can read and change what is sent", e->name);
		peer.proxies = true;
		break;
	}
	if (r == 0) {
		if (!e->peer)
			e->peer = mem_strdup(peer.unix_socket ? peer.unix_socket : "docker:80");
		e->client = net_exchange_client_new(&peer);
	}
	return r < 0 ? r : ping(e, err);
}

int engine_open(const struct engine_address *a, const struct transport_options *options, struct engine **out,
		struct err *err)
{
	struct engine *e = mem_alloc(sizeof(*e));
	*e = (struct engine){.users = 1,
			     .progress = options->progress,
			     .podman = {.socket = -1, .stderr_tail = -1, .process = {.pidfd = -1}},
			     .ssh = {.stderr_tail = -1}};
	e->url = mem_strdup(a->url);
	e->is_podman = a->podman;
	e->name = engine_address_name(a);
	int r = engine_endpoint_parse(a->url, &e->endpoint, err);
	if (r == 0)
		r = name_it(e, reach(e, a, options, err), err);
	if (r < 0)
		engine_close(e);
	else
		*out = e;
	return r;
}
