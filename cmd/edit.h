/* cmd/edit.h - the options that change the configuration of the result, and what they become. */
#pragma once

#include "keep/policy.h"
#include "option.h"
#include "rewrite/config_edit.h"

/* build_flags has one of these as a member, and its rows are EDIT_ROWS. */
struct edit_flags {
	const char *entrypoint, *cmd, *workdir;
	struct strlist env, labels, volumes, expose, remove_env, remove_labels, remove_volumes, remove_expose;
};

#define EDIT_ROW(type, member, field, name, kind, value, help)                                                         \
	{                                                                                                              \
		name, 0, kind, offsetof(type, member.field), value, help                                               \
	}
#define EDIT_ROWS(T, M)                                                                                                \
	EDIT_ROW(T, M, entrypoint, "new-entrypoint", OPTION_STRING, "CMD", "the result's entrypoint; ' ' = none"),     \
	    EDIT_ROW(T, M, cmd, "new-cmd", OPTION_STRING, "CMD", "the result's command; ' ' = none"),                  \
	    EDIT_ROW(T, M, workdir, "new-workdir", OPTION_STRING, "DIR", "the result's working directory"),            \
	    EDIT_ROW(T, M, env, "new-env", OPTION_LIST, "NAME=VALUE", "set in the result"),                            \
	    EDIT_ROW(T, M, labels, "new-label", OPTION_LIST, "NAME=VALUE", "set in the result"),                       \
	    EDIT_ROW(T, M, volumes, "new-volume", OPTION_LIST, "DIR", "a volume of the result"),                       \
	    EDIT_ROW(T, M, expose, "new-expose", OPTION_LIST, "PORT", "a port that the result exposes"),               \
	    EDIT_ROW(T, M, remove_env, "remove-env", OPTION_LIST, "NAME", "not in the result"),                        \
	    EDIT_ROW(T, M, remove_labels, "remove-label", OPTION_LIST, "NAME", "not in the result"),                   \
	    EDIT_ROW(T, M, remove_volumes, "remove-volume", OPTION_LIST, "DIR", "not in the result"),                  \
	    EDIT_ROW(T, M, remove_expose, "remove-expose", OPTION_LIST, "PORT", "not in the result")

void edit_flags_done(struct edit_flags *f);

/* What they become; config borrows the rest. */
struct edit {
	struct config_edit config;
	struct strlist entrypoint, cmd, expose, remove_expose;
};
/* *e is valid in any case, and borrows from f. The new command's program joins what policy keeps. */
int edit_init(struct edit *e, const struct edit_flags *f, struct keep_policy *policy, struct err *err) MUST_CHECK;
void edit_done(struct edit *e);
