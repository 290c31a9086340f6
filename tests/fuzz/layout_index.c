/* An OCI layout's index.json. The first byte says whether the image has a tag. */
#include "fuzz.h"
#include "oci/index.h"
#include "transport/file/layout_index.h"

/* Checks that the selection is one entry or an index, and that an image added to a readable index is found again. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (!n)
		return -1;
	const char *tag = data[0] == '{' ? NULL : "latest";
	CLEANUP_BUF struct buf json = {0}, out = {0}, updated = {0}, again = {0};
	struct oci_descriptor d, found;
	struct err err = {0};
	buf_append(&json, data + (tag ? 1 : 0), n - (tag ? 1 : 0));
	(void)!file_layout_check_version(&json, &err);
	if (file_layout_select(&json, tag, &out, &d, &err) < 0)
		assert(err.code && err.msg[0]);
	else
		assert(out.len ? !d.digest.text[0] : d.digest.text[0] != '\0');
	oci_descriptor_of("application/vnd.oci.image.manifest.v1+json", "x", 1, &d);
	if (file_layout_update(&json, &d, "mine", "example.com/mine:1", &updated, &err) < 0)
		return 0;
	CLEANUP_OCI_INDEX struct oci_index index = {0};
	if (oci_index_parse(json.data, json.len, &index, &err) < 0)
		return 0;
	const int r = file_layout_select(&updated, "mine", &again, &found, &err);
	assert(r == 0 && oci_digest_equal(&found.digest, &d.digest));
	return 0;
}
