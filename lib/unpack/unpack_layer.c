#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/mem.h"
#include "layer/reader.h"
#include "os/fd.h"
#include "store/layer_store.h"
#include "unpack/holes.h"
#include "unpack/tree_settle.h"
#include "unpack/unpack_layer.h"

#define REPORT_BYTES (256u << 10) /* of blobs between two reports of progress */

static int may_go_on(const struct unpack_shared *s, struct err *err)
{
	if (atomic_load_explicit(&s->stop, memory_order_relaxed))
		return err_set(err, ERR_CANCELLED, "cancelled", "stopped because another layer failed");
	return progress_check(s->progress, err);
}

/* The blob's reader, counting. */
struct counted {
	struct io_reader in;
	struct unpack_job *job;
	uint64_t n;
};

static ssize_t counted_read(void *ctx, void *buf, size_t n, struct err *err)
{
	struct counted *c = ctx;
	struct unpack_shared *s = c->job->shared;
	ssize_t got = io_read(&c->in, buf, n, err);
	if (got <= 0)
		return got;
	c->n += (uint64_t)got;
	if (c->job->blob && c->n > c->job->blob->size)
		return err_set(err, ERR_CORRUPT, "blob-size-mismatch",
			       "the blob has more than the %llu bytes of its descriptor",
			       (unsigned long long)c->job->blob->size);
	int r = may_go_on(s, err);
	pthread_mutex_lock(&s->mutex);
	s->done += (uint64_t)got;
	if (r == 0 && (s->done - s->reported >= REPORT_BYTES || s->done == s->total)) {
		s->reported = s->done;
		r = progress_step(s->progress, "unpack", s->done, s->total, "bytes", err);
	}
	pthread_mutex_unlock(&s->mutex);
	return r < 0 ? r : got;
}

static void counted_close(void *ctx)
{
	struct counted *c = ctx;
	io_reader_close(&c->in);
	free(c);
}

static struct layer_reader *new_reader(struct unpack_job *j, struct io_reader in)
{
	struct counted *c = mem_alloc(sizeof(*c));
	*c = (struct counted){.in = in, .job = j};
	return layer_reader_new((struct io_reader){.read = counted_read, .close = counted_close, .ctx = c});
}

/* RUN/layer-N/fs, empty; what the store's own directory hands down (group, ACL) is taken off it. */
static int make_dir(struct unpack_job *j, struct err *err)
{
	int run = j->shared->run->fd;
	j->dir = mem_printf("layer-%zu", j->number);
	CLEANUP_FREE char *fs = mem_printf("%s/fs", j->dir);
	int r = fd_remove_tree(run, j->dir, err); /* of a failed unpacking in the same run */
	if (r < 0)
		return r;
	if (mkdirat(run, j->dir, 0700) < 0 || mkdirat(run, fs, 0755) < 0)
		return err_sys(err, errno, "directory-create", "cannot create %s/%s", j->shared->run->path, j->dir);
	j->fs = openat(run, fs, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (j->fs < 0 || fchown(j->fs, 0, 0) < 0 || fchmod(j->fs, 0755) < 0)
		return err_sys(err, errno, "directory-create", "cannot create %s/%s", j->shared->run->path, fs);
	(void)fremovexattr(j->fs, "system.posix_acl_default"); /* it has none, mostly */
	return 0;
}

static int tick(void *ctx, struct err *err)
{
	const struct unpack_job *j = ctx;
	return may_go_on(j->shared, err);
}

static int add_entries(struct unpack_job *j, struct layer_reader *reader, struct err *err)
{
	const struct layer_entry *e;
	int r;
	for (size_t n = 1; (r = layer_reader_next(reader, &e, err)) > 0; n++) {
		if (n % 64 == 0 && (r = tick(j, err)) < 0)
			return r;
		uint64_t holes = e->holes ? atomic_fetch_add(&j->shared->holes, e->holes) + e->holes : 0;
		if ((r = unpack_check_holes(j->shared->store, holes, err)) < 0)
			return layer_entry_wrap(e->path, strlen(e->path), err);
		if ((r = unpack_tree_add(j->tree, e, reader, tick, j, err)) < 0)
			return r;
	}
	return r;
}

static int commit(struct unpack_job *j, bool needs_parents, struct err *err)
{
	struct unpack_totals totals;
	int r = unpack_tree_finish(j->tree, &totals, err);
	if (r < 0)
		return r;
	struct image_layer *l = j->layer;
	l->bytes = totals.bytes;
	atomic_fetch_add(&j->shared->written, totals.bytes);
	l->files = totals.files;
	l->entries = totals.entries;
	l->bare_root = totals.bare_root;
	memcpy(l->check, totals.check, sizeof(l->check));
	r = store_layer_commit(j->shared->store, j->shared->run, j->dir, needs_parents ? &j->chain_id : j->diff_id,
			       needs_parents, l, err);
	if (r < 0)
		image_layer_done(l);
	unpack_job_done(j, false);
	return r;
}

int unpack_job_read(struct unpack_job *j, struct io_reader in, struct layer_digests *out, struct err *err)
{
	CLEANUP_LAYER_READER struct layer_reader *reader = new_reader(j, in);
	int r = make_dir(j, err);
	if (r < 0)
		return r;
	j->tree = unpack_tree_new(j->fs, &j->shared->memory);
	r = add_entries(j, reader, err);
	return r < 0 ? r : layer_reader_finish(reader, out, err);
}

/* Unpacked, and known to be what it should be. */
static int keep(struct unpack_job *j, uint64_t tar_size, struct err *err)
{
	j->layer->diff_id = *j->diff_id;
	j->layer->tar_size = tar_size;
	return unpack_tree_needs_parents(j->tree) ? 0 : commit(j, false, err);
}

static int run(struct unpack_job *j, struct err *err)
{
	enum oci_compression c;
	int r = oci_layer_compression(j->blob->media_type, &c, err); /* refuses what is no layer of ours */
	const struct unpack_blob_source *source = j->shared->source;
	struct io_reader in = {0};
	struct layer_digests d;
	if (r < 0 || (r = source->read(source->ctx, j->blob, &in, err)) < 0)
		return r;
	if ((r = unpack_job_read(j, in, &d, err)) < 0 || (r = unpack_blob_check(j->blob, j->diff_id, &d, err)) < 0)
		return r;
	return keep(j, d.tar_size, err);
}

static int blame(const struct unpack_job *j, struct err *err)
{
	return err_wrap(err, "layer %zu of %zu (%s)", j->number, j->count,
			j->blob ? j->blob->digest.text : j->diff_id->text);
}

int unpack_job_run(struct unpack_job *j, struct err *err)
{
	int r = run(j, err);
	if (r < 0) {
		unpack_job_done(j, false);
		blame(j, err);
	}
	return r;
}

int unpack_job_take(struct unpack_job *j, struct unpack_job *from, uint64_t tar_size, struct err *err)
{
	j->tree = steal_ptr(&from->tree);
	j->dir = steal_ptr(&from->dir);
	j->fs = steal_fd(&from->fs);
	j->wanted = false;
	int r = keep(j, tar_size, err);
	return r < 0 ? blame(j, err) : 0;
}

int unpack_job_settle(struct unpack_job *j, const int *lower, struct err *err)
{
	int r = unpack_tree_settle(j->tree, lower, j->number - 1, err);
	if (r == 0)
		r = commit(j, true, err);
	return r < 0 ? blame(j, err) : 0;
}

void unpack_job_done(struct unpack_job *j, bool remove)
{
	unpack_tree_free(j->tree);
	j->tree = NULL;
	if (j->dir && j->fs >= 0)
		close(j->fs);
	j->fs = -1;
	if (j->dir && remove)
		(void)fd_remove_tree(j->shared->run->fd, j->dir, NULL); /* goes with the run at the latest */
	free(j->dir);
	j->dir = NULL;
}
