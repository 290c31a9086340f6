#include "unpack/unpack_stream.h"

#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/config_store.h"

struct stream {
	struct unpack_shared *shared;
	struct unpack_job *jobs;
	size_t count, missing; /* jobs that are wanted still */
	size_t arrived;        /* layers that were read */
};

static struct unpack_job *find_wanted(const struct stream *s, const struct oci_digest *diff_id)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->jobs[i].wanted && oci_digest_equal(s->jobs[i].diff_id, diff_id))
			return &s->jobs[i];
	return NULL;
}

static bool is_of_image(const struct stream *s, const struct oci_digest *diff_id)
{
	for (size_t i = 0; i < s->count; i++)
		if (oci_digest_equal(s->jobs[i].diff_id, diff_id))
			return true;
	return false;
}

/* Closing the layer's reader is the source's affair. */
static ssize_t read_borrowed(void *ctx, void *buf, size_t n, struct err *err)
{
	struct io_reader *in = ctx;
	return io_read(in, buf, n, err);
}

static int take(struct stream *s, struct unpack_job *got, const struct layer_digests *d, struct err *err)
{
	struct unpack_job *j = find_wanted(s, &d->diff_id);
	if (j) {
		s->missing--;
		return unpack_job_take(j, got, d->tar_size, err);
	}
	if (is_of_image(s, &d->diff_id))
		return 0; /* the store has it, or it came twice */
	return err_set(err, ERR_CORRUPT, "diff-id-mismatch",
		       "its diff ID is %s, which the image's config does not name", d->diff_id.text);
}

static int each(void *ctx, const struct oci_digest *claimed, struct io_reader *tar, struct err *err)
{
	struct stream *s = ctx;
	if (!s->missing || (claimed && is_of_image(s, claimed) && !find_wanted(s, claimed)))
		return 0;
	struct unpack_job got = {.shared = s->shared, .number = ++s->arrived, .fs = -1};
	struct layer_digests d;
	int r = unpack_job_read(&got, (struct io_reader){.read = read_borrowed, .ctx = tar}, &d, err);
	if (r == 0)
		r = take(s, &got, &d, err);
	unpack_job_done(&got, true);
	return r < 0 ? err_wrap(err, "layer number %zu of the stream", s->arrived) : 0;
}

int unpack_stream_run(struct unpack_shared *shared, struct unpack_job *jobs, size_t count, struct err *err)
{
	struct stream s = {.shared = shared, .jobs = jobs, .count = count};
	for (size_t i = 0; i < count; i++)
		s.missing += jobs[i].wanted;
	int r = shared->source->stream(shared->source->ctx, each, &s, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < count; i++)
		if (jobs[i].wanted)
			return err_set(err, ERR_CORRUPT, "layer-missing", "layer %zu of %zu (%s) did not arrive", i + 1,
				       count, jobs[i].diff_id->text);
	return 0;
}

bool unpack_stream_is_known(const struct store *store, const struct unpack_blob_source *source)
{
	CLEANUP_BUF struct buf bytes = {0};
	struct oci_image_config config;
	if (!store_config_find(store, &source->manifest->config.digest, &bytes) ||
	    oci_image_config_parse(bytes.data, bytes.len, &config, NULL) < 0)
		return false;
	oci_image_config_done(source->config);
	buf_done(source->config_bytes);
	*source->config = config;
	*source->config_bytes = bytes;
	source->manifest->config.size = bytes.len;
	bytes = (struct buf){0};
	return true;
}

int unpack_stream_finish(const struct store *store, struct image_layers *layers,
			 const struct unpack_blob_source *source, struct err *err)
{
	const struct oci_image_config *c = source->config;
	struct oci_manifest *m = source->manifest;
	if (c->n_layers != layers->count || m->n_layers != layers->count)
		return err_set(err, ERR_CORRUPT, "layer-count-mismatch",
			       "the image's config has %zu diff IDs, but the engine named %zu", c->n_layers,
			       layers->count);
	for (size_t i = 0; i < layers->count; i++) {
		const struct image_layer *l = &layers->items[i];
		if (!oci_digest_equal(&c->diff_ids[i], &l->diff_id))
			return err_set(err, ERR_CORRUPT, "diff-id-mismatch",
				       "layer %zu is %s in the image's config, but the engine named %s", i + 1,
				       c->diff_ids[i].text, l->diff_id.text);
		m->layers[i].digest = l->diff_id;
		m->layers[i].size = l->tar_size;
	}
	CLEANUP_BUF struct buf known = {0};
	if (!store_config_find(store, &m->config.digest, &known)) {
		store_config_keep(store, &m->config.digest, source->config_bytes, NULL);
		layers->written += source->config_bytes->len;
	}
	return 0;
}
