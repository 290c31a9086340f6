#include "cmd/inspect/flags.h"

#include "base/mem.h"
#include "ci/inspect/inspect.h"

#define AT(member) offsetof(struct inspect_flags, member)
static const struct option_row rows[] = {
    {"platform", 0, OPTION_STRING, AT(platform), "OS/ARCH",
     "choose the image of this platform from an index (default: this machine's)", OPTION_RARE, OPTION_PLATFORMS},
    {"quick", 'q', OPTION_FLAG, AT(quick), NULL, "read only the manifest and the configuration, not the layers"},
    {"ignore", 0, OPTION_STRING, AT(ignore), "FILE",
     "accept the findings that this file lists (default: " FINDINGS_EXCEPTIONS_FILE ", if there is one)"},
    {"json", 0, OPTION_FLAG, AT(json), NULL, "print JSON"},
    {"report", 0, OPTION_STRING, AT(report), "FILE", "write what --json prints to a file"},
    {"html", 0, OPTION_STRING, AT(html), "FILE", "write a page that shows the files, layers and waste, for a browser"},
    {"report-format", 0, OPTION_STRING, AT(report_format), "slim|docker-slim",
     "write --report in slim's or docker-slim's format (default: slim)"},
    {"sarif", 0, OPTION_STRING, AT(sarif), "FILE", "write the findings as SARIF 2.1.0"},
    {"verbose", 'v', OPTION_FLAG, AT(verbose), NULL, "describe each step on stderr"},
};
const struct option_group inspect_flags_group = OPTION_GROUP("Options", rows);

static const struct option_row gate_rows[] = {
    {"lowest-efficiency", 0, OPTION_STRING, AT(lowest_efficiency), "PART",
     "fail (exit status 4) if the layers' efficiency is below PART, such as 0.95"},
    {"highest-wasted-bytes", 0, OPTION_STRING, AT(highest_wasted_bytes), "SIZE",
     "fail if the paths that several layers have take more than SIZE"},
    {"highest-user-wasted-percent", 0, OPTION_STRING, AT(highest_user_wasted_percent), "PART",
     "fail if these paths take more than PART of the layers above the first"},
    {"fail-on", 0, OPTION_STRING, AT(fail_on), CI_INSPECT_FAIL_FORMS,
     "fail if there is a finding: one of high severity, any danger, or any at all"},
    {"dive-ci", 0, OPTION_STRING, AT(dive_ci), "FILE", "read these limits from a file of dive's (.dive-ci)"},
};
const struct option_group inspect_flags_gate_group = OPTION_GROUP("Limits", gate_rows);

void inspect_flags_init(void *options)
{
	registry_flags_init(&((struct inspect_flags *)options)->registry);
}

void inspect_flags_done(void *options)
{
	registry_flags_done(&((struct inspect_flags *)options)->registry);
}

static char *copy(const char *s)
{
	return s ? mem_strdup(s) : NULL;
}

int inspect_flags_limits(const struct inspect_flags *f, struct ci_dive_limits *out, struct err *err)
{
	*out = (struct ci_dive_limits){copy(f->lowest_efficiency), copy(f->highest_wasted_bytes),
				       copy(f->highest_user_wasted_percent)};
	int r = ci_dive_limits_check(out, err);
	if (r == 0 && f->dive_ci)
		r = ci_dive_limits_read(f->dive_ci, out, err);
	if (r == 0 && f->fail_on)
		r = ci_inspect_limit_check(f->fail_on, err);
	if (r == 0 && f->quick && (ci_dive_limits_any(out) || f->fail_on || f->sarif))
		r = err_set(err, ERR_INVAL, "option-conflict", "--quick reads no layers, and %s these",
			    f->sarif ? "the findings of --sarif need" : "limits on them need");
	return r;
}

int inspect_flags_exceptions(const struct inspect_flags *f, struct findings_exceptions *out, struct err *err)
{
	if (f->quick && f->ignore)
		return err_set(err, ERR_INVAL, "option-conflict",
			       "--quick finds nothing to ignore: leave --ignore out");
	return f->quick
		   ? 0
		   : findings_exceptions_read(f->ignore ? f->ignore : FINDINGS_EXCEPTIONS_FILE, !f->ignore, out, err);
}
