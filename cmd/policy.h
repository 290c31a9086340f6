/* cmd/policy.h - the options that say what stays beside what was used, and the policy that they become. */
#pragma once

#include "keep/policy.h"
#include "option.h"

/* A verb's options struct has one of these as a member, and its rows are POLICY_ROWS. */
struct policy_flags {
	const char *keep, *package_db;
	struct strlist files, include, exclude, include_from, exclude_from, include_bin, include_exe, preserve;
	bool include_shell, include_workdir;
};

#define POLICY_ROW(type, member, field, name, kind, value, help)                                                       \
	{                                                                                                              \
		name, 0, kind, offsetof(type, member.field), value, help                                               \
	}
#define POLICY_ROWS(T, M)                                                                                              \
	POLICY_ROW(T, M, keep, "keep", OPTION_STRING, "LEVEL",                                                         \
		   "how much beyond what was used: exact, closure, safe (default)"),                                   \
	    POLICY_ROW(T, M, include, "include", OPTION_LIST, "PATTERN", "keep these paths"),                          \
	    POLICY_ROW(T, M, include_from, "include-from", OPTION_LIST, "FILE", "patterns to keep, one a line"),       \
	    POLICY_ROW(T, M, exclude, "exclude", OPTION_LIST, "PATTERN",                                               \
		       "leave these paths out, whatever needs them"),                                                  \
	    POLICY_ROW(T, M, exclude_from, "exclude-from", OPTION_LIST, "FILE", "patterns to leave out, one a line"),  \
	    POLICY_ROW(T, M, include_bin, "include-bin", OPTION_LIST, "PATH",                                          \
		       "keep this program and the libraries that it needs"),                                           \
	    POLICY_ROW(T, M, include_exe, "include-exe", OPTION_LIST, "NAME", "the same of a program in PATH"),        \
	    POLICY_ROW(T, M, include_shell, "include-shell", OPTION_FLAG, NULL,                                        \
		       "keep a shell and the usual tools beside it"),                                                  \
	    POLICY_ROW(T, M, include_workdir, "include-workdir", OPTION_FLAG, NULL,                                    \
		       "keep all of the image's working directory"),                                                   \
	    POLICY_ROW(T, M, preserve, "preserve-path", OPTION_LIST, "PATH",                                           \
		       "as --include: what the result holds is always the image's own"),                               \
	    POLICY_ROW(T, M, files, "policy", OPTION_LIST, "FILE", "all of this from a file, see slim-policy(5)"),     \
	    POLICY_ROW(T, M, package_db, "package-db", OPTION_STRING, "WHAT",                                          \
		       "the package database: trim (default), keep or drop")

void policy_flags_done(struct policy_flags *f);
/* Files first, then the options, which are stronger. *out is valid in any case. */
int policy_from_flags(const struct policy_flags *f, struct keep_policy *out, struct err *err) MUST_CHECK;
