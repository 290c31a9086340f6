#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "net/protobuf.h"
#include "transport/containerd/records.h"

enum { INFO_DIGEST = 1, INFO_LABELS = 5 };
enum { WRITE_ACTION = 1, WRITE_REF, WRITE_TOTAL, WRITE_EXPECTED, WRITE_OFFSET, WRITE_DATA, WRITE_LABELS };
enum { ACTION_WRITE = 1, ACTION_COMMIT = 2 };

#define PIECE ((size_t)1 << 20) /* of a blob in one message; a server takes 4 MiB and more */

static int read_labels(const struct buf *answer, struct strlist *labels, struct err *err)
{
	struct net_protobuf_field info, f;
	int found = net_protobuf_find((struct net_protobuf_reader){answer->data, answer->len}, 1, &info, err);
	struct net_protobuf_reader r = net_protobuf_message(&info);
	if (found < 0)
		return found;
	while ((found = net_protobuf_next(&r, &f, err)) > 0) {
		CLEANUP_FREE char *key = NULL, *value = NULL;
		if (f.number != INFO_LABELS)
			continue;
		if ((found = net_protobuf_pair(&f, &key, &value, err)) < 0)
			break;
		strlist_take(labels, mem_printf("%s=%s", key, value));
	}
	return found;
}

int containerd_content_info(struct containerd *c, const struct oci_digest *digest, struct strlist *labels,
			    struct err *err)
{
	CLEANUP_BUF struct buf request = {0}, answer = {0};
	net_protobuf_put_string(&request, 1, digest->text);
	int r = containerd_call(c, "content.v1.Content/Info", &request, &answer, err);
	return r < 0 || !labels ? r : read_labels(&answer, labels, err);
}

int containerd_content_set_label(struct containerd *c, const struct oci_digest *digest, const char *key,
				 const char *value, struct err *err)
{
	CLEANUP_BUF struct buf request = {0}, info = {0}, mask = {0};
	CLEANUP_FREE char *path = mem_printf("labels.%s", key);
	net_protobuf_put_string(&info, INFO_DIGEST, digest->text);
	net_protobuf_put_pair(&info, INFO_LABELS, key, value);
	net_protobuf_put_string(&mask, 1, path);
	net_protobuf_put_message(&request, 1, &info);
	net_protobuf_put_message(&request, 2, &mask);
	return containerd_call(c, "content.v1.Content/Update", &request, NULL, err);
}

/* ---- writing ---- */

struct writing {
	const struct oci_descriptor *d;
	int fd;
	const char *data; /* NULL = fd */
	const struct strlist *labels;
	char *ref;
	uint64_t at;
	bool ended;
};

static int put_piece(struct writing *w, struct buf *out, struct err *err)
{
	const uint64_t left = w->d->size - w->at;
	const size_t n = left < PIECE ? (size_t)left : PIECE;
	CLEANUP_FREE char *piece = NULL;
	if (!w->data) {
		piece = mem_alloc(n);
		const ssize_t got = pread(w->fd, piece, n, (off_t)w->at);
		if (got != (ssize_t)n)
			return got < 0 ? err_sys(err, errno, "file-read", "the blob")
				       : err_set(err, ERR_CORRUPT, "upload-source-short",
						 "the blob ends after %llu of %llu bytes", (unsigned long long)w->at,
						 (unsigned long long)w->d->size);
	}
	net_protobuf_put_uint(out, WRITE_ACTION, ACTION_WRITE);
	net_protobuf_put_string(out, WRITE_REF, w->ref);
	net_protobuf_put_uint(out, WRITE_TOTAL, w->d->size);
	net_protobuf_put_string(out, WRITE_EXPECTED, w->d->digest.text);
	net_protobuf_put_uint(out, WRITE_OFFSET, w->at);
	net_protobuf_put_bytes(out, WRITE_DATA, w->data ? w->data + w->at : piece, n);
	w->at += n;
	return 1;
}

static int next_message(void *ctx, struct buf *out, struct err *err)
{
	struct writing *w = ctx;
	if (w->at < w->d->size)
		return put_piece(w, out, err);
	if (w->ended)
		return 0;
	w->ended = true;
	net_protobuf_put_uint(out, WRITE_ACTION, ACTION_COMMIT);
	net_protobuf_put_string(out, WRITE_REF, w->ref);
	net_protobuf_put_uint(out, WRITE_TOTAL, w->d->size);
	net_protobuf_put_string(out, WRITE_EXPECTED, w->d->digest.text);
	net_protobuf_put_uint(out, WRITE_OFFSET, w->at);
	for (size_t i = 0; w->labels && i < w->labels->count; i++) {
		const char *equals = strchr(w->labels->items[i], '=');
		CLEANUP_FREE char *key = mem_strndup(w->labels->items[i], (size_t)(equals - w->labels->items[i]));
		net_protobuf_put_pair(out, WRITE_LABELS, key, equals + 1);
	}
	return 1;
}

int containerd_content_write(struct containerd *c, const struct oci_descriptor *d, int fd, const void *data,
			     const struct strlist *labels, struct err *err)
{
	CLEANUP_FREE char *ref = mem_printf("slim-%d-%s", (int)getpid(), d->digest.text);
	struct writing w = {.d = d, .fd = fd, .data = data, .labels = labels, .ref = ref};
	const struct net_grpc_messages m = {.next = next_message, .ctx = &w, .max = PIECE};
	return containerd_stream(c, "content.v1.Content/Write", &m, err);
}
