#include "transport/document.h"

#include "base/limits.h"

int transport_check_bytes(const struct oci_descriptor *d, const void *data, size_t n, struct err *err)
{
	if (n != d->size)
		return err_set(err, ERR_CORRUPT, "blob-size-mismatch", "%s has the wrong size: expected %llu bytes",
			       d->digest.text, (unsigned long long)d->size);
	struct oci_digest real;
	oci_digest_of(data, n, &real);
	if (!oci_digest_equal(&real, &d->digest))
		return err_set(err, ERR_CORRUPT, "blob-digest-mismatch", "%s has the wrong content: its digest is %s",
			       d->digest.text, real.text);
	return 0;
}

int transport_read_document(const struct transport_backend *backend, void *ctx, const struct oci_descriptor *d,
			    size_t max, struct buf *out, struct err *err)
{
	if (d->size > max)
		return err_set(err, ERR_LIMIT, "document-too-large", "%s has %llu bytes; the limit is %zu",
			       d->digest.text, (unsigned long long)d->size, max);
	CLEANUP_IO_READER struct io_reader reader = {0};
	int r = backend->blob(ctx, d, &reader, err);
	if (r < 0)
		return r;
	/* One byte more than there should be, to see that there are not more. */
	size_t room = (size_t)d->size + 1;
	out->len = 0;
	buf_reserve(out, room);
	while (room) {
		ssize_t n = io_read(&reader, out->data + out->len, room, err);
		if (n < 0)
			return err_wrap(err, "%s", d->digest.text);
		if (n == 0)
			break;
		out->len += (size_t)n;
		room -= (size_t)n;
	}
	out->data[out->len] = '\0';
	return transport_check_bytes(d, out->data, out->len, err);
}

int transport_resolve_index(const struct transport_backend *backend, void *ctx, const struct oci_platform *want,
			    struct buf *doc, struct oci_descriptor *d, struct err *err)
{
	for (int depth = 1; oci_media_type_is_index(d->media_type); depth++) {
		if (depth > LIMIT_INDEX_DEPTH)
			return err_set(err, ERR_LIMIT, "index-nested-too-deep",
				       "the indexes are nested more than %d deep", LIMIT_INDEX_DEPTH);
		CLEANUP_OCI_INDEX struct oci_index index = {0};
		int r = oci_index_parse(doc->data, doc->len, &index, err);
		if (r < 0)
			return err_wrap(err, "index %s", d->digest.text);
		const struct oci_descriptor *entry;
		r = oci_index_select(&index, want, &entry, err);
		if (r < 0)
			return err_wrap(err, "the index");
		*d = *entry;
		r = transport_read_document(backend, ctx, d, LIMIT_MANIFEST, doc, err);
		if (r < 0)
			return err_wrap(err, "manifest");
	}
	return 0;
}
