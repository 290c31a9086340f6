#include "pipeline/attach.h"

#include <stdio.h>

#include "base/json.h"

#define EMPTY_TYPE "application/vnd.oci.empty.v1+json"

static struct oci_descriptor describe(const char *type, const void *data, size_t n)
{
	struct oci_descriptor d = {.size = n};
	snprintf(d.media_type, sizeof(d.media_type), "%s", type);
	oci_digest_of(data, n, &d.digest);
	return d;
}

static void make_manifest(const struct oci_descriptor *config, const struct oci_descriptor *report,
			  const struct oci_descriptor *subject, struct buf *out)
{
	json_auto_t *doc =
	    json_pack("{s:i, s:s, s:s, s:o, s:[o], s:o, s:{s:s}}", "schemaVersion", 2, "mediaType", OCI_MEDIA_MANIFEST,
		      "artifactType", ATTACH_REPORT_TYPE, "config", oci_descriptor_json(config), "layers",
		      oci_descriptor_json(report), "subject", oci_descriptor_json(subject), "annotations",
		      "org.opencontainers.image.title", "slim-report.json");
	json_write(doc, out);
}

int attach_report(const struct destination *to, const struct transport_options *access,
		  const struct oci_descriptor *subject, const struct buf *report, struct oci_digest *artifact,
		  struct err *err)
{
	CLEANUP_SINK struct transport_sink *sink = NULL;
	CLEANUP_BUF struct buf manifest = {0};
	const struct oci_descriptor config = describe(EMPTY_TYPE, "{}", 2);
	const struct oci_descriptor layer = describe(ATTACH_REPORT_TYPE, report->data, report->len);
	int r = transport_sink_open(&to->ref, access, &sink, err);
	if (r == 0)
		r = transport_sink_blob(sink, &config, "{}", err);
	if (r == 0)
		r = transport_sink_blob(sink, &layer, report->data, err);
	if (r < 0)
		return r;
	make_manifest(&config, &layer, subject, &manifest);
	const struct oci_descriptor d = describe(OCI_MEDIA_MANIFEST, manifest.data, manifest.len);
	*artifact = d.digest;
	return transport_sink_attach(sink, &d, &manifest, subject, ATTACH_REPORT_TYPE, err);
}
