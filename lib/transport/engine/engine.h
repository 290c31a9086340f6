/* transport/engine/engine.h - talks to an engine: Docker's API over a unix socket, TCP with TLS or ssh. podman's
 * service has the same API. Spec: Docker Engine API, from 1.24 on. Private to lib/transport/. Lifetime: engine_open,
 * engine_close; several users of one engine each close it. One thread, one answer at a time. */
#pragma once

#include <jansson.h>

#include "base/buf.h"
#include "net/exchange.h"
#include "transport/engine/address.h"
#include "transport/options.h"

struct engine;
/* Connects and agrees on an API version. */
int engine_open(const struct engine_address *a, const struct transport_options *options, struct engine **out,
		struct err *err) MUST_CHECK;
struct engine *engine_share(struct engine *e); /* e, for a further user */
void engine_close(struct engine *e);
/* "docker at unix:///run/docker.sock" */
const char *engine_name(const struct engine *e);
const char *engine_url(const struct engine *e);
bool engine_is_podman(const struct engine *e);
bool engine_is_here(const struct engine *e); /* reached over a unix socket: it may be on this machine */

/* path: below the version: "/images/NAME/json". An answer of more than max bytes is ERR_LIMIT; 404 is ERR_NOTFOUND;
 * what the engine says of a failure ("message") is in the error, capped and escaped. */
int engine_json(struct engine *e, const char *path, size_t max, json_t **out, struct err *err) MUST_CHECK;
/* An answer that is an array: the member "list" of *out. */
int engine_json_list(struct engine *e, const char *path, size_t max, json_t **out, struct err *err) MUST_CHECK;
/* GET /info, the first time; afterwards the same answer. An engine that does not answer it, as a proxy before one may
 * forbid, is none to rely on: *out is NULL. */
int engine_info(struct engine *e, json_t **out, struct err *err) MUST_CHECK;
/* Keeps what the engine said of an image, if others may open the same engine; engine_recall gives it away once (NULL =
 * nothing of that name is kept). */
void engine_remember(struct engine *e, const char *name, json_t *inspect);
json_t *engine_recall(struct engine *e, const char *name);
/* Asks p for the end from now on; returns what was asked before. */
const struct progress *engine_set_progress(struct engine *e, const struct progress *p);
/* A body that comes: an export. */
int engine_get(struct engine *e, const char *path, struct io_reader *out, struct err *err) MUST_CHECK;
/* body NULL = none; size NET_EXCHANGE_ANY_SIZE = unknown. answer may be NULL. */
int engine_post(struct engine *e, const char *path, const char *content_type, struct io_reader *body, uint64_t size,
		size_t max, struct buf *answer, struct err *err) MUST_CHECK;
/* A name as a component of a path: percent-encoded but for / and :; free(). */
char *engine_escape(const char *name);
