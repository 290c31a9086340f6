#include "pipeline/base_image.h"

#include <fcntl.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/mem.h"
#include "oci/index.h"
#include "os/fd.h"
#include "transport/transport.h"

static bool is_prefix(const struct oci_image_config *base, const struct oci_image_config *of)
{
	if (!base->n_layers || base->n_layers >= of->n_layers)
		return false;
	for (size_t i = 0; i < base->n_layers; i++)
		if (!oci_digest_equal(&base->diff_ids[i], &of->diff_ids[i]))
			return false;
	return true;
}

static void try_image(const char *layout, const char *tag, const struct oci_image_config *of,
		      struct pipeline_base_image *best)
{
	CLEANUP_OCI_REF struct oci_ref ref = {0};
	CLEANUP_TRANSPORT_SOURCE struct transport_source *source = NULL;
	CLEANUP_TRANSPORT_IMAGE struct transport_image image = {0};
	const struct transport_options options = {0};
	oci_ref_init(OCI_SCHEME_OCI, mem_strdup(layout), mem_strdup(tag), &ref);
	if (transport_source_open(&ref, &options, &source, NULL) < 0 ||
	    transport_source_image(source, &of->platform, &image, NULL) < 0 || !is_prefix(&image.config, of) ||
	    image.config.n_layers <= best->layers)
		return;
	free(best->name);
	*best = (struct pipeline_base_image){oci_ref_text(&ref), image.manifest_digest, image.config.n_layers};
}

static bool read_index(const char *layout, struct oci_index *out)
{
	CLEANUP_FREE char *path = mem_printf("%s/index.json", layout);
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	CLEANUP_BUF struct buf text = {0};
	return fd >= 0 && fd_read_all(fd, LIMIT_MANIFEST, path, &text, NULL) == 0 && text.len &&
	       oci_index_parse(text.data, text.len, out, NULL) == 0;
}

bool pipeline_base_image_find(const struct oci_ref *ref, const struct oci_image_config *config,
			      struct pipeline_base_image *out)
{
	CLEANUP_OCI_INDEX struct oci_index index = {0};
	*out = (struct pipeline_base_image){0};
	if (ref->scheme != OCI_SCHEME_OCI || !read_index(ref->location, &index))
		return false;
	for (size_t i = 0; i < index.count && i < PIPELINE_BASE_IMAGES; i++)
		if (index.manifests[i].ref_name[0])
			try_image(ref->location, index.manifests[i].ref_name, config, out);
	return out->name != NULL;
}

void pipeline_base_image_done(struct pipeline_base_image *b)
{
	free(b->name);
	*b = (struct pipeline_base_image){0};
}
