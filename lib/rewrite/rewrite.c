#include "rewrite/rewrite.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "layer/writer.h"
#include "os/fd.h"
#include "rewrite/config_update.h"
#include "rewrite/layer_plan.h"
#include "text/json.h"

static void make_hardlink(const struct image_index *x, uint32_t first, struct layer_entry *e)
{
	CLEANUP_BUF struct buf path = {0};
	image_index_path(x, first, &path);
	e->hardlink = true;
	e->link = mem_strdup(path.data + 1);
	e->size = 0;
	for (size_t i = 0; i < e->n_xattrs; i++) { /* the file has them already, from its first name */
		free(e->xattrs[i].name);
		free(e->xattrs[i].value);
	}
	e->n_xattrs = 0;
}

/* The new content of an edited file, to be read. */
static int open_edit(const struct packages_edit *edit, struct err *err)
{
	CLEANUP_FD int fd = memfd_create("edit", MFD_CLOEXEC);
	if (fd < 0)
		return err_sys(err, errno, "temporary-file-create", "memfd_create");
	int r = fd_write_all(fd, edit->content.data, edit->content.len, err);
	if (r == 0 && lseek(fd, 0, SEEK_SET) < 0)
		r = err_sys(err, errno, "file-seek", "seek");
	return r < 0 ? r : steal_fd(&fd);
}

static int write_item(const struct image_index *x, const struct rewrite_item *item, const struct packages_edits *edits,
		      struct layer_writer *w, struct err *err)
{
	struct layer_entry e = {0};
	const struct packages_edit *edit = packages_edits_find(edits, item->node);
	CLEANUP_FD int content = -1;
	int r = image_index_entry(x, item->node, &e, err);
	if (r < 0)
		return r;
	if (item->first != IMAGE_NONE)
		make_hardlink(x, item->first, &e);
	else if (edit)
		r = content = open_edit(edit, err);
	else if (S_ISREG(e.mode))
		r = content = image_index_open(x, item->node, err);
	if (edit)
		e.size = edit->content.len;
	if (r >= 0)
		r = layer_writer_add(w, &e, content, err);
	layer_entry_done(&e);
	return r < 0 ? r : 0;
}

static int write_layer(const struct image_index *x, const struct rewrite_plan *plan, int fd,
		       const struct rewrite_options *o, const struct progress *progress, struct layer_digests *out,
		       struct err *err)
{
	CLEANUP_LAYER_WRITER struct layer_writer *w = layer_writer_new(fd, o->compression, o->level);
	uint64_t bytes = 0;
	for (size_t i = 0; i < plan->count; i++) {
		const struct rewrite_item *item = &plan->items[i];
		const struct image_node *n = image_index_node(x, item->node);
		int r = progress_step(progress, "pack", bytes, plan->bytes, "bytes", err);
		if (r == 0)
			r = write_item(x, item, o->edits, w, err);
		if (r < 0)
			return r;
		if (S_ISREG(n->mode) && item->first == IMAGE_NONE)
			bytes += n->size;
	}
	int r = layer_writer_finish(w, out, err);
	return r < 0 ? r : progress_step(progress, "pack", bytes, plan->bytes, "bytes", err);
}

static json_t *annotations(const struct rewrite_options *o)
{
	if (o->family != OCI_FAMILY_OCI ||
	    (!json_object_size(o->annotations) && !o->base_name && !o->base_digest && !o->annotation_value))
		return NULL;
	json_t *a = o->annotations ? json_copy((json_t *)o->annotations) : json_object();
	if (o->annotation) /* of a source that was made so itself: it is of other content */
		json_object_del(a, o->annotation);
	if (o->base_name)
		json_object_set_new(a, "org.opencontainers.image.base.name",
				    json_bytes(o->base_name, strlen(o->base_name)));
	if (o->base_digest)
		json_object_set_new(a, "org.opencontainers.image.base.digest", json_string(o->base_digest->text));
	if (o->annotation_value)
		json_object_set_new(a, o->annotation, json_string(o->annotation_value));
	return a;
}

static void make_documents(const struct oci_image_config *config, const struct rewrite_options *o,
			   struct rewrite_result *out)
{
	rewrite_config_update(config, &out->layer.diff_id, o->created, o->config_edit, &out->config_bytes);
	struct oci_manifest *m = &out->manifest;
	m->family = o->family;
	oci_descriptor_of(o->family == OCI_FAMILY_DOCKER ? DOCKER_MEDIA_CONFIG : OCI_MEDIA_CONFIG,
			  out->config_bytes.data, out->config_bytes.len, &m->config);
	m->layers = mem_calloc(1, sizeof(*m->layers));
	m->n_layers = 1;
	m->layers[0].digest = out->layer.blob;
	m->layers[0].size = out->layer.blob_size;
	strcpy(m->layers[0].media_type, oci_layer_media_type(o->family, o->compression));
	m->annotations = annotations(o);
	oci_manifest_write(m, &out->manifest_bytes);
	oci_descriptor_of(oci_manifest_media_type(m), out->manifest_bytes.data, out->manifest_bytes.len,
			  &out->manifest_descriptor);
}

int rewrite_image(const struct keep_set *k, const struct oci_image_config *config, int fd,
		  const struct rewrite_options *options, const struct progress *progress, struct rewrite_result *out,
		  struct err *err)
{
	CLEANUP_REWRITE_PLAN struct rewrite_plan plan;
	rewrite_plan_make(k, options->edits, &plan);
	struct rewrite_result result = {.bytes = plan.bytes, .entries = plan.count, .files = plan.files};
	int r = write_layer(k->index, &plan, fd, options, progress, &result.layer, err);
	if (r < 0) {
		err_wrap(err, "new layer");
		return r;
	}
	make_documents(config, options, &result);
	*out = result;
	return 0;
}

void rewrite_result_done(struct rewrite_result *r)
{
	oci_manifest_done(&r->manifest);
	buf_done(&r->manifest_bytes);
	buf_done(&r->config_bytes);
	*r = (struct rewrite_result){0};
}
