/* cmd/build/config_edit_flags.h - the options that change the configuration of the result, and the edits made of
 * them. */
#pragma once

#include "cmd/options/option.h"
#include "keep/policy.h"
#include "rewrite/config_edit.h"

/* A member of build_flags. */
struct config_edit_flags {
	const char *entrypoint, *cmd, *workdir;
	struct strlist env, labels, volumes, expose, remove_env, remove_labels, remove_volumes, remove_expose;
};

extern const struct option_group config_edit_flags_group;

void config_edit_flags_done(struct config_edit_flags *f);

/* The edits made of the flags; config borrows the rest. */
struct config_edit {
	struct rewrite_config_edit config;
	struct strlist entrypoint, cmd, expose, remove_expose;
};
/* *e is valid in any case, and borrows from f. The new command's program joins what policy keeps. */
int config_edit_init(struct config_edit *e, const struct config_edit_flags *f, struct keep_policy *policy,
		     struct err *err) MUST_CHECK;
void config_edit_done(struct config_edit *e);
