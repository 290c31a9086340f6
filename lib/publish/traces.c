#include "publish/traces.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "publish/attach.h"
#include "text/json.h"

int publish_trace_attach(struct transport_sink *sink, const struct oci_descriptor *subject,
			 const struct trace_file *trace, struct oci_digest *artifact, struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	int r = trace_file_write(trace, &text, err);
	return r < 0
		   ? r
		   : publish_attach(sink, subject, PUBLISH_ATTACH_TRACE_TYPE, "slim-trace.json", &text, artifact, err);
}

static int by_digest(const void *a, const void *b)
{
	const struct oci_descriptor *x = a, *y = b;
	return strcmp(x->digest.text, y->digest.text);
}

int publish_traces_list(struct transport_source *source, const struct oci_digest *subject, struct oci_index *out,
			struct err *err)
{
	int r = transport_source_referrers(source, subject, PUBLISH_ATTACH_TRACE_TYPE, out, err);
	if (r < 0)
		return r;
	if (!out->count) {
		CLEANUP_FREE char *text = oci_ref_text(transport_source_ref(source));
		return err_set(err, ERR_NOTFOUND, "trace-not-attached",
			       "%s: no trace is attached to %s; attach one with slim trace push", text, subject->text);
	}
	qsort(out->manifests, out->count, sizeof(*out->manifests), by_digest);
	return 0;
}

/* The only layer of an artifact's manifest. */
static int find_layer(const struct buf *manifest, struct oci_descriptor *out, struct err *err)
{
	json_auto_t *doc = NULL;
	json_t *layers = NULL;
	int r = json_parse_object(manifest->data, manifest->len, LIMIT_MANIFEST, "the artifact's manifest", &doc, err);
	if (r == 0)
		r = json_get_array(doc, "layers", true, &layers, err);
	if (r == 0 && json_array_size(layers) != 1)
		r = err_set(err, ERR_CORRUPT, "artifact-malformed", "the artifact has %zu blobs, but a trace has one",
			    json_array_size(layers));
	return r < 0 ? r : oci_descriptor_parse(json_array_get(layers, 0), out, err);
}

static int read_trace(struct transport_source *source, const struct oci_descriptor *artifact, struct trace_file *out,
		      struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	struct oci_descriptor layer;
	int r = transport_source_document(source, artifact, LIMIT_MANIFEST, &text, err);
	if (r == 0)
		r = find_layer(&text, &layer, err);
	if (r == 0)
		r = transport_source_document(source, &layer, LIMIT_TRACE, &text, err);
	return r < 0 ? r : trace_file_parse(text.data, text.len, out, err);
}

int publish_trace_read(struct transport_source *source, const struct oci_descriptor *artifact, struct trace_file *out,
		       struct err *err)
{
	int r = read_trace(source, artifact, out, err);
	return r < 0 ? err_wrap(err, "the trace %s", artifact->digest.text) : 0;
}
