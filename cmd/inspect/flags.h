/* cmd/inspect/flags.h - the options of slim inspect, and what they say together. */
#pragma once

#include "ci/dive/dive.h"
#include "cmd/options/registry_flags.h"
#include "findings/findings.h"

struct inspect_flags {
	const char *platform, *report, *report_format, *ignore, *sarif, *fail_on, *html;
	const char *lowest_efficiency, *highest_wasted_bytes, *highest_user_wasted_percent, *dive_ci;
	bool quick, json, verbose;
	struct registry_flags registry;
};

extern const struct option_group inspect_flags_group, inspect_flags_gate_group;

void inspect_flags_init(void *flags); /* their defaults; for struct command, as _done */
void inspect_flags_done(void *flags);

/* Reads the limits of the options and of --dive-ci. The caller releases out, also after an error, as below. */
int inspect_flags_limits(const struct inspect_flags *f, struct ci_dive_limits *out, struct err *err) MUST_CHECK;
/* Reads the file of --ignore. */
int inspect_flags_exceptions(const struct inspect_flags *f, struct findings_exceptions *out,
			     struct err *err) MUST_CHECK;
