/* publish/traces.h - traces beside an image in a registry: the runs of one image that were recorded on several machines
 * meet there. Each is an artifact (attach.h) whose subject is the image's manifest. */
#pragma once

#include "oci/index.h"
#include "trace/trace_file.h"
#include "transport/transport.h"

/* Attaches the trace as it is; who publishes redacts it first (trace/trace_redact.h). *artifact: its digest. */
int publish_trace_attach(struct transport_sink *sink, const struct oci_descriptor *subject,
			 const struct trace_file *trace, struct oci_digest *artifact, struct err *err) MUST_CHECK;

/* The artifacts that hold traces of subject, a manifest of the source; sorted by digest. ERR_NOTFOUND: there are none.
 * ERR_UNSUPPORTED: the source is not a registry. oci_index_done. */
int publish_traces_list(struct transport_source *source, const struct oci_digest *subject, struct oci_index *out,
			struct err *err) MUST_CHECK;
/* Reads the trace of an artifact. Everything is checked against its digest. */
int publish_trace_read(struct transport_source *source, const struct oci_descriptor *artifact, struct trace_file *out,
		       struct err *err) MUST_CHECK;
