#include "publish/attach.h"

#include "text/json.h"

#define EMPTY_TYPE "application/vnd.oci.empty.v1+json"

static void make_manifest(const struct oci_descriptor *config, const struct oci_descriptor *report,
			  const struct oci_descriptor *subject, struct buf *out)
{
	json_auto_t *doc =
	    json_pack("{s:i, s:s, s:s, s:o, s:[o], s:o, s:{s:s}}", "schemaVersion", 2, "mediaType", OCI_MEDIA_MANIFEST,
		      "artifactType", PUBLISH_ATTACH_REPORT_TYPE, "config", oci_descriptor_json(config), "layers",
		      oci_descriptor_json(report), "subject", oci_descriptor_json(subject), "annotations",
		      "org.opencontainers.image.title", "slim-report.json");
	json_write(doc, out);
}

int publish_attach_report(struct publish_destination *to, const struct buf *report, struct oci_digest *artifact,
			  struct err *err)
{
	const struct oci_descriptor *subject = &to->published.manifest;
	CLEANUP_BUF struct buf manifest = {0};
	struct oci_descriptor config, layer, d;
	oci_descriptor_of(EMPTY_TYPE, "{}", 2, &config);
	oci_descriptor_of(PUBLISH_ATTACH_REPORT_TYPE, report->data, report->len, &layer);
	int r = transport_sink_blob(to->sink, &config, "{}", err);
	if (r == 0)
		r = transport_sink_blob(to->sink, &layer, report->data, err);
	if (r < 0)
		return r;
	make_manifest(&config, &layer, subject, &manifest);
	oci_descriptor_of(OCI_MEDIA_MANIFEST, manifest.data, manifest.len, &d);
	*artifact = d.digest;
	return transport_sink_attach(to->sink, &d, &manifest, subject, PUBLISH_ATTACH_REPORT_TYPE, err);
}
