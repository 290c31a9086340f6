#include "unpack/unpack.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/thread.h"
#include "store/layer_store.h"
#include "unpack/in_place.h"
#include "unpack/unpack_layer.h"
#include "unpack/unpack_stream.h"

#define THREADS 2        /* layers at a time */
#define THREADS_REMOTE 4 /* that come over a network */

struct schedule {
	struct unpack_shared shared;
	struct unpack_job *jobs; /* by layer, bottom first */
	size_t count;
	struct oci_digest *diff_ids; /* of the jobs */
	struct unpack_job **todo;    /* largest first */
	size_t n_todo;
	atomic_size_t next;
	bool stream;    /* the layers come in one */
	struct err err; /* the first; under shared.mutex */
};

static void fail(struct schedule *s, const struct err *e)
{
	pthread_mutex_lock(&s->shared.mutex);
	if (!s->err.code)
		s->err = *e;
	pthread_mutex_unlock(&s->shared.mutex);
	atomic_store(&s->shared.stop, true);
}

static void *work(void *ctx)
{
	struct schedule *s = ctx;
	struct err e = {0};
	/* Gives this thread a umask of its own, so that files get their modes when they are made. If unshare is
	 * forbidden, as in a container without privileges, the umask is the process's, and run_all resets it. */
	if (unshare(CLONE_FS) < 0 && errno != EPERM) {
		(void)err_sys(&e, errno, "umask-unshare", "cannot unshare the umask");
		fail(s, &e);
		return NULL;
	}
	umask(0);
	if (s->stream && unpack_stream_run(&s->shared, s->jobs, s->count, &e) < 0)
		fail(s, &e);
	while (!s->stream && !atomic_load(&s->shared.stop)) {
		size_t i = atomic_fetch_add(&s->next, 1);
		if (i >= s->n_todo)
			break;
		if (unpack_job_run(s->todo[i], &e) < 0)
			fail(s, &e);
	}
	return NULL;
}

/* Run all of todo. */
static int run_all(struct schedule *s, struct err *err)
{
	pthread_t threads[THREADS_REMOTE];
	const size_t most = s->shared.source->is_remote ? THREADS_REMOTE : THREADS;
	/* A stream is read in one thread, and also where only its config is missing. */
	size_t n = 0, want = s->stream ? 1 : s->n_todo < most ? s->n_todo : most;
	const mode_t mask = umask(077);
	umask(mask);
	int e = 0;
	while (n < want && e == 0)
		if ((e = thread_start(&threads[n], work, s)) == 0)
			n++;
	for (size_t i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	umask(mask);
	if (want && n == 0)
		return err_sys(err, e, "thread-start", "cannot start a thread");
	if (s->err.code && err)
		*err = s->err;
	return -(int)s->err.code;
}

static int by_size(const void *a, const void *b)
{
	const struct unpack_job *x = *(struct unpack_job *const *)a, *y = *(struct unpack_job *const *)b;
	if (x->blob->size != y->blob->size)
		return x->blob->size < y->blob->size ? 1 : -1;
	return x->number < y->number ? -1 : 1;
}

static bool is_repeated(const struct schedule *s, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (oci_digest_equal(s->jobs[j].diff_id, s->jobs[i].diff_id))
			return true;
	return false;
}

/* Every layer that the store lacks, once. */
static int plan(struct schedule *s, struct err *err)
{
	for (size_t i = 0; i < s->count; i++) {
		struct unpack_job *j = &s->jobs[i];
		int r = store_layer_find(s->shared.store, j->diff_id, &j->chain_id, j->layer, err);
		if (r < 0)
			return r;
		if (r > 0 || is_repeated(s, i))
			continue;
		j->wanted = true;
		s->todo[s->n_todo++] = j;
		s->shared.total += j->blob ? j->blob->size : 0;
	}
	if (s->n_todo && !s->stream)
		qsort(s->todo, s->n_todo, sizeof(struct unpack_job *), by_size);
	return 0;
}

/* Bottom to top, so that each finds those below it in place: what waited for its parents, and what is in
 * the image more than once. */
static int settle(struct schedule *s, struct err *err)
{
	CLEANUP_FREE int *fds = mem_calloc(s->count, sizeof(*fds));
	for (size_t i = 0; i < s->count; i++) {
		struct unpack_job *j = &s->jobs[i];
		int r = 0;
		if (!j->layer->path && !j->tree) {
			if ((r = store_layer_find(s->shared.store, j->diff_id, &j->chain_id, j->layer, err)) < 0)
				return r;
			j->layer->cached = false; /* it came with the one further down */
		}
		if (!j->layer->path && !j->tree) { /* the same layer over other parents */
			s->todo[0] = j;
			s->n_todo = 1;
			j->wanted = true;
			s->shared.total += j->blob ? j->blob->size : 0;
			atomic_store(&s->next, 0);
			if ((r = run_all(s, err)) < 0)
				return r;
		}
		if (j->tree && (r = unpack_job_settle(j, fds, err)) < 0)
			return r;
		fds[i] = j->layer->fd;
	}
	return 0;
}

static void init_jobs(struct schedule *s, const struct oci_manifest *manifest, struct image_layers *layers)
{
	const struct oci_digest *parent = NULL;
	for (size_t i = 0; i < s->count; i++) {
		struct unpack_job *j = &s->jobs[i];
		*j = (struct unpack_job){
		    .shared = &s->shared,
		    .number = i + 1,
		    .count = s->count,
		    .blob = s->stream ? NULL : &manifest->layers[i],
		    .diff_id = &s->diff_ids[i],
		    .layer = &layers->items[i],
		    .fs = -1,
		};
		oci_chain_id(parent, j->diff_id, &j->chain_id);
		parent = &j->chain_id;
		layers->items[i].fd = -1;
	}
}

/* Every layer that the store lacks, and of a stream the config. */
static int complete(struct schedule *s, struct image_layers *layers, struct err *err)
{
	int r = plan(s, err);
	if (r < 0)
		return r;
	bool asks = !s->stream || s->n_todo || !unpack_stream_is_known(s->shared.store, s->shared.source);
	if ((asks && (r = run_all(s, err)) < 0) || (r = settle(s, err)) < 0)
		return r;
	return s->stream ? unpack_stream_finish(s->shared.store, layers, s->shared.source, err) : 0;
}

static int unpack(const struct store *store, const struct store_run *run, const struct unpack_blob_source *source,
		  const struct progress *progress, struct image_layers *out, struct err *err)
{
	size_t n = source->manifest->n_layers;
	if (n != source->config->n_layers)
		return err_set(err, ERR_CORRUPT, "layer-count-mismatch",
			       "the manifest has %zu layers, but the config has %zu", n, source->config->n_layers);
	if (n > LIMIT_LAYERS)
		return err_set(err, ERR_LIMIT, "too-many-layers", "the image has more than %d layers", LIMIT_LAYERS);
	CLEANUP_IMAGE_LAYERS struct image_layers layers = {.items = mem_calloc(n, sizeof(*layers.items)), .count = n};
	struct schedule s = {
	    .shared = {.store = store, .run = run, .source = source, .progress = progress},
	    .jobs = mem_calloc(n, sizeof(*s.jobs)),
	    .diff_ids = mem_dup(source->config->diff_ids, n * sizeof(*s.diff_ids)),
	    .todo = mem_calloc(n, sizeof(struct unpack_job *)),
	    .count = n,
	    .stream = source->stream,
	};
	pthread_mutex_init(&s.shared.mutex, NULL);
	init_jobs(&s, source->manifest, &layers);
	int r = complete(&s, &layers, err);
	for (size_t i = 0; i < n; i++)
		unpack_job_done(&s.jobs[i], false);
	pthread_mutex_destroy(&s.shared.mutex);
	free(s.jobs);
	free(s.diff_ids);
	free(s.todo);
	if (r == 0) {
		layers.written += atomic_load(&s.shared.written);
		*out = layers;
		layers = (struct image_layers){0};
	}
	return r;
}

int unpack_image(const struct store *store, const struct store_run *run, const struct unpack_blob_source *source,
		 const struct progress *progress, struct image_layers *out, struct err *err)
{
	if (!source->unpacked)
		return unpack(store, run, source, progress, out, err);
	struct err e = {0};
	int r = unpack_in_place(store, source, progress, out, &e);
	if (r == -ERR_UNSUPPORTED && (source->stream || source->has_blobs)) {
		log_debug("the layers are not used where they are: %s", e.msg);
		return unpack(store, run, source, progress, out, err);
	}
	if (r < 0 && err)
		*err = e;
	return r;
}
