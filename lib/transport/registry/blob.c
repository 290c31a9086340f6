#include "transport/registry/blob.h"

#include <errno.h>
#include <inttypes.h>

#include "base/log.h"
#include "base/mem.h"
#include "net/retry.h"
#include "transport/registry/content_range.h"

#define SKIP_BLOCK (64u << 10)

struct blob {
	struct registry_client *client;
	char *path;
	struct strlist headers;
	const struct progress *progress;
	uint64_t size, done;
	struct net_exchange *x; /* NULL = the next read asks for what is missing */
	struct net_retry retry; /* since bytes came last */
};

static void blob_close(void *ctx)
{
	struct blob *b = ctx;
	net_exchange_close(b->x);
	strlist_done(&b->headers);
	free(b->path);
	free(b);
}

static int wrong_size(const struct blob *b, uint64_t size, struct err *err)
{
	return err_set(err, ERR_CORRUPT, "blob-size-mismatch",
		       "the registry has %" PRIu64 " bytes, but the descriptor says %" PRIu64, size, b->size);
}

/* As an exchange says it where a Content-Length shows it. */
static int broke(const struct blob *b, struct err *err)
{
	int r = err_set(err, ERR_PROTO, "connection-broken",
			"the connection broke after %" PRIu64 " of %" PRIu64 " bytes", b->done, b->size);
	if (err)
		err->sys = ECONNRESET;
	return r;
}

/* The first bytes of a whole body, which are there already: this peer knows no ranges. */
static int skip(struct blob *b, struct err *err)
{
	CLEANUP_FREE char *block = mem_alloc(SKIP_BLOCK);
	for (uint64_t left = b->done; left;) {
		ssize_t n = net_exchange_read(b->x, block, left < SKIP_BLOCK ? (size_t)left : SKIP_BLOCK, err);
		if (n < 0)
			return (int)n;
		if (n == 0)
			return broke(b, err);
		left -= (uint64_t)n;
	}
	return 0;
}

static int check_answer(struct blob *b, struct err *err)
{
	int status = net_exchange_status(b->x);
	uint64_t size = net_exchange_size(b->x);
	if (status == 206 && b->done) {
		const char *range = net_exchange_header(b->x, "Content-Range");
		if (!range || !registry_content_range(range, b->done, b->size))
			return err_set(err, ERR_CORRUPT, "range-mismatch",
				       "the registry sent another range than slim asked for");
		return 0;
	}
	if (status == 416)
		return err_set(err, ERR_CORRUPT, "blob-size-mismatch",
			       "the registry's content has the wrong size: the descriptor says %" PRIu64 " bytes",
			       b->size);
	if (status != 200)
		return registry_failure(b->x, b->path, err);
	if (size != NET_EXCHANGE_ANY_SIZE && size != b->size)
		return wrong_size(b, size, err);
	return b->done ? skip(b, err) : 0;
}

/* Asks for what is missing. */
static int ask(struct blob *b, struct err *err)
{
	CLEANUP_STRLIST struct strlist headers = {0};
	struct registry_call call = {
	    .method = "GET", .path = b->path, .headers = &headers, .fd = -1, .other_hosts = true};
	strlist_extend(&headers, &b->headers);
	if (b->done)
		strlist_take(&headers, mem_printf("Range: bytes=%" PRIu64 "-", b->done));
	int r = registry_request(b->client, &call, &b->x, err);
	return r < 0 ? r : check_answer(b, err);
}

/* After an error: 0 when the download goes on. */
static int go_on(struct blob *b, const struct err *failed, struct err *err)
{
	bool again = false;
	net_exchange_close(b->x);
	b->x = NULL;
	if (net_retry_error(failed)) {
		int r = net_retry_wait(&b->retry, NULL, b->progress, &again, err);
		if (r < 0)
			return r;
	}
	if (again) {
		log_debug("%s: %s; on from byte %" PRIu64, b->path, failed->msg, b->done);
		return 0;
	}
	if (err)
		*err = *failed;
	return -(int)failed->code;
}

/* Whether the body ends where it should. */
static int check_end(struct blob *b, struct err *err)
{
	char more;
	struct err ignored = {0};
	ssize_t n = net_exchange_read(b->x, &more, 1, &ignored);
	net_exchange_close(b->x);
	b->x = NULL;
	if (n == -ERR_CANCELLED)
		return err_set(err, ERR_CANCELLED, ignored.id, "%s", ignored.msg);
	/* Another error does not matter: all bytes are there, and their digest is checked. */
	return n > 0 ? err_set(err, ERR_CORRUPT, "blob-size-mismatch",
			       "the registry sends more than the %" PRIu64 " bytes of the descriptor", b->size)
		     : 0;
}

static ssize_t blob_read(void *ctx, void *data, size_t n, struct err *err)
{
	struct blob *b = ctx;
	while (b->done < b->size) {
		struct err failed = {0};
		uint64_t left = b->size - b->done;
		ssize_t got = b->x ? 0 : ask(b, &failed);
		if (got == 0)
			got = net_exchange_read(b->x, data, n < left ? n : (size_t)left, &failed);
		if (got > 0) {
			b->done += (uint64_t)got;
			b->retry = (struct net_retry){0};
			return got;
		}
		if (got == 0)
			(void)broke(b, &failed); /* go_on takes it from there */
		int r = go_on(b, &failed, err);
		if (r < 0)
			return r;
	}
	return b->x ? check_end(b, err) : 0;
}

int registry_blob_open(struct registry_client *c, const char *path, const struct strlist *headers,
		       const struct oci_descriptor *d, const struct progress *progress, struct io_reader *out,
		       struct err *err)
{
	struct blob *b = mem_alloc(sizeof(*b));
	*b = (struct blob){.client = c, .path = mem_strdup(path), .progress = progress, .size = d->size};
	if (headers)
		strlist_extend(&b->headers, headers);
	int r = ask(b, err);
	if (r < 0) {
		blob_close(b);
		return r;
	}
	*out = (struct io_reader){.read = blob_read, .close = blob_close, .ctx = b};
	return 0;
}
