/* Reads what engines export, front to back. Docker before 25: ID/layer.tar (some are symlinks to another's), ID/json,
 * HEX.json, manifest.json; later ones: an OCI layout, blobs/sha256/HEX, and the same manifest.json; podman: HEX.tar,
 * HEX.json, manifest.json. The list of layers comes last, so layers are recognized by how they begin, and the config by
 * its digest. Names are hints only. */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "formats/tar.h"
#include "oci/index.h"
#include "text/json.h"
#include "transport/engine/opened.h"

#define BLOCK ((size_t)1 << 18)

struct document {
	struct oci_digest digest;
	struct buf bytes;
};

struct export
{
	struct io_reader in;
	char *block;
	struct err failure; /* of in; libarchive can't carry it */
	struct archive *archive;
	size_t members;
	struct document *documents; /* JSON that may be the config, or lead to it */
	size_t n_documents, cap, kept;

	uint8_t head[TAR_BLOCK]; /* of the member at hand */
	size_t head_len, head_at;
};

static la_ssize_t next_block(struct archive *a, void *ctx, const void **out)
{
	struct export *x = ctx;
	*out = x->block;
	ssize_t n = io_read(&x->in, x->block, BLOCK, &x->failure);
	if (n < 0)
		archive_set_error(a, EIO, "source");
	return n < 0 ? ARCHIVE_FATAL : n;
}

static int problem(struct export *x, struct err *err)
{
	if (x->failure.code) {
		if (err)
			*err = x->failure;
		return -(int)x->failure.code;
	}
	const char *text = archive_error_string(x->archive);
	return err_set(err, ERR_CORRUPT, "export-damaged", "the export is damaged: %s",
		       text ? text : "no reason known");
}

static ssize_t read_member(void *ctx, void *buf, size_t n, struct err *err)
{
	struct export *x = ctx;
	size_t have = x->head_len - x->head_at;
	if (have) {
		n = n < have ? n : have;
		memcpy(buf, x->head + x->head_at, n);
		x->head_at += n;
		return (ssize_t)n;
	}
	la_ssize_t got = archive_read_data(x->archive, buf, n);
	return got < 0 ? problem(x, err) : got;
}

static int read_head(struct export *x, struct err *err)
{
	x->head_len = x->head_at = 0;
	while (x->head_len < TAR_BLOCK) {
		la_ssize_t n = archive_read_data(x->archive, x->head + x->head_len, TAR_BLOCK - x->head_len);
		if (n < 0)
			return problem(x, err);
		if (n == 0)
			break;
		x->head_len += (size_t)n;
	}
	return 0;
}

/* ---- what a member is ---- */

static bool is_zero(const uint8_t *h)
{
	for (size_t i = 0; i < TAR_BLOCK; i++)
		if (h[i])
			return false;
	return true;
}

static bool is_layer(const struct export *x)
{
	const uint8_t *h = x->head;
	enum tar_compression c = tar_compression_of(h, x->head_len);
	if (x->head_len >= 4 && (c == TAR_GZIP || c == TAR_ZSTD))
		return true;
	return x->head_len == TAR_BLOCK && (tar_is_header(h) || is_zero(h)); /* zeros: the end of an empty one */
}

/* The digest that the name may stand for: HEX.tar, blobs/sha256/HEX. */
static bool claim_of(const char *name, struct oci_digest *out)
{
	const char *slash = name ? strrchr(name, '/') : NULL;
	name = slash ? slash + 1 : name;
	size_t n = name ? strspn(name, "0123456789abcdef") : 0;
	if (n != 64 || (name[n] && strcmp(name + n, ".tar") != 0))
		return false;
	CLEANUP_FREE char *text = mem_printf("sha256:%.64s", name);
	return oci_digest_parse(text, out, NULL) == 0;
}

static int keep_document(struct export *x, size_t size, struct err *err)
{
	CLEANUP_BUF struct buf b = {0};
	buf_reserve(&b, size);
	while (b.len < size) {
		ssize_t n = read_member(x, b.data + b.len, size - b.len, err);
		if (n < 0)
			return (int)n;
		if (n == 0)
			return err_set(err, ERR_CORRUPT, "export-damaged",
				       "the export is damaged: a member is cut short");
		b.len += (size_t)n;
	}
	b.data[b.len] = '\0';
	x->kept += b.len;
	x->documents = mem_grow(x->documents, x->n_documents, &x->cap, sizeof(*x->documents));
	struct document *d = &x->documents[x->n_documents++];
	*d = (struct document){.bytes = b};
	oci_digest_of(b.data, b.len, &d->digest);
	b = (struct buf){0};
	return 0;
}

static int take_member(struct export *x, struct archive_entry *e, transport_each_layer *each, void *ctx,
		       struct err *err)
{
	int r = 0;
	la_int64_t size = archive_entry_size(e);
	if (archive_entry_filetype(e) != AE_IFREG || archive_entry_hardlink(e) || size <= 0)
		return 0;
	if ((uint64_t)size > LIMIT_LAYER_BYTES)
		return err_set(err, ERR_LIMIT, "export-too-large", "the export has a member of more than %llu bytes",
			       LIMIT_LAYER_BYTES);
	if ((r = read_head(x, err)) < 0)
		return r;
	if (is_layer(x)) {
		struct oci_digest claimed;
		bool claims = claim_of(archive_entry_pathname(e), &claimed);
		struct io_reader tar = {.read = read_member, .ctx = x};
		return each(ctx, claims ? &claimed : NULL, &tar, err);
	}
	bool may_be = x->head_len && (x->head[0] == '{' || x->head[0] == '[') && size <= LIMIT_CONFIG;
	return may_be && x->kept + (size_t)size <= LIMIT_EXPORT_JSON ? keep_document(x, (size_t)size, err) : 0;
}

static int read_members(struct export *x, transport_each_layer *each, void *ctx, struct err *err)
{
	if (archive_read_open(x->archive, x, NULL, next_block, NULL) != ARCHIVE_OK)
		return problem(x, err);
	for (;;) {
		struct archive_entry *e;
		int rc = archive_read_next_header(x->archive, &e);
		if (rc == ARCHIVE_EOF)
			return 0;
		if (rc != ARCHIVE_OK && rc != ARCHIVE_WARN)
			return problem(x, err);
		if (++x->members > LIMIT_ARCHIVE_MEMBERS)
			return err_set(err, ERR_LIMIT, "export-too-large", "the export has more than %d members",
				       LIMIT_ARCHIVE_MEMBERS);
		if ((rc = take_member(x, e, each, ctx, err)) < 0)
			return rc;
	}
}

/* ---- the config ---- */

static const struct buf *find_document(const struct export *x, const struct oci_digest *digest)
{
	for (size_t i = 0; i < x->n_documents; i++)
		if (oci_digest_equal(&x->documents[i].digest, digest))
			return &x->documents[i].bytes;
	return NULL;
}

/* From the image's ID to its config: mostly it is the config's digest; with containerd's store it is that of an index
 * or a manifest. Every step is a digest that was checked. */
static int find_config(const struct export *x, const struct oci_platform *want, struct oci_digest *digest,
		       const struct buf **out, struct err *err)
{
	for (int depth = 0; depth <= LIMIT_INDEX_DEPTH; depth++) {
		json_auto_t *doc = NULL;
		const struct buf *b = find_document(x, digest);
		if (!b)
			return err_set(err, ERR_PROTO, "export-incomplete",
				       "the export lacks %s, which leads to the image's config", digest->text);
		int r = json_parse_object(b->data, b->len, LIMIT_CONFIG, digest->text, &doc, err);
		if (r < 0)
			return r;
		if (json_object_get(doc, "manifests")) {
			CLEANUP_OCI_INDEX struct oci_index index = {0};
			const struct oci_descriptor *d;
			if ((r = oci_index_parse(b->data, b->len, &index, err)) < 0 ||
			    (r = oci_index_select(&index, want, &d, err)) < 0)
				return err_wrap(err, "index %s", digest->text);
			*digest = d->digest;
		} else if (json_object_get(doc, "layers")) {
			CLEANUP_OCI_MANIFEST struct oci_manifest m = {0};
			if ((r = oci_manifest_parse(b->data, b->len, &m, err)) < 0)
				return err_wrap(err, "manifest %s", digest->text);
			*digest = m.config.digest;
		} else {
			*out = b;
			return 0;
		}
	}
	return err_set(err, ERR_LIMIT, "index-nested-too-deep", "the indexes are nested more than %d deep",
		       LIMIT_INDEX_DEPTH);
}

static int set_config(const struct export *x, const struct oci_digest *id, struct transport_image *image,
		      struct err *err)
{
	struct oci_image_config config;
	struct oci_digest digest = *id;
	const struct buf *bytes = NULL;
	int r = find_config(x, &image->config.platform, &digest, &bytes, err);
	if (r == 0 && (r = oci_image_config_parse(bytes->data, bytes->len, &config, err)) < 0)
		err_wrap(err, "config %s", digest.text);
	if (r < 0)
		return r;
	oci_image_config_done(&image->config);
	image->config = config;
	image->config_bytes.len = 0;
	buf_append(&image->config_bytes, bytes->data, bytes->len);
	image->manifest.config.digest = digest;
	image->manifest.config.size = bytes->len;
	return 0;
}

static void export_done(struct export *x)
{
	archive_read_free(x->archive);
	io_reader_close(&x->in);
	for (size_t i = 0; i < x->n_documents; i++)
		buf_done(&x->documents[i].bytes);
	free(x->documents);
	free(x->block);
}

int engine_source_stream(struct engine_source *s, struct transport_image *image, transport_each_layer *each, void *ctx,
			 struct err *err)
{
	CLEANUP_FREE char *path =
	    mem_printf("/images/%s/get", oci_digest_hex(&s->id)); /* the name may move meanwhile */
	CLEANUP(export_done) struct export x = {.block = mem_alloc(BLOCK), .archive = archive_read_new()};
	if (!x.archive)
		abort();
	archive_read_support_format_tar(x.archive);
	int r = engine_get(s->engine, path, &x.in, err);
	if (r < 0)
		return r;
	if ((r = read_members(&x, each, ctx, err)) < 0 || (r = set_config(&x, &s->id, image, err)) < 0)
		return err_wrap(err, "%s", engine_name(s->engine));
	return 0;
}
