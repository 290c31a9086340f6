/* cmd/options/policy_flags.h - the options that name files to keep and to remove, and the policy made of them. */
#pragma once

#include "cmd/options/option.h"
#include "keep/policy.h"

/* A member of build_flags. */
struct policy_flags {
	const char *keep, *package_db;
	struct strlist files, include, exclude, include_from, exclude_from, include_bin, include_exe, preserve;
	bool include_shell, include_workdir;
};

extern const struct option_group policy_flags_group;

void policy_flags_done(struct policy_flags *f);
/* Reads the files first, then the options, which override them. *out is valid in any case. */
int policy_flags_parse(const struct policy_flags *f, struct keep_policy *out, struct err *err) MUST_CHECK;
