#include "transport/registry/upload.h"

#include <string.h>
#include <sys/timerfd.h>

#include "base/log.h"
#include "base/mem.h"
#include "net/retry.h"
#include "net/url.h"
#include "oci/index.h"
#include "transport/registry/upload_range.h"

#define UPLOADS "blobs/uploads/"
#define OCTETS "Content-Type: application/octet-stream"
#define WHOLE_MAX (1ull << 30)    /* bytes that are sent in one request, unless the registry wants less */
#define PIECE (256ull << 20)      /* of a larger blob */
#define PIECE_REFUSED (64u << 20) /* after a 413; then half, and half again */
#define PIECE_LEAST (1u << 20)
#define CANCEL_SECONDS 3

struct upload {
	struct registry_client *client;
	const struct oci_descriptor *d;
	int fd;
	const char *data; /* instead of fd */
	const struct registry_meter *meter;
	const struct progress *progress;
	struct strlist *forsaken;
	char *url;      /* of the open session, NULL = none */
	uint64_t done;  /* bytes that the registry has taken */
	uint64_t piece; /* bytes of a request; 0 = all in one */
	uint64_t least; /* bytes that a piece must have, but for the last */
	bool whole;     /* it takes no pieces */
	bool resumed;   /* some of the bytes before done were sent by a request that broke */
	struct net_retry retry;
};

static uint64_t least_of(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static struct registry_call call_of(const char *method, const char *path)
{
	return (struct registry_call){.method = method, .path = path, .fd = -1};
}

int registry_has(struct registry_client *c, const struct oci_descriptor *d, struct err *err)
{
	bool manifest = oci_media_type_is_manifest(d->media_type);
	CLEANUP_FREE char *path = mem_printf("%s/%s", manifest ? "manifests" : "blobs", d->digest.text);
	CLEANUP_FREE char *accept = mem_printf("Accept: %s", d->media_type);
	CLEANUP_STRLIST struct strlist headers = {0};
	CLEANUP_NET_EXCHANGE struct net_exchange *x = NULL;
	struct registry_call call = call_of("HEAD", path);
	call.other_hosts = true;
	if (manifest) {
		strlist_add(&headers, accept);
		call.headers = &headers;
	}
	int r = registry_request(c, &call, &x, err);
	if (r < 0 || net_exchange_status(x) == 404)
		return r;
	if (net_exchange_status(x) != 200)
		return registry_failure(x, d->digest.text, err);
	uint64_t size = net_exchange_size(x);
	if (size == d->size || size == NET_EXCHANGE_ANY_SIZE)
		return 1;
	/* The blob there is damaged, or its size is reported wrongly. Sent again it becomes right, or is refused with
	 * the registry's reason. */
	log_debug("%s: %s has another size there, it is sent again", registry_client_name(c), d->digest.text);
	return 0;
}

int registry_check_stored(const struct net_exchange *x, const struct oci_descriptor *d, struct err *err)
{
	const char *said = net_exchange_header(x, "Docker-Content-Digest");
	if (!said || strcmp(said, d->digest.text) == 0)
		return 0;
	return err_set(err, ERR_CORRUPT, "upload-digest-mismatch", "the registry stored %.100s instead of %s", said,
		       d->digest.text);
}

/* Take the URL of the session's next request from the answer; required: the answer must have one. */
static int follow(struct registry_client *c, const struct net_exchange *x, bool required, char **url, struct err *err)
{
	const char *location = net_exchange_header(x, "Location");
	if (!location)
		return required ? err_set(err, ERR_PROTO, "upload-without-location",
					  "the registry started an upload without a Location")
				: 0;
	CLEANUP_FREE char *first = *url ? NULL : registry_client_url(c, UPLOADS);
	char *next = NULL;
	int r = net_url_resolve(*url ? *url : first, location, &next, err);
	if (r < 0)
		return err_wrap(err, "the upload's Location");
	next[strcspn(next, "#")] = '\0'; /* a query is appended to it */
	free(*url);
	*url = next;
	return 0;
}

/* With a bound of its own for all of them: a registry that hangs must not hold up the end of the program. */
void registry_cancel_uploads(struct registry_client *c, const struct strlist *sessions, struct progress *progress)
{
	if (!sessions->count)
		return;
	CLEANUP_FD int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	struct itimerspec soon = {.it_value.tv_sec = CANCEL_SECONDS};
	if (timer < 0 || timerfd_settime(timer, 0, &soon, NULL) < 0)
		return;
	int cancel_fd = progress->cancel_fd;
	progress->cancel_fd = timer;
	for (size_t i = 0; i < sessions->count && progress_check(progress, NULL) == 0; i++) {
		CLEANUP_NET_EXCHANGE struct net_exchange *x = NULL;
		struct registry_call call = call_of("DELETE", sessions->items[i]);
		call.once = true;
		/* The registry removes an upload that is forgotten by itself, later. */
		(void)!registry_request(c, &call, &x, NULL);
	}
	progress->cancel_fd = cancel_fd;
}

int registry_mount(struct registry_client *c, const struct oci_descriptor *d, const char *from, char **session,
		   struct err *err)
{
	CLEANUP_FREE char *path = mem_printf(UPLOADS "?mount=%s&from=%s", d->digest.text, from);
	CLEANUP_FREE char *scope = mem_printf("repository:%s:pull", from);
	CLEANUP_NET_EXCHANGE struct net_exchange *x = NULL;
	struct registry_call call = call_of("POST", path);
	struct err e = {0};
	call.more_scope = scope;
	*session = NULL;
	int r = registry_request(c, &call, &x, &e);
	if (r == 0 && net_exchange_status(x) == 201)
		r = registry_check_stored(x, d, &e) < 0 ? 0 : 1;
	else if (r == 0 && net_exchange_status(x) == 202)
		r = follow(c, x, true, session, &e);
	if (r == -ERR_CANCELLED)
		return err_set(err, ERR_CANCELLED, e.id, "%s", e.msg);
	if (r < 0)
		log_debug("%s: no mount from %s: %s", registry_client_name(c), from, e.msg);
	return r > 0;
}

/* ---- sessions ---- */

static void close_session(struct upload *u)
{
	free(u->url);
	u->url = NULL;
	u->done = 0;
	u->resumed = false;
}

static void drop_session(struct upload *u)
{
	if (u->url)
		strlist_take(u->forsaken, steal_ptr(&u->url));
	close_session(u);
}

static int begin(struct upload *u, struct err *err)
{
	CLEANUP_NET_EXCHANGE struct net_exchange *x = NULL;
	const struct registry_call call = call_of("POST", UPLOADS);
	int r = registry_request(u->client, &call, &x, err);
	if (r < 0)
		return r;
	if (net_exchange_status(x) != 202)
		return registry_failure(x, "beginning an upload", err);
	registry_upload_min_length(net_exchange_header(x, "OCI-Chunk-Min-Length"), &u->least);
	return follow(u->client, x, true, &u->url, err);
}

/* Ask the registry how much of the broken session it has; if its answer does not tell, drop the session. */
static int ask(struct upload *u, struct err *err)
{
	CLEANUP_NET_EXCHANGE struct net_exchange *x = NULL;
	struct err e = {0};
	const struct registry_call call = call_of("GET", u->url);
	uint64_t has = 0;
	int r = registry_request(u->client, &call, &x, &e);
	if (r == -ERR_CANCELLED)
		return err_set(err, ERR_CANCELLED, e.id, "%s", e.msg);
	/* "0-0" is what some say of no byte at all. */
	bool known = r == 0 && (net_exchange_status(x) == 204 || net_exchange_status(x) == 200) &&
		     registry_upload_range(net_exchange_header(x, "Range"), &has) && has > 1 && has <= u->d->size &&
		     follow(u->client, x, false, &u->url, NULL) == 0;
	bool gone = r == 0 && net_exchange_status(x) == 404;
	net_exchange_close(steal_ptr(&x));
	log_debug("%s: upload of %s: the registry has %llu bytes%s", registry_client_name(u->client), u->d->digest.text,
		  (unsigned long long)has, known ? "" : ", it is begun anew");
	if (gone)
		close_session(u);
	else if (!known)
		drop_session(u);
	u->resumed = known;
	u->done = known ? has : 0;
	return 0;
}

/* ---- what an answer means ---- */

enum outcome {
	OUTCOME_AGAIN,     /* after a pause */
	OUTCOME_OTHERWISE, /* at once, in another way */
	OUTCOME_FAILED,
};

/* The next smaller piece; false: smaller ones would not do either. */
static bool make_smaller(struct upload *u)
{
	uint64_t now = u->piece ? least_of(u->piece, u->d->size) : u->d->size;
	uint64_t floor = u->least > PIECE_LEAST ? u->least : PIECE_LEAST;
	if (u->whole || now <= floor)
		return false;
	u->piece = least_of(now / 2, PIECE_REFUSED);
	if (u->piece < floor)
		u->piece = floor;
	return true;
}

static enum outcome judge_refusal(struct upload *u, int status, bool patch)
{
	if (status == 413)
		return make_smaller(u) ? OUTCOME_OTHERWISE : OUTCOME_FAILED;
	if (patch && (status == 405 || status == 501)) {
		bool tried =
		    u->piece && u->d->size <= WHOLE_MAX; /* in one: it was refused, that's why there are pieces */
		u->whole = true;
		u->piece = 0;
		return tried ? OUTCOME_FAILED : OUTCOME_OTHERWISE;
	}
	/* A session that is forgotten or stands elsewhere than we think; bytes that a broken request garbled. */
	if (status == 404 || status == 410 || status == 416 || net_retry_status(status) ||
	    (status == 400 && u->resumed))
		return OUTCOME_AGAIN;
	return OUTCOME_FAILED;
}

/* After n bytes were sent by a PATCH. */
static int take_piece(struct upload *u, const struct net_exchange *x, uint64_t n, struct err *err)
{
	uint64_t has = u->done + n;
	const char *range = net_exchange_header(x, "Range");
	if (range && (!registry_upload_range(range, &has) || has < u->done || has > u->done + n))
		return err_set(err, ERR_PROTO, "upload-range-mismatch",
			       "the registry did not receive the bytes that slim sent: Range %.60s", range);
	if (has == u->done + n)
		u->retry = (struct net_retry){0};
	else if (++u->retry.tried > NET_RETRY_MAX) /* crumbs must have an end */
		return err_set(err, ERR_PROTO, "upload-stalled", "the registry keeps taking less than slim sends");
	u->done = has;
	return follow(u->client, x, false, &u->url, err);
}

/* ---- requests ---- */

/* PUT ends the session with what is still to be sent; PATCH sends a piece. */
static int request(struct upload *u, bool patch, uint64_t n, struct net_exchange **x, struct err *err)
{
	CLEANUP_STRLIST struct strlist headers = {0};
	CLEANUP_FREE char *url =
	    mem_printf("%s%sdigest=%s", u->url, strchr(u->url, '?') ? "&" : "?", u->d->digest.text);
	struct registry_call call = call_of(patch ? "PATCH" : "PUT", patch ? u->url : url);
	strlist_add(&headers, OCTETS);
	if (patch)
		strlist_take(&headers, mem_printf("Content-Range: %llu-%llu", (unsigned long long)u->done,
						  (unsigned long long)(u->done + n - 1)));
	call.headers = &headers;
	call.once = true;
	call.size = n;
	if (!n) {
		call.data = "";
	} else if (u->data) {
		call.data = u->data + u->done;
	} else {
		call.fd = u->fd;
		call.offset = u->done;
		call.meter = u->meter;
	}
	return registry_request(u->client, &call, x, err);
}

/* After a try that failed: lets the pause pass. false in *more: that was the last. */
static int wait_next(struct upload *u, const char *retry_after, bool *more, struct err *err)
{
	*more = false;
	return net_retry_wait(&u->retry, retry_after, u->progress, more, err);
}

/* No answer: the connection broke, or could not be made. */
static int after_error(struct upload *u, const struct err *e, struct err *err)
{
	bool more = false;
	int r = net_retry_error(e) ? wait_next(u, NULL, &more, err) : 0;
	if (r < 0)
		return r;
	if (more)
		return ask(u, err);
	if (err)
		*err = *e;
	return -(int)e->code;
}

static int after_refusal(struct upload *u, struct net_exchange **x, bool patch, struct err *err)
{
	int status = net_exchange_status(*x);
	bool more = false;
	switch (judge_refusal(u, status, patch)) {
	case OUTCOME_OTHERWISE:
		net_exchange_close(steal_ptr(x));
		drop_session(u);
		return 0;
	case OUTCOME_AGAIN: {
		int r = wait_next(u, net_exchange_header(*x, "Retry-After"), &more, err);
		if (r < 0)
			return r;
		break;
	}
	case OUTCOME_FAILED:
		break;
	}
	if (!more)
		return registry_failure(*x, "the upload", err);
	net_exchange_close(steal_ptr(x));
	if (status != 400)
		return ask(u, err);
	drop_session(u); /* what is in it is of no use */
	return 0;
}

/* The next request of the session. */
static int step(struct upload *u, bool *done, struct err *err)
{
	CLEANUP_NET_EXCHANGE struct net_exchange *x = NULL;
	uint64_t rest = u->d->size - u->done;
	bool patch = rest && !u->whole && (u->done || u->piece);
	uint64_t n = patch && u->piece ? least_of(rest, u->piece) : rest;
	struct err e = {0};
	if (request(u, patch, n, &x, &e) < 0)
		return after_error(u, &e, err);
	int status = net_exchange_status(x);
	if (status < 200 || status > 204)
		return after_refusal(u, &x, patch, err);
	if (patch)
		return take_piece(u, x, n, err);
	*done = true;
	return registry_check_stored(x, u->d, err);
}

int registry_upload(struct registry_client *c, const struct oci_descriptor *d, int fd, const void *data, char *session,
		    const struct registry_meter *meter, const struct progress *progress, struct strlist *forsaken,
		    struct err *err)
{
	struct upload u = {.client = c, .d = d, .fd = fd, .data = data, .progress = progress, .forsaken = forsaken};
	u.meter = meter;
	u.url = session;
	u.piece = d->size > WHOLE_MAX ? PIECE : 0;
	bool done = false;
	int r = 0;
	while (r == 0 && !done) {
		if (!u.url && u.retry.tried) {
			/* The answer to the last try may have been lost, not the blob. */
			r = registry_has(c, d, err);
			done = r > 0;
			if (r != 0)
				break;
		}
		if (!u.url)
			r = begin(&u, err);
		if (r == 0)
			r = step(&u, &done, err);
	}
	if (done && r >= 0)
		close_session(&u);
	else
		drop_session(&u);
	return r < 0 ? r : 0;
}
