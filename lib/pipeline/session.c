#include "pipeline/session.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/log.h"
#include "pipeline/found.h"
#include "pipeline/transport_blobs.h"
#include "pipeline/trial.h"
#include "pipeline/witness.h"
#include "rootfs/cache.h"

void session_init(struct session *s, const struct session_options *options, const struct progress *progress)
{
	*s = (struct session){
	    .options = options,
	    .progress = progress,
	    .store.fd = -1,
	    .store.layers_fd = -1,
	    .cache_max = UINT64_MAX,
	};
}

int session_new_file(struct session *s, const char *name, int flags, struct err *err)
{
	int fd = openat(s->run.fd, name, O_RDWR | O_CREAT | O_CLOEXEC | flags, 0600);
	return fd < 0 ? err_sys(err, errno, "file-create", "create %s/%s", s->run.path, name) : fd;
}

const char *session_digest(const struct session *s)
{
	return s->image.manifest_digest.text[0] ? s->image.manifest_digest.text : s->image.manifest.config.digest.text;
}

struct transport_options session_access(const struct session *s)
{
	struct transport_options t = s->options->access;
	t.tmp_dir = s->run.path;
	t.progress = s->progress;
	return t;
}

int session_fetch(struct session *s, struct err *err)
{
	const struct session_options *o = s->options;
	int r;
	if ((r = rootfs_cache_max(&s->cache_max, err)) < 0 || (r = rootfs_store_open(o->store, &s->store, err)) < 0 ||
	    (r = rootfs_run_new(&s->store, &s->run, err)) < 0)
		return r;
	const struct transport_options t = session_access(s);
	if ((r = transport_source_open(&o->source, &t, &s->source, err)) < 0)
		return r;
	return transport_source_image(s->source, o->platform, &s->image, err);
}

int session_unpack(struct session *s, struct err *err)
{
	int r = progress_step(s->progress, "unpack", 0, 0, "", err);
	if (r < 0)
		return r;
	r = pipeline_unpack(&s->store, &s->run, s->source, &s->image, s->progress, &s->layers, err);
	if (r < 0)
		return r;
	return index_builder_start(&s->indexing, &s->layers, err);
}

int session_index(struct session *s, struct err *err)
{
	return index_builder_wait(&s->indexing, &s->index, err);
}

/* What this run used is the last that goes. */
static void trim_store(struct session *s)
{
	const struct rootfs_cache_limits limits = {.by_size = true, .max_bytes = s->cache_max};
	CLEANUP_CACHE struct rootfs_cache all = {0};
	struct err e = {0};
	if (s->cache_max != UINT64_MAX && s->run.path &&
	    rootfs_cache_prune(&s->store, &s->run, &limits, s->progress, &all, &e) < 0)
		log_debug("the store is not pruned: %s", e.msg); /* the run's result does not depend on it */
}

void session_done(struct session *s)
{
	index_builder_done(&s->indexing);
	image_layers_done(&s->layers);
	transport_image_done(&s->image);
	transport_source_close(s->source);
	trim_store(s);
	rootfs_run_done(&s->run);
	rootfs_store_done(&s->store);
}
