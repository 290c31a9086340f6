/* cmd/edit.h - the options that change the configuration of the result, and what they become. */
#pragma once

#include "keep/policy.h"
#include "option.h"
#include "rewrite/config_edit.h"

/* A member of build_flags. */
struct edit_flags {
	const char *entrypoint, *cmd, *workdir;
	struct strlist env, labels, volumes, expose, remove_env, remove_labels, remove_volumes, remove_expose;
};

extern const struct option_group edit_flags_group;

void edit_flags_done(struct edit_flags *f);

/* What they become; config borrows the rest. */
struct edit {
	struct config_edit config;
	struct strlist entrypoint, cmd, expose, remove_expose;
};
/* *e is valid in any case, and borrows from f. The new command's program joins what policy keeps. */
int edit_init(struct edit *e, const struct edit_flags *f, struct keep_policy *policy, struct err *err) MUST_CHECK;
void edit_done(struct edit *e);
