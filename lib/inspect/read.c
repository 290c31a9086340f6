#include "inspect/read.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/thread.h"
#include "os/fd.h"

#define THREADS 2        /* layers at a time */
#define THREADS_REMOTE 4 /* that come over a network */

struct reading {
	const struct unpack_blob_source *source;
	const struct inspect_watch *watch;
	const struct progress *progress;
	struct inspect_list *lists; /* by layer; of a stream by place in it */
	size_t count, arrived;
	size_t skip, place;
	size_t *order; /* of the layers, largest first */
	atomic_size_t next;
	atomic_bool stop; /* one has failed: the others end */
	pthread_mutex_t mutex;
	uint64_t done, total; /* bytes of blobs; under mutex */
	struct err err;       /* the first; under mutex */
};

/* ---- one layer ---- */

struct counted {
	struct io_reader in;
	struct reading *r;
	bool borrowed;
};

static ssize_t counted_read(void *ctx, void *buf, size_t n, struct err *err)
{
	struct counted *c = ctx;
	struct reading *r = c->r;
	if (atomic_load_explicit(&r->stop, memory_order_relaxed))
		return err_set(err, ERR_CANCELLED, "cancelled", "stopped, as another layer failed");
	ssize_t got = io_read(&c->in, buf, n, err);
	if (got <= 0)
		return got;
	pthread_mutex_lock(&r->mutex);
	r->done += (uint64_t)got;
	int status = progress_step(r->progress, "read", r->done, r->total, "bytes", err);
	pthread_mutex_unlock(&r->mutex);
	return status < 0 ? status : got;
}

static void counted_close(void *ctx)
{
	struct counted *c = ctx;
	if (!c->borrowed)
		io_reader_close(&c->in);
	free(c);
}

static struct io_reader count_bytes(struct reading *r, struct io_reader in, bool borrowed)
{
	struct counted *c = mem_alloc(sizeof(*c));
	*c = (struct counted){.in = in, .r = r, .borrowed = borrowed};
	return (struct io_reader){.read = counted_read, .close = counted_close, .ctx = c};
}

static int read_blob(struct reading *r, size_t i, struct err *err)
{
	const struct oci_descriptor *blob = &r->source->manifest->layers[i];
	enum oci_compression c;
	struct io_reader in;
	struct layer_digests d;
	int status = oci_layer_compression(blob->media_type, &c, err); /* refuses encrypted and foreign layers */
	if (status == 0)
		status = r->source->read(r->source->ctx, blob, &in, err);
	if (status == 0)
		status = inspect_list_read(count_bytes(r, in, false), r->place + i, r->watch, &r->lists[i], &d, err);
	return status < 0 ? status : unpack_blob_check(blob, &r->source->config->diff_ids[i], &d, err);
}

static int read_directory(struct reading *r, size_t i, struct err *err)
{
	const struct layer_unpacked *u = &r->source->unpacked[i];
	CLEANUP_FD int root = open(u->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return err_sys(err, errno, "file-open", "%s", u->path);
	int status = progress_check(r->progress, err);
	if (status == 0)
		status = inspect_list_walk(root, r->place + i, r->watch, &r->lists[i], err);
	r->lists[i].diff_id = r->source->config->diff_ids[i];
	r->lists[i].tar_size = u->tar_size;
	return status;
}

/* ---- a stream ---- */

static int take_layer(void *ctx, const struct oci_digest *claimed, struct io_reader *tar, struct err *err)
{
	struct reading *r = ctx;
	struct layer_digests d;
	if (r->arrived == r->count)
		return err_set(err, ERR_CORRUPT, "layer-count-mismatch", "the engine sends more than %zu layers",
			       r->count);
	const size_t i = r->arrived++;
	int status = inspect_list_read(count_bytes(r, *tar, true), r->place + i, r->watch, &r->lists[i], &d, err);
	return status < 0 ? err_wrap(err, "layer number %zu of the stream", i + 1) : 0;
}

/* The lists are in the order of the stream: bring them into that of the config. */
static int sort_stream(struct reading *r, struct err *err)
{
	const struct oci_image_config *c = r->source->config;
	struct inspect_list *sorted = mem_calloc(r->count, sizeof(*sorted));
	for (size_t i = 0; i < r->count && i < c->n_layers; i++) {
		size_t from = 0;
		while (from < r->count && !oci_digest_equal(&r->lists[from].diff_id, &c->diff_ids[i]))
			from++;
		if (from == r->count) {
			for (size_t j = 0; j < i; j++)
				inspect_list_done(&sorted[j]);
			free(sorted);
			return err_set(err, ERR_CORRUPT, "layer-missing", "layer %zu of %zu (%s) did not come", i + 1,
				       r->count, c->diff_ids[i].text);
		}
		sorted[i] = r->lists[from];
		r->lists[from] = (struct inspect_list){0};
		r->source->manifest->layers[i].digest = sorted[i].diff_id;
		r->source->manifest->layers[i].size = sorted[i].tar_size;
	}
	for (size_t i = 0; i < r->count; i++)
		inspect_list_done(&r->lists[i]);
	free(r->lists);
	r->lists = sorted;
	return 0;
}

/* ---- all layers ---- */

static void fail(struct reading *r, const struct err *e)
{
	pthread_mutex_lock(&r->mutex);
	if (!r->err.code)
		r->err = *e;
	pthread_mutex_unlock(&r->mutex);
	atomic_store(&r->stop, true);
}

static void *work(void *ctx)
{
	struct reading *r = ctx;
	struct err e = {0};
	while (!atomic_load(&r->stop)) {
		size_t n = atomic_fetch_add(&r->next, 1);
		if (n >= r->count)
			break;
		const size_t i = r->order[n];
		if (i < r->skip)
			continue;
		if ((r->source->unpacked ? read_directory(r, i, &e) : read_blob(r, i, &e)) < 0) {
			(void)err_wrap(&e, "layer %zu of %zu", i + 1, r->count);
			fail(r, &e);
		}
	}
	return NULL;
}

static int read_all(struct reading *r, struct err *err)
{
	pthread_t threads[THREADS_REMOTE];
	const size_t most = r->source->is_remote ? THREADS_REMOTE : THREADS;
	size_t n = 0;
	int e = 0;
	while (n < most && n < r->count && e == 0)
		if ((e = thread_start(&threads[n], work, r)) == 0)
			n++;
	for (size_t i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	if (r->count && n == 0)
		return err_sys(err, e, "thread-start", "start a thread");
	if (r->err.code && err)
		*err = r->err;
	return -(int)r->err.code;
}

static void plan(struct reading *r)
{
	const struct oci_manifest *m = r->source->manifest;
	for (size_t i = 0; i < r->count; i++) {
		size_t at = i;
		if (i >= r->skip)
			r->total += m->layers[i].size;
		for (; at && m->layers[r->order[at - 1]].size < m->layers[i].size; at--)
			r->order[at] = r->order[at - 1];
		r->order[at] = i;
	}
}

int inspect_read(const struct unpack_blob_source *source, const struct inspect_part *part,
		 const struct inspect_watch *watch, const struct progress *progress, struct inspect_lists *out,
		 struct err *err)
{
	const bool stream = source->stream && !source->unpacked;
	const size_t n = source->unpacked ? source->n_unpacked : source->manifest->n_layers;
	if (n != source->config->n_layers || n != source->manifest->n_layers)
		return err_set(err, ERR_CORRUPT, "layer-count-mismatch", "the image has %zu layers, its config %zu", n,
			       source->config->n_layers);
	if (n > LIMIT_LAYERS)
		return err_set(err, ERR_LIMIT, "too-many-layers", "the image has more than %d layers", LIMIT_LAYERS);
	struct reading r = {.source = source, .watch = watch, .progress = progress, .count = n};
	r.skip = part && !stream ? part->skip : 0;
	r.place = part ? part->place : 0;
	r.lists = mem_calloc(n, sizeof(*r.lists));
	r.order = mem_calloc(n, sizeof(*r.order));
	pthread_mutex_init(&r.mutex, NULL);
	plan(&r);
	int status;
	if (!stream)
		status = read_all(&r, err);
	else if ((status = source->stream(source->ctx, take_layer, &r, err)) == 0)
		status = sort_stream(&r, err);
	pthread_mutex_destroy(&r.mutex);
	free(r.order);
	*out = (struct inspect_lists){.items = r.lists, .count = n};
	if (status < 0)
		inspect_lists_done(out);
	return status;
}

void inspect_lists_done(struct inspect_lists *l)
{
	for (size_t i = 0; i < l->count; i++)
		inspect_list_done(&l->items[i]);
	free(l->items);
	*l = (struct inspect_lists){0};
}
