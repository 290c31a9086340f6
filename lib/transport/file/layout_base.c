/* Finds the base of an image among the other images of its OCI layout, in a directory or in a tar. */
#include "base/limits.h"
#include "base/mem.h"
#include "oci/index.h"
#include "transport/document.h"
#include "transport/file/layout_index.h"

struct layout {
	const struct transport_backend *backend;
	void *ctx;
};

/* The config of the image that an entry of index.json stands for; digest: of its manifest. */
static int read_config(const struct layout *l, const struct oci_descriptor *entry, const struct oci_platform *want,
		       struct oci_digest *digest, struct oci_image_config *out)
{
	CLEANUP_BUF struct buf doc = {0}, text = {0};
	CLEANUP_OCI_MANIFEST struct oci_manifest m = {0};
	struct oci_descriptor d = *entry;
	int r = transport_read_document(l->backend, l->ctx, &d, LIMIT_MANIFEST, &doc, NULL);
	if (r == 0)
		r = transport_resolve_index(l->backend, l->ctx, want, &doc, &d, NULL);
	if (r == 0)
		r = oci_manifest_parse(doc.data, doc.len, &m, NULL);
	if (r == 0)
		r = transport_read_document(l->backend, l->ctx, &m.config, LIMIT_CONFIG, &text, NULL);
	if (r == 0)
		r = oci_image_config_parse(text.data, text.len, out, NULL);
	*digest = d.digest;
	return r;
}

static void offer(const struct layout *l, const struct oci_ref *of, const struct oci_descriptor *entry,
		  struct oci_base_search *search)
{
	CLEANUP_OCI_IMAGE_CONFIG struct oci_image_config config = {0};
	CLEANUP_OCI_REF struct oci_ref ref = {0};
	struct oci_digest digest;
	if (read_config(l, entry, &search->of->platform, &digest, &config) < 0)
		return; /* a signature, another platform, a broken image */
	oci_ref_init(of->scheme, mem_strdup(of->location), mem_strdup(entry->ref_name), &ref);
	CLEANUP_FREE char *name = entry->ref_name[0] ? oci_ref_text(&ref) : NULL;
	oci_base_search_offer_config(search, name, &digest, &config);
}

void file_layout_find_base(const struct transport_backend *backend, void *ctx, const struct oci_ref *ref,
			   const struct buf *index_json, struct oci_base_search *search)
{
	const struct layout layout = {backend, ctx};
	CLEANUP_OCI_INDEX struct oci_index index = {0};
	if (oci_index_parse(index_json->data, index_json->len, &index, NULL) < 0)
		return;
	for (size_t i = 0; i < index.count && oci_base_search_next(search); i++)
		offer(&layout, ref, &index.manifests[i], search);
}
