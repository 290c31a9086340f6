#include "publish/exported.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "layer/codec.h"
#include "os/fd.h"

#define BLOCK (1u << 18)

/* A layer as it came: in any order, perhaps twice. */
struct arrived {
	struct layer_digests digests;
	int fd;
};

struct arrivals {
	int dir;
	enum oci_compression compression;
	struct arrived *items;
	size_t count, cap;
};

static void arrivals_done(struct arrivals *a)
{
	for (size_t i = 0; i < a->count; i++)
		if (a->items[i].fd >= 0)
			close(a->items[i].fd);
	free(a->items);
}

static void free_decoder(struct layer_decoder **d)
{
	layer_decoder_free(*d);
}

static void free_encoder(struct layer_encoder **e)
{
	layer_encoder_free(*e);
}

static int new_file(int dir, struct err *err)
{
	int fd = openat(dir, "exported", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0 && unlinkat(dir, "exported", 0) == 0)
		return fd;
	int e = errno;
	if (fd >= 0)
		close(fd);
	return err_sys(err, e, "temporary-file-create", "cannot create a temporary file");
}

/* Closing the layer's reader is the source's affair. */
static ssize_t read_borrowed(void *ctx, void *buf, size_t n, struct err *err)
{
	return io_read(ctx, buf, n, err);
}

/* The tar into fd. */
static int pack(struct io_reader *tar, int fd, enum oci_compression c, struct layer_digests *out, struct err *err)
{
	CLEANUP(free_decoder)
	struct layer_decoder *in = layer_decoder_new((struct io_reader){.read = read_borrowed, .ctx = tar});
	CLEANUP(free_encoder) struct layer_encoder *to = layer_encoder_new(fd, c, 0);
	CLEANUP_FREE char *block = mem_alloc(BLOCK);
	struct layer_digests read;
	ssize_t n;
	while ((n = layer_decoder_read(in, block, BLOCK, err)) > 0) {
		int r = layer_encoder_write(to, block, (size_t)n, err);
		if (r < 0)
			return r;
	}
	if (n < 0)
		return (int)n;
	int r = layer_decoder_finish(in, &read, err);
	return r < 0 ? r : layer_encoder_finish(to, out, err);
}

static int each(void *ctx, const struct oci_digest *claimed, struct io_reader *tar, struct err *err)
{
	struct arrivals *a = ctx;
	CLEANUP_FD int fd = new_file(a->dir, err);
	struct arrived got = {.fd = -1};
	int r = fd < 0 ? fd : pack(tar, fd, a->compression, &got.digests, err);
	if (r < 0)
		return err_wrap(err, "layer number %zu of the export", a->count + 1);
	got.fd = steal_fd(&fd);
	a->items = mem_grow(a->items, a->count, &a->cap, sizeof(*a->items));
	a->items[a->count++] = got;
	return 0;
}

static struct arrived *find(struct arrivals *a, const struct oci_digest *diff_id)
{
	for (size_t i = 0; i < a->count; i++)
		if (oci_digest_equal(&a->items[i].digests.diff_id, diff_id))
			return &a->items[i];
	return NULL;
}

/* The layers in the order of the configuration, and a manifest of them. */
static int arrange(struct arrivals *a, struct publish_exported *out, struct err *err)
{
	const struct oci_image_config *config = &out->image.config;
	struct oci_manifest *m = &out->image.manifest;
	m->family = OCI_FAMILY_OCI;
	oci_descriptor_of(OCI_MEDIA_CONFIG, out->image.config_bytes.data, out->image.config_bytes.len, &m->config);
	m->layers = mem_calloc(config->n_layers, sizeof(*m->layers));
	out->layers = mem_calloc(config->n_layers, sizeof(*out->layers));
	for (size_t i = 0; i < config->n_layers; i++) {
		const struct arrived *got = find(a, &config->diff_ids[i]);
		if (!got)
			return err_set(err, ERR_CORRUPT, "layer-missing", "layer %zu of %zu (%s) did not arrive", i + 1,
				       config->n_layers, config->diff_ids[i].text);
		int fd = fcntl(got->fd, F_DUPFD_CLOEXEC, 0); /* the same layer may be in an image twice */
		if (fd < 0)
			return err_sys(err, errno, "file-open", "cannot keep a layer");
		out->layers[out->n_layers++] = fd;
		struct oci_descriptor *d = &m->layers[m->n_layers++];
		d->digest = got->digests.blob;
		d->size = got->digests.blob_size;
		strcpy(d->media_type, oci_layer_media_type(OCI_FAMILY_OCI, a->compression));
	}
	return 0;
}

int publish_exported_make(struct transport_source *source, const struct transport_image *known,
			  enum oci_compression compression, int dir, struct publish_exported *out, struct err *err)
{
	CLEANUP(arrivals_done) struct arrivals a = {.dir = dir, .compression = compression};
	out->image.config.platform = known->config.platform; /* which of several is wanted */
	int r = transport_source_stream(source, &out->image, each, &a, err);
	return r < 0 ? r : arrange(&a, out, err);
}

void publish_exported_done(struct publish_exported *e)
{
	for (size_t i = 0; i < e->n_layers; i++)
		close(e->layers[i]);
	free(e->layers);
	transport_image_done(&e->image);
	*e = (struct publish_exported){0};
}
