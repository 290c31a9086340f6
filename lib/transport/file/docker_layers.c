#include "transport/file/docker_layers.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "formats/tar.h"
#include "oci/image_config.h"
#include "transport/file/layout_index.h"

static void remember(struct file_docker_layers *l, const struct oci_digest *digest, const struct file_tar_member *m)
{
	if (strset_find(&l->digests, digest->text) != STRSET_NONE)
		return;
	l->members = mem_grow(l->members, l->digests.count, &l->cap, sizeof(*l->members));
	l->members[strset_add(&l->digests, digest->text)] = *m;
}

const struct file_tar_member *file_docker_layers_find(const struct file_docker_layers *l,
						      const struct oci_descriptor *d)
{
	size_t id = strset_find(&l->digests, d->digest.text);
	return id != STRSET_NONE && l->members[id].size == d->size ? &l->members[id] : NULL;
}

void file_docker_layers_done(struct file_docker_layers *l)
{
	strset_done(&l->digests);
	free(l->members);
	*l = (struct file_docker_layers){0};
}

static int hash_member(const struct file_tar_index *tar, const struct file_tar_member *m, struct oci_digest *out,
		       struct err *err)
{
	CLEANUP_SHA256 struct sha256 *h = sha256_new();
	CLEANUP_IO_READER struct io_reader reader = file_tar_index_reader(tar, m);
	CLEANUP_FREE char *block = mem_alloc(1 << 17);
	for (ssize_t n; (n = io_read(&reader, block, 1 << 17, err)) != 0;) {
		if (n < 0)
			return (int)n;
		sha256_update(h, block, (size_t)n);
	}
	uint8_t hash[SHA256_SIZE];
	sha256_final(h, hash);
	oci_digest_from_bytes(hash, out);
	return 0;
}

static int sniff(const struct file_tar_index *tar, const struct file_tar_member *m, enum oci_compression *out,
		 struct err *err)
{
	unsigned char head[6] = {0};
	(void)file_tar_index_peek(tar, m, head, sizeof(head)); /* an empty layer is uncompressed */
	enum tar_compression c = tar_compression_of(head, sizeof(head));
	*out = c == TAR_GZIP ? OCI_COMPRESSION_GZIP : c == TAR_ZSTD ? OCI_COMPRESSION_ZSTD : OCI_COMPRESSION_NONE;
	if (c == TAR_BZIP2 || c == TAR_XZ)
		return err_set(err, ERR_UNSUPPORTED, "compression-unsupported",
			       "its compression is not supported; use gzip or zstd");
	return 0;
}

static int describe_layer(struct file_docker_layers *l, const struct file_tar_index *tar, const char *name,
			  const struct oci_digest *diff_id, struct oci_descriptor *out, struct err *err)
{
	struct file_tar_member m;
	enum oci_compression compression;
	int r = file_tar_index_find(tar, name, &m, err);
	if (r == 0)
		r = sniff(tar, &m, &compression, err);
	if (r < 0)
		return r;
	*out = (struct oci_descriptor){.digest = *diff_id, .size = m.size};
	snprintf(out->media_type, sizeof(out->media_type), "%s", oci_layer_media_type(OCI_FAMILY_DOCKER, compression));
	if (compression != OCI_COMPRESSION_NONE)
		r = hash_member(tar, &m, &out->digest, err);
	remember(l, &out->digest, &m);
	return r;
}

/* The digest that the config's name claims: HEX.json, sha256:HEX or blobs/sha256/HEX. */
static bool digest_of_name(const char *name, struct oci_digest *out)
{
	const char *slash = strrchr(name, '/');
	name = slash ? slash + 1 : name;
	if (strncmp(name, "sha256:", 7) == 0)
		name += 7;
	size_t n = strspn(name, "0123456789abcdef");
	if (n != 64 || (name[n] && strcmp(name + n, ".json") != 0))
		return false;
	snprintf(out->text, sizeof(out->text), "sha256:%.64s", name);
	return true;
}

static int read_config(struct file_docker_layers *l, const struct file_tar_index *tar, const char *name,
		       struct oci_descriptor *d, struct oci_image_config *out, struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	struct file_tar_member m;
	struct oci_digest claimed;
	int r = file_tar_index_find(tar, name, &m, err);
	if (r == 0)
		r = file_tar_index_read(tar, name, LIMIT_CONFIG, &text, err);
	if (r < 0)
		return r;
	oci_descriptor_of(DOCKER_MEDIA_CONFIG, text.data, text.len, d);
	if (digest_of_name(name, &claimed) && !oci_digest_equal(&claimed, &d->digest))
		return err_set(err, ERR_CORRUPT, "blob-digest-mismatch",
			       "config %s has the wrong content: its digest is %s", claimed.text, d->digest.text);
	remember(l, &d->digest, &m);
	r = oci_image_config_parse(text.data, text.len, out, err);
	return r < 0 ? err_wrap(err, "config %s", d->digest.text) : 0;
}

int file_docker_layers_manifest(struct file_docker_layers *l, const struct file_tar_index *tar, const char *config,
				const struct strlist *layers, struct buf *out, struct err *err)
{
	CLEANUP_OCI_MANIFEST struct oci_manifest m = {.family = OCI_FAMILY_DOCKER};
	CLEANUP_OCI_IMAGE_CONFIG struct oci_image_config c = {0};
	int r = read_config(l, tar, config, &m.config, &c, err);
	if (r < 0)
		return r;
	if (layers->count != c.n_layers || layers->count > LIMIT_LAYERS)
		return err_set(err, ERR_CORRUPT, "layer-count-mismatch",
			       "manifest.json has %zu layers, but config %s has %zu diff IDs", layers->count,
			       m.config.digest.text, c.n_layers);
	m.layers = mem_calloc(layers->count, sizeof(*m.layers));
	m.n_layers = layers->count;
	for (size_t i = 0; i < m.n_layers; i++) {
		r = describe_layer(l, tar, layers->items[i], &c.diff_ids[i], &m.layers[i], err);
		if (r < 0)
			return err_wrap(err, "layer %zu", i + 1);
	}
	oci_manifest_write(&m, out);
	return 0;
}
