#include "unpack/blob_source.h"

int unpack_blob_check(const struct oci_descriptor *blob, const struct oci_digest *diff_id,
		      const struct layer_digests *d, struct err *err)
{
	if (d->blob_size != blob->size)
		return err_set(err, ERR_CORRUPT, "blob-size-mismatch",
			       "the blob has %llu bytes, but its descriptor says %llu",
			       (unsigned long long)d->blob_size, (unsigned long long)blob->size);
	if (!oci_digest_equal(&d->blob, &blob->digest))
		return err_set(err, ERR_CORRUPT, "blob-digest-mismatch",
			       "the blob has the wrong content: its digest is %s", d->blob.text);
	if (!oci_digest_equal(&d->diff_id, diff_id))
		return err_set(err, ERR_CORRUPT, "diff-id-mismatch",
			       "its tar has the digest %s, but its diff ID in the config is %s", d->diff_id.text,
			       diff_id->text);
	return 0;
}
