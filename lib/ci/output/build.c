#include "ci/output/build.h"

#include <inttypes.h>
#include <stdio.h>

#include "oci/ref.h"

const char *const ci_figure_names[CI_FIGURES] = {
    [CI_FIGURE_IMAGE] = "image",   [CI_FIGURE_DIGEST] = "digest",       [CI_FIGURE_PINNED] = "pinned",
    [CI_FIGURE_SIZE] = "size",     [CI_FIGURE_REDUCTION] = "reduction", [CI_FIGURE_ORIGINAL_SIZE] = "original_size",
    [CI_FIGURE_STATUS] = "status",
};

const char *ci_build_status(const struct ci_build *b)
{
	const bool original = report_gates_kept_original(&b->report->gates); /* the error is the reason for it */
	switch (b->error ? b->error->code : ERR_NONE) {
	case ERR_NONE:
		return original ? "kept-original" : "passed";
	case ERR_GATE:
		return original ? "kept-original" : "gate-failed";
	case ERR_DIFFERS:
	case ERR_UNPROVEN:
		return original ? "kept-original" : "not-proven";
	case ERR_CANCELLED:
		return "stopped";
	default:
		return original ? "kept-original" : "failed";
	}
}

bool ci_build_has_result(const struct ci_build *b)
{
	return b->report->result.reference || b->report->result.digest[0] || b->report->result.size_bytes;
}

const char *ci_build_change(uint64_t before, uint64_t after, char out[32])
{
	out[0] = '\0';
	if (before)
		snprintf(out, 32, "%+.1f %%", ((double)after - (double)before) * 100 / (double)before);
	return out;
}

bool ci_verb_has_figure(enum ci_verb verb, enum ci_figure which)
{
	switch (verb) {
	case CI_RECORD:
		return which == CI_FIGURE_STATUS || which == CI_FIGURE_ORIGINAL_SIZE;
	case CI_VERIFY:
		return which != CI_FIGURE_PINNED;
	default:
		return true;
	}
}

/* In an engine or registry only the name; for a file or directory the whole reference. */
static char *image_name(const struct report_image *result)
{
	CLEANUP_OCI_REF struct oci_ref ref = {0};
	const struct oci_name *name;
	if (!result->reference || oci_ref_parse(result->reference, &ref, NULL) < 0 ||
	    oci_ref_name(&ref, &name, NULL) < 0)
		return mem_strdup(result->reference ? result->reference : "");
	return mem_strdup(ref.location);
}

static char *reduction(const struct ci_build *b)
{
	const uint64_t before = b->report->source.size_bytes, after = b->report->result.size_bytes;
	if (!before || !ci_build_has_result(b))
		return mem_strdup("");
	return mem_printf("%.1f", ((double)before - (double)after) * 100 / (double)before);
}

static char *size(uint64_t bytes)
{
	return bytes ? mem_printf("%" PRIu64, bytes) : mem_strdup("");
}

char *ci_build_figure(const struct ci_build *b, enum ci_figure which)
{
	const struct report *r = b->report;
	const char *pinned = r->n_destinations ? r->destinations[0].pinned : NULL;
	switch (which) {
	case CI_FIGURE_IMAGE:
		return image_name(&r->result);
	case CI_FIGURE_DIGEST:
		return mem_strdup(r->result.digest);
	case CI_FIGURE_PINNED:
		return mem_strdup(pinned ? pinned : "");
	case CI_FIGURE_SIZE:
		return size(r->result.size_bytes);
	case CI_FIGURE_ORIGINAL_SIZE:
		return size(r->source.size_bytes);
	case CI_FIGURE_REDUCTION:
		return reduction(b);
	default:
		return mem_strdup(ci_build_status(b));
	}
}
