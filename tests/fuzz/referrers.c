/* The index under the tag of an image's referrers, a line "--", and the manifest to add. */
#include "fuzz.h"
#include "transport/registry/referrers.h"

/* Reads both, and the header of a page. */
static void look(const struct buf *index, const struct oci_digest *subject)
{
	CLEANUP_OCI_INDEX struct oci_index found = {0};
	CLEANUP_FREE char *next = NULL;
	struct err err = {0};
	if (registry_referrers_select(index, "x/y", &found, &err) < 0)
		assert(err.code && err.msg[0]);
	(void)!registry_referrers_next(index->data, subject, &next, NULL);
	assert(!next || strncmp(next, "referrers/", 10) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct fuzz_input in = {data, n};
	CLEANUP_FREE char *old = fuzz_cut(&in, "\n--\n");
	CLEANUP_BUF struct buf index = {0}, manifest = {0}, once = {0}, twice = {0};
	struct oci_descriptor d;
	struct err err = {0};
	bool changed = false;
	buf_str(&index, old);
	buf_append(&manifest, in.data, in.n);
	oci_descriptor_of("application/vnd.oci.image.manifest.v1+json", in.data, in.n, &d);
	look(&index, &d.digest);
	if (registry_referrers_add(&index, &d, &manifest, "x/y", &once, &changed, &err) < 0) {
		assert(err.code && err.msg[0]);
		return 0;
	}
	assert(changed == (once.len > 0));
	if (!changed)
		return 0;
	const int r = registry_referrers_add(&once, &d, &manifest, "x/y", &twice, &changed, &err);
	assert(r == 0 && !changed); /* it is there now */
	look(&once, &d.digest);
	return 0;
}
