#include "cmd/options/ci/gate_flags.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "text/path.h"

#define MAX_STATUS 125 /* shells use larger ones */

#define AT(member) offsetof(struct gate_flags, member)
static const struct option_row rows[] = {
    {"max-size", 0, OPTION_STRING, AT(max_size), "SIZE", "fail if the unpacked result is larger than SIZE (60MB)",
     OPTION_COMMON},
    {"max-compressed", 0, OPTION_STRING, AT(max_compressed), "SIZE",
     "fail if the compressed layer of the result is larger than SIZE"},
    {"min-reduction", 0, OPTION_STRING, AT(min_reduction), "PERCENT",
     "fail if the unpacked size shrinks by less than PERCENT (50%)"},
    {"max-growth", 0, OPTION_STRING, AT(max_growth), "PERCENT",
     "fail if the result grew by more than PERCENT against an earlier one (2%)"},
    {"growth-from", 0, OPTION_STRING, AT(growth_from), "FILE|REF",
     "compare with this report, lock file or image for --max-growth (default: the image at the destination)"},
    {"must-keep", 0, OPTION_LIST, AT(must_keep), "PATTERN", "fail unless the result has a path that matches PATTERN"},
    {"must-drop", 0, OPTION_LIST, AT(must_drop), "PATTERN",
     "fail if the result has a file that matches: a path, shell, compiler, git, private-key, ..."},
    {"require-verify", 0, OPTION_FLAG, AT(require_verify), NULL, "fail unless the result was run and found equal"},
    {"max-requests-failed", 0, OPTION_STRING, AT(max_requests_failed), "N",
     "fail if more than N requests fail while the image is recorded"},
    {"max-unproven", 0, OPTION_STRING, AT(max_unproven), "SIZE|N",
     "fail if more bytes or files were removed although kept files name them"},
    {"on-fail", 0, OPTION_STRING, AT(on_fail), "WHAT",
     "choose what follows a failure: fail (default), or keep-original[:STATUS] to publish the original", OPTION_RARE,
     "fail|keep-original|keep-original:"},
};
const struct option_group gate_flags_group = OPTION_GROUP("Gates (exit status 4 if one fails)", rows);

void gate_flags_done(struct gate_flags *f)
{
	strlist_done(&f->must_keep);
	strlist_done(&f->must_drop);
}

static int parse_on_fail(const char *text, struct gate_plan *out, struct err *err)
{
	static const char keep[] = "keep-original";
	const size_t n = sizeof(keep) - 1;
	if (strcmp(text, "fail") == 0)
		return 0;
	out->keep_original = strncmp(text, keep, n) == 0;
	if (out->keep_original && !text[n])
		return 0;
	if (out->keep_original && text[n] == ':') {
		const char *digits = text + n + 1;
		size_t len = strspn(digits, "0123456789");
		out->status = len <= 3 ? atoi(digits) : MAX_STATUS + 1;
		if (len && !digits[len] && out->status <= MAX_STATUS)
			return 0;
	}
	return err_set(err, ERR_INVAL, "option-value-invalid",
		       "--on-fail takes fail, keep-original or keep-original:STATUS (0 to %d), not \"%s\"", MAX_STATUS,
		       text);
}

/* True for an existing file, and for a name that looks like one. */
static bool is_file(const char *text)
{
	return access(text, F_OK) == 0 || path_ends_with(text, ".json") || path_ends_with(text, ".lock") ||
	       *text == '/' || *text == '.';
}

/* Takes a bare name for a registry's, because published images count, and not those of a local engine. */
static int parse_growth_from(const char *text, struct pipeline_check_options *out, struct err *err)
{
	if (is_file(text)) {
		out->growth_file = text;
		return 0;
	}
	int r = oci_ref_parse(text, &out->growth_ref, err);
	if (r == 0 && out->growth_ref.scheme == OCI_SCHEME_NONE) {
		CLEANUP_FREE char *full = mem_printf("docker://%s", text);
		oci_ref_done(&out->growth_ref);
		r = oci_ref_parse(full, &out->growth_ref, err);
	}
	const struct oci_name *name;
	if (r == 0 && transport_traits(out->growth_ref.scheme)->registry)
		r = oci_ref_name(&out->growth_ref, &name, err);
	return r < 0 ? err_wrap(err, "--growth-from") : 0;
}

static int add(struct gate_plan *out, enum ci_gate gate, const char *text, struct err *err)
{
	return text ? ci_gate_limits_add(&out->check.limits, gate, text, err) : 0;
}

static int add_all(struct gate_plan *out, enum ci_gate gate, const struct strlist *texts, struct err *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < texts->count; i++)
		r = add(out, gate, texts->items[i], err);
	return r;
}

int gate_flags_plan(const struct gate_flags *f, bool verifies, struct gate_plan *out, struct err *err)
{
	int r;
	*out = (struct gate_plan){0};
	if ((r = add(out, CI_GATE_MAX_SIZE, f->max_size, err)) < 0 ||
	    (r = add(out, CI_GATE_MAX_COMPRESSED, f->max_compressed, err)) < 0 ||
	    (r = add(out, CI_GATE_MIN_REDUCTION, f->min_reduction, err)) < 0 ||
	    (r = add(out, CI_GATE_MAX_GROWTH, f->max_growth, err)) < 0 ||
	    (r = add_all(out, CI_GATE_MUST_KEEP, &f->must_keep, err)) < 0 ||
	    (r = add_all(out, CI_GATE_MUST_DROP, &f->must_drop, err)) < 0 ||
	    (r = add(out, CI_GATE_MAX_REQUESTS_FAILED, f->max_requests_failed, err)) < 0 ||
	    (r = add(out, CI_GATE_MAX_UNPROVEN, f->max_unproven, err)) < 0)
		return r;
	if (f->require_verify)
		r = ci_gate_limits_add(&out->check.limits, CI_GATE_REQUIRE_VERIFY, NULL, err);
	if (r == 0 && f->growth_from && !f->max_growth)
		return err_set(err, ERR_INVAL, "option-conflict", "--growth-from needs --max-growth PERCENT");
	if (r == 0 && f->require_verify && !verifies)
		return err_set(err, ERR_INVAL, "option-conflict",
			       "--require-verify needs a verification: leave out --verify=off, or use --verify=on "
			       "with --trace");
	if (r == 0 && f->growth_from)
		r = parse_growth_from(f->growth_from, &out->check, err);
	return r == 0 && f->on_fail ? parse_on_fail(f->on_fail, out, err) : r;
}

void gate_plan_done(struct gate_plan *p)
{
	pipeline_check_options_done(&p->check);
}
