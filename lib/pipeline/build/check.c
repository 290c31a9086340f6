#include "pipeline/build/check.h"

#include "base/mem.h"

void pipeline_check_options_done(struct pipeline_check_options *o)
{
	ci_gate_limits_done(&o->limits);
	oci_ref_done(&o->growth_ref);
	o->growth_file = NULL;
}

/* A registry, else a layout: where an earlier result may stand with a manifest. */
static const struct oci_ref *earlier_result(const struct publish_destinations *to)
{
	const struct oci_ref *layout = NULL;
	for (size_t i = 0; i < to->count; i++) {
		const struct oci_ref *ref = &to->items[i].ref;
		if (transport_traits(ref->scheme)->registry)
			return ref;
		if (ref->scheme == OCI_SCHEME_OCI && !layout)
			layout = ref;
	}
	return layout;
}

static int read_manifest(const struct oci_ref *ref, const struct oci_platform *platform,
			 const struct transport_options *access, struct ci_gate_baseline *out, struct err *err)
{
	CLEANUP_TRANSPORT_SOURCE struct transport_source *source = NULL;
	CLEANUP_OCI_MANIFEST struct oci_manifest manifest = {0};
	struct err e = {0};
	int r = transport_source_open(ref, access, &source, &e);
	if (r == 0)
		r = transport_source_manifest(source, platform, &manifest, &e);
	if (r == -ERR_NOTFOUND)
		out->missing = true;
	else if (r < 0)
		return err_set(err, e.code, e.id, "--max-growth: %s", e.msg);
	for (size_t i = 0; i < manifest.n_layers; i++)
		out->compressed_bytes += manifest.layers[i].size;
	out->name = oci_ref_text(ref);
	return 0;
}

int pipeline_check_baseline(const struct pipeline_check_options *o, const struct pipeline_session *s,
			    const struct publish_destinations *to, const struct transport_options *access,
			    struct ci_gate_baseline *out, struct err *err)
{
	if (!ci_gate_limits_have(&o->limits, CI_GATE_MAX_GROWTH))
		return 0;
	if (o->growth_file) {
		int r = ci_gate_baseline_read(o->growth_file, out, err);
		return r < 0 ? err_wrap(err, "--growth-from") : 0;
	}
	const struct oci_ref *ref = o->growth_ref.location ? &o->growth_ref : earlier_result(to);
	if (!ref)
		return err_set(
		    err, ERR_INVAL, "growth-baseline-missing",
		    "--max-growth: no destination is a registry or a layout that may hold an earlier result: "
		    "name one with --growth-from FILE|REF");
	return read_manifest(ref, s->options->platform, access, out, err);
}

int pipeline_check_lock(const struct pipeline_check_options *o, const struct ci_lock_tree *tree,
			const struct buf *config, struct ci_lock_use *lock, struct report *report, struct err *err)
{
	CLEANUP_OCI_IMAGE_CONFIG struct oci_image_config parsed = {0};
	struct report_lock *out = &report->lock;
	int r = oci_image_config_parse(config->data, config->len, &parsed, err);
	if (r < 0)
		return r;
	lock->now.size_bytes = report->result.size_bytes;
	lock->now.compressed_bytes = report->result.compressed_bytes;
	r = ci_lock_use_compare(lock, &o->lock, tree, json_object_get(parsed.root, "config"), out, err);
	if (r == 0 && o->lock.check)
		report_gates_add(&report->gates, "check", NULL, report_lock_summary(out), !out->lines.count);
	return r;
}
