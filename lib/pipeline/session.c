#include "pipeline/session.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/log.h"
#include "evidence/presence.h"
#include "evidence/witness.h"
#include "pipeline/transport_blobs.h"
#include "store/cache.h"
#include "verify/image_runs.h"

void pipeline_session_init(struct pipeline_session *s, const struct pipeline_session_options *options,
			   const struct progress *progress)
{
	*s = (struct pipeline_session){
	    .options = options,
	    .progress = progress,
	    .store.fd = -1,
	    .store.layers_fd = -1,
	    .cache_max = UINT64_MAX,
	    .engines = transport_engines_new(),
	};
}

int pipeline_session_new_file(struct pipeline_session *s, const char *name, int flags, struct err *err)
{
	int fd = openat(s->run.fd, name, O_RDWR | O_CREAT | O_CLOEXEC | flags, 0600);
	return fd < 0 ? err_sys(err, errno, "file-create", "create %s/%s", s->run.path, name) : fd;
}

const char *pipeline_session_digest(const struct pipeline_session *s)
{
	return s->image.manifest_digest.text[0] ? s->image.manifest_digest.text : s->image.manifest.config.digest.text;
}

struct transport_options pipeline_session_access(const struct pipeline_session *s)
{
	struct transport_options t = s->options->access;
	t.tmp_dir = s->run.path;
	t.progress = s->progress;
	t.engines = s->engines;
	return t;
}

int pipeline_session_open(struct pipeline_session *s, struct err *err)
{
	const struct pipeline_session_options *o = s->options;
	int r;
	if ((r = store_cache_max(&s->cache_max, err)) < 0 || (r = store_open(o->store, &s->store, err)) < 0 ||
	    (r = store_run_new(&s->store, &s->run, err)) < 0)
		return r;
	if (o->max_sparse)
		s->store.max_sparse = o->max_sparse;
	const struct transport_options t = pipeline_session_access(s);
	s->source = o->opened;
	if (s->source)
		return 0;
	const size_t step =
	    timings_begin(progress_timings(s->progress), "open the source", "the engine or the registry");
	r = transport_source_open(&o->source, &t, &s->source, err);
	timings_end(progress_timings(s->progress), step);
	return r;
}

int pipeline_session_fetch(struct pipeline_session *s, struct err *err)
{
	int r = pipeline_session_open(s, err);
	if (r < 0)
		return r;
	const size_t step =
	    timings_begin(progress_timings(s->progress), "read the manifest and the config", "the source");
	r = transport_source_image(s->source, s->options->platform, &s->image, err);
	timings_end(progress_timings(s->progress), step);
	return r;
}

int pipeline_session_unpack(struct pipeline_session *s, struct err *err)
{
	int r = progress_step(s->progress, "unpack", 0, 0, "", err);
	if (r < 0)
		return r;
	r = pipeline_unpack(&s->store, &s->run, s->source, &s->image, s->progress, &s->layers, err);
	if (r < 0)
		return r;
	return pipeline_index_builder_start(&s->indexing, &s->layers, progress_timings(s->progress), err);
}

int pipeline_session_index(struct pipeline_session *s, struct err *err)
{
	const size_t step =
	    timings_begin(progress_timings(s->progress), "wait for the index", "the index of the layers");
	int r = pipeline_index_builder_wait(&s->indexing, &s->index, err);
	timings_end(progress_timings(s->progress), step);
	return r;
}

void pipeline_session_settle(struct pipeline_session *s)
{
	const struct image_index *index;
	(void)!pipeline_index_builder_wait(&s->indexing, &index, NULL); /* the failure that led here is told already */
}

/* Removes the layers that this run used last. */
static void trim_store(struct pipeline_session *s)
{
	const struct store_cache_limits limits = {.by_size = true, .max_bytes = s->cache_max};
	CLEANUP_STORE_CACHE struct store_cache all = {0};
	struct err e = {0};
	if (s->cache_max != UINT64_MAX && s->run.path &&
	    store_cache_prune(&s->store, &s->run, &limits, s->progress, &all, &e) < 0)
		log_debug("the store is not pruned: %s", e.msg); /* the run's result does not depend on it */
}

void pipeline_session_done(struct pipeline_session *s)
{
	pipeline_index_builder_done(&s->indexing);
	image_layers_done(&s->layers);
	transport_image_done(&s->image);
	if (s->source != s->options->opened)
		transport_source_close(s->source);
	transport_engines_free(s->engines);
	trim_store(s);
	store_run_done(&s->run);
	store_done(&s->store);
}
