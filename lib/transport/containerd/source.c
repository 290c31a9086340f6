#include "transport/containerd/source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "transport/containerd/in_place.h"
#include "transport/containerd/names.h"
#include "transport/containerd/records.h"
#include "transport/file/directory.h"

struct source {
	struct containerd *containerd;
	char *name;
	bool splits; /* the reference begins with the namespace */
	struct oci_descriptor target;
	int blobs; /* ROOT/blobs/sha256 */
	struct containerd_in_place in_place;
};

void containerd_source_close(void *ctx)
{
	struct source *s = ctx;
	if (s->containerd)
		containerd_in_place_close(s->containerd, &s->in_place);
	containerd_close(s->containerd);
	if (s->blobs >= 0)
		close(s->blobs);
	free(s->name);
	free(s);
}

/* The content store is a directory of blobs, which are read where they are. */
static int open_blobs(struct source *s, struct err *err)
{
	CLEANUP_FREE char *root = NULL;
	int r = containerd_root(s->containerd, "content", &root, err);
	if (r < 0)
		return r;
	CLEANUP_FREE char *path = mem_printf("%s/blobs/sha256", root);
	s->blobs = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return s->blobs < 0 ? err_sys(err, errno, "file-open", "the blobs of containerd, %s", path) : 0;
}

static int prepare(struct source *s, const struct oci_ref *ref, const struct transport_options *options,
		   struct err *err)
{
	const char *name = ref->location;
	int r = containerd_open(ref->engine, ref->space, options, &s->containerd, err);
	if (r == 0 && !ref->space)
		r = containerd_name_split(s->containerd, ref->location, &name, err);
	s->splits = name != ref->location;
	if (r == 0)
		r = containerd_name_find(s->containerd, name, &s->name, &s->target, err);
	return r == 0 ? open_blobs(s, err) : r;
}

int containerd_source_open(const struct oci_ref *ref, const struct transport_options *options, void **ctx,
			   struct err *err)
{
	struct source *s = mem_alloc(sizeof(*s));
	s->blobs = -1;
	int r = prepare(s, ref, options, err);
	if (r < 0)
		containerd_source_close(s);
	else
		*ctx = s;
	return r;
}

static int find_known(struct source *s, const struct containerd_known *k, struct err *err)
{
	for (size_t i = 0; i < k->names->count; i++) {
		int r = containerd_image_get(s->containerd, k->names->items[i], &s->target, err);
		if (r < 0 && r != -ERR_NOTFOUND)
			return r;
		if (r == 0 && oci_digest_equal(&s->target.digest, k->digest)) {
			s->name = mem_strdup(k->names->items[i]);
			return 0;
		}
	}
	return err_set(err, ERR_NOTFOUND, "image-not-in-engine",
		       "containerd at %s does not have %s under a name of the image, in the namespace %s",
		       containerd_socket(s->containerd), k->digest->text, containerd_namespace(s->containerd));
}

int containerd_source_open_known(const struct containerd_known *k, const struct transport_options *options, void **ctx,
				 struct err *err)
{
	struct source *s = mem_alloc(sizeof(*s));
	s->blobs = -1;
	int r = containerd_open(k->socket, k->space, options, &s->containerd, err);
	if (r == 0)
		r = find_known(s, k, err);
	if (r == 0)
		r = open_blobs(s, err);
	if (r < 0)
		containerd_source_close(s);
	else
		*ctx = s;
	return r;
}

void containerd_source_place(void *ctx, struct oci_ref *ref)
{
	struct source *s = ctx;
	const size_t n = strlen(containerd_namespace(s->containerd));
	char *location = ref->location;
	if (s->splits)
		location = mem_strdup(ref->location + n + 1);
	else
		ref->location = NULL;
	oci_ref_done(ref);
	oci_ref_init(OCI_SCHEME_CONTAINERD, location, NULL, ref);
	ref->engine = mem_strdup(containerd_socket(s->containerd));
	ref->space = mem_strdup(containerd_namespace(s->containerd));
}

int containerd_source_blob(void *ctx, const struct oci_descriptor *d, struct io_reader *out, struct err *err)
{
	struct source *s = ctx;
	return file_directory_open_blob(s->blobs, oci_digest_hex(&d->digest), d, out, err);
}

int containerd_source_top(void *ctx, struct buf *out, struct oci_descriptor *d, char **name, struct err *err)
{
	struct source *s = ctx;
	*d = s->target;
	*name = mem_strdup(s->name);
	return file_directory_read_file(s->blobs, oci_digest_hex(&d->digest), out, err);
}

int containerd_source_unpacked(void *ctx, struct transport_image *image, struct err *err)
{
	struct source *s = ctx;
	const struct containerd_layers from = {&image->manifest, &image->config, s->blobs};
	struct err e = {0};
	int r = containerd_in_place_open(s->containerd, &from, &s->in_place, &image->unpacked, &e);
	if (r == 0) {
		image->n_unpacked = image->config.n_layers;
		return 0;
	}
	if (r == -ERR_UNSUPPORTED) {
		log_debug("%s: the layers are not used where they are: %s", s->name, e.msg);
		return 0;
	}
	if (err)
		*err = e;
	return r;
}
