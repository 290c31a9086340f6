#include "cmd/inspect/image.h"

#include <unistd.h>

#include "base/limits.h"
#include "ci/inspect/inspect.h"
#include "cmd/progress.h"
#include "findings/secrets/config_text.h"
#include "pipeline/base_image.h"

#define ROWS 20 /* of each list of figures */

static void find_problems(struct inspect_image *out)
{
	const struct pipeline_inspected *i = &out->read;
	CLEANUP_OCI_BASE_SEARCH struct oci_base_search base = {0};
	const bool has_base = pipeline_base_image_find(i->source, &i->image.config, &base);
	findings_make(&(struct findings_input){.lists = &i->lists,
					       .history = &i->history,
					       .index = i->index,
					       .packages = &i->packages,
					       .config = &i->image.config,
					       .manifest = &i->image.manifest,
					       .seen = &out->watch,
					       .base_name = base.name,
					       .base_digest = has_base ? base.digest.text : NULL,
					       .base_layers = base.layers,
					       .exceptions = &out->exceptions},
		      &out->findings);
}

static int read_all(const struct inspect_flags *f, const struct oci_ref *ref, const struct oci_platform *platform,
		    struct inspect_image *out, struct err *err)
{
	struct transport_options t = registry_flags_options(&f->registry);
	struct pipeline_inspected *i = &out->read;
	struct progress progress;
	int r;
	if (f->quick) {
		r = transport_source_open(ref, &t, &i->source, err);
		return r < 0 ? r : transport_source_image(i->source, platform, &i->image, err);
	}
	if ((r = progress_begin(&progress, f->json || !isatty(STDERR_FILENO), err)) < 0)
		return r;
	t.progress = &progress;
	findings_watch_init(&out->watch, out->scanner, LIMIT_LAYERS);
	const struct inspect_watch watch = findings_watch_of(&out->watch);
	if ((r = pipeline_inspect(ref, platform, &t, &watch, &progress, i, err)) < 0)
		return r;
	inspect_figures_make(&i->history, &i->packages, i->index, ROWS, &out->figures);
	find_problems(out);
	out->view.findings = &out->findings;
	out->view.history = &i->history;
	out->view.figures = &out->figures;
	ci_dive_judge(&out->limits, &i->history, &out->gates);
	if (f->fail_on)
		ci_inspect_judge(&out->findings, f->fail_on, &out->gates);
	if (out->gates.count)
		out->view.gates = &out->gates;
	return 0;
}

int inspect_image_read(const struct inspect_flags *f, const struct oci_ref *ref, const struct oci_platform *platform,
		       struct inspect_image *out, struct err *err)
{
	out->scanner = findings_scanner_new();
	int r = read_all(f, ref, platform, out, err);
	if (r < 0 || (r = findings_config_mask(out->scanner, &out->read.image.config, &out->shown, err)) < 0)
		return r;
	out->view.digest = &out->read.image.manifest_digest;
	out->view.manifest = &out->read.image.manifest;
	out->view.config = &out->shown;
	return 0;
}

void inspect_image_done(struct inspect_image *i)
{
	ci_dive_limits_done(&i->limits);
	report_gates_done(&i->gates);
	findings_done(&i->findings);
	findings_watch_done(&i->watch);
	findings_exceptions_done(&i->exceptions);
	findings_scanner_free(i->scanner);
	oci_image_config_done(&i->shown);
	inspect_figures_done(&i->figures);
	pipeline_inspected_done(&i->read);
}
