#include "pipeline/publish.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/json.h"
#include "base/mem.h"

int publish_image(const struct oci_ref *to, const struct transport_options *options,
		  const struct rewrite_result *result, int layer, struct err *err)
{
	CLEANUP_SINK struct transport_sink *sink = NULL;
	int r = transport_sink_open(to, options, &sink, err);
	if (r == 0)
		r = transport_sink_blob_fd(sink, &result->manifest.layers[0], layer, err);
	if (r == 0)
		r = transport_sink_blob(sink, &result->manifest.config, result->config_bytes.data, err);
	if (r == 0)
		r = transport_sink_commit(sink, &result->manifest_descriptor, &result->manifest_bytes, err);
	return r;
}

/* One blob from source to sink, hashed on the way through a temporary file. */
static int copy_blob(struct transport_source *source, const struct oci_descriptor *from, const struct oci_descriptor *d,
		     int tmp_dir, struct transport_sink *sink, struct err *err)
{
	CLEANUP_READER struct io_reader in = {0};
	int r = transport_source_blob(source, from, &in, err);
	if (r < 0)
		return r;
	CLEANUP_FD int fd = openat(tmp_dir, "blob", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_sys(err, errno, "create a temporary file");
	CLEANUP_SHA256 struct sha256 *hash = sha256_new();
	CLEANUP_FREE char *block = mem_alloc(1 << 18);
	ssize_t n;
	while ((n = in.read(in.ctx, block, 1 << 18, err)) > 0) {
		sha256_update(hash, block, (size_t)n);
		if ((r = fd_write_all(fd, block, (size_t)n, err)) < 0)
			return r;
	}
	if (n < 0)
		return (int)n;
	uint8_t bytes[SHA256_SIZE];
	struct oci_digest digest;
	sha256_final(hash, bytes);
	oci_digest_from_bytes(bytes, &digest);
	if (!oci_digest_equal(&digest, &d->digest))
		return err_set(err, ERR_CORRUPT, "layer %s has changed while it was read", d->digest.text);
	return transport_sink_blob_fd(sink, d, fd, err);
}

int publish_source(struct transport_source *source, const struct transport_image *image, enum oci_family family,
		   int tmp_dir, const struct oci_ref *to, const struct transport_options *options,
		   struct oci_descriptor *d, struct err *err)
{
	CLEANUP_SINK struct transport_sink *sink = NULL;
	int r = transport_sink_open(to, options, &sink, err);
	struct oci_manifest m = image->manifest; /* a shallow copy with layers of its own */
	CLEANUP_FREE struct oci_descriptor *layers = mem_dup(m.layers, m.n_layers * sizeof(*layers));
	m.layers = layers;
	m.family = family;
	strcpy(m.config.media_type, family == OCI_FAMILY_DOCKER ? DOCKER_MEDIA_CONFIG : OCI_MEDIA_CONFIG);
	for (size_t i = 0; r == 0 && i < m.n_layers; i++) {
		enum oci_compression c;
		r = oci_layer_compression(layers[i].media_type, &c, err);
		if (r == 0) {
			strcpy(layers[i].media_type, oci_layer_media_type(family, c));
			r = copy_blob(source, &image->manifest.layers[i], &layers[i], tmp_dir, sink, err);
		}
	}
	CLEANUP_BUF struct buf config = {0}, manifest = {0};
	if (r < 0)
		return r;
	json_write(image->config.root, &config);
	oci_digest_of(config.data, config.len, &m.config.digest);
	m.config.size = config.len;
	oci_manifest_write(&m, &manifest);
	*d = (struct oci_descriptor){.size = manifest.len};
	strcpy(d->media_type, oci_manifest_media_type(&m));
	oci_digest_of(manifest.data, manifest.len, &d->digest);
	if ((r = transport_sink_blob(sink, &m.config, config.data, err)) < 0)
		return r;
	return transport_sink_commit(sink, d, &manifest, err);
}
