#include "publish/attach.h"

#include "text/json.h"

#define EMPTY_TYPE "application/vnd.oci.empty.v1+json"

static void make_manifest(const struct oci_descriptor *config, const struct oci_descriptor *layer,
			  const struct oci_descriptor *subject, const char *title, struct buf *out)
{
	json_auto_t *doc =
	    json_pack("{s:i, s:s, s:s, s:o, s:[o], s:o, s:{s:s}}", "schemaVersion", 2, "mediaType", OCI_MEDIA_MANIFEST,
		      "artifactType", layer->media_type, "config", oci_descriptor_json(config), "layers",
		      oci_descriptor_json(layer), "subject", oci_descriptor_json(subject), "annotations",
		      "org.opencontainers.image.title", title);
	json_write(doc, out);
}

int publish_attach(struct transport_sink *sink, const struct oci_descriptor *subject, const char *type,
		   const char *title, const struct buf *data, struct oci_digest *artifact, struct err *err)
{
	CLEANUP_BUF struct buf manifest = {0};
	struct oci_descriptor config, layer, d;
	oci_descriptor_of(EMPTY_TYPE, "{}", 2, &config);
	oci_descriptor_of(type, data->data, data->len, &layer);
	int r = transport_sink_blob(sink, &config, "{}", err);
	if (r == 0)
		r = transport_sink_blob(sink, &layer, data->data, err);
	if (r < 0)
		return r;
	make_manifest(&config, &layer, subject, title, &manifest);
	oci_descriptor_of(OCI_MEDIA_MANIFEST, manifest.data, manifest.len, &d);
	*artifact = d.digest;
	return transport_sink_attach(sink, &d, &manifest, subject, type, err);
}

int publish_attach_report(struct publish_destination *to, size_t image, const struct buf *report,
			  struct oci_digest *artifact, struct err *err)
{
	const struct oci_descriptor *subject = image ? &to->published.more[image - 1] : &to->published.manifest;
	return publish_attach(to->sink, subject, PUBLISH_ATTACH_REPORT_TYPE, "slim-report.json", report, artifact, err);
}
