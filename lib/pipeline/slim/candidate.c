#include "pipeline/slim/candidate.h"

#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "os/fd.h"
#include "publish/publish.h"

/* In the directory of the run. */
#define STORE_NAME "slim"
#define LAYOUT_NAME "slim.oci"

void pipeline_slim_candidate_init(struct pipeline_slim_candidate *c, struct pipeline_slim_image *image)
{
	*c = (struct pipeline_slim_candidate){.image = image, .store = {.fd = -1, .layers_fd = -1}};
}

static int unpack(struct pipeline_slim_candidate *c, unsigned round, struct err *err)
{
	struct pipeline_session *s = c->image->session;
	const struct progress quiet = {.cancel_fd = s->progress ? s->progress->cancel_fd : -1,
				       .timings = progress_timings(s->progress)};
	CLEANUP_FREE char *store = mem_printf("%s/" STORE_NAME, s->run.path);
	CLEANUP_FREE char *layout = mem_printf("%s/" LAYOUT_NAME, s->run.path);
	CLEANUP_FREE char *tag = mem_printf("round%u", round);
	const struct oci_ref ref = {.scheme = OCI_SCHEME_OCI, .location = layout, .tag = tag};
	int r = 0;
	if (c->store.fd < 0 && (r = store_open(store, &c->store, err)) < 0)
		return r;
	if ((r = pipeline_slim_image_wait(c->image, err)) < 0)
		return r;
	size_t step = timings_begin(quiet.timings, "write the candidate", NULL);
	if ((r = publish_layout(&ref, &c->image->result, pipeline_slim_image_blob(c->image), err)) < 0)
		return r;
	timings_next(quiet.timings, &step, "unpack the candidate", NULL);
	r = pipeline_unpacked_open(&ref, &s->image.config.platform, &c->store, &s->run, NULL, &quiet, &c->opened, err);
	timings_end(quiet.timings, step);
	return r;
}

static void unmount(struct pipeline_slim_candidate *c)
{
	struct pipeline_slim_mount *m = &c->mount;
	image_index_free(m->index);
	erofs_layer_done(&m->layer);
	oci_image_config_done(&m->config);
	*m = (struct pipeline_slim_mount){0};
}

/* Such programs may not take the large inode numbers that overlayfs gives to files of a layer on its own. */
static bool has_32_bits(const struct oci_platform *p)
{
	static const char *const names[] = {"386", "arm", "mips", "mipsle", "ppc"};
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(p->arch, names[i]) == 0)
			return true;
	return false;
}

static int mount_tar(struct pipeline_slim_candidate *c, struct err *err)
{
	if (has_32_bits(&c->image->session->image.config.platform))
		return err_set(err, ERR_UNSUPPORTED, "erofs-mount", "the image is of a platform with 32 bits");
	const struct store_run *run = &c->image->session->run;
	const struct rewrite_result *result = &c->image->result;
	struct pipeline_slim_mount *m = &c->mount;
	const size_t step = timings_begin(progress_timings(c->image->session->progress), "mount the candidate", NULL);
	int r = erofs_layer_open(run->fd, run->path, c->image->tar_fd, &result->layer.diff_id, result->layer.tar_size,
				 &m->layer, err);
	if (r == 0)
		r = image_index_build(&m->layer.layers, &m->index, err);
	if (r == 0)
		r = oci_image_config_parse(result->config_bytes.data, result->config_bytes.len, &m->config, err);
	if (r < 0)
		unmount(c);
	timings_end(progress_timings(c->image->session->progress), step);
	return r;
}

int pipeline_slim_candidate_open(void *ctx, unsigned round, struct verify_target *out, struct err *err)
{
	struct pipeline_slim_candidate *c = ctx;
	struct err why = {0};
	int r = 0;
	if (round > 1 && ((r = c->complete(c->ctx, err)) < 0 || (r = pipeline_slim_image_pack(c->image, err)) < 0))
		return r;
	r = c->unpacks ? err_set(&why, ERR_UNSUPPORTED, "erofs-mount", "the container reads files with O_DIRECT")
		       : mount_tar(c, &why);
	if (r == 0) {
		log_debug("round %u tries the packed layer itself, mounted by EROFS", round);
		*out = (struct verify_target){{&c->mount.layer.layers, &c->mount.config}, c->mount.index};
		return 0;
	}
	if (r != -ERR_UNSUPPORTED) {
		if (err)
			*err = why;
		return r;
	}
	log_debug("round %u unpacks the packed layer: %s", round, why.msg);
	if ((r = unpack(c, round, err)) == 0)
		*out = (struct verify_target){{&c->opened.layers, &c->opened.image.config}, c->opened.index};
	return r;
}

void pipeline_slim_candidate_close(void *ctx)
{
	struct pipeline_slim_candidate *c = ctx;
	unmount(c);
	pipeline_unpacked_done(&c->opened);
}

void pipeline_slim_candidate_done(struct pipeline_slim_candidate *c)
{
	pipeline_slim_candidate_close(c);
	store_done(&c->store);
	(void)fd_remove_tree(c->image->session->run.fd, STORE_NAME, NULL); /* what stays goes with the run */
	(void)fd_remove_tree(c->image->session->run.fd, LAYOUT_NAME, NULL);
}
