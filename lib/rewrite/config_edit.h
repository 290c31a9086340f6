/* rewrite/config_edit.h - the user's changes to the configuration of the result. Spec: image-spec 1.1 config.md
 * (Entrypoint, Cmd, WorkingDir, Env, Labels, Volumes, ExposedPorts). All zero changes nothing. Everything is
 * borrowed. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "base/strlist.h"

struct rewrite_config_edit {
	const struct strlist *entrypoint, *cmd; /* an empty list takes it away; NULL = as it is */
	const char *working_dir;                /* NULL = as it is */
	/* NAME=VALUE to add or replace, and names to remove. Removals come first. */
	const struct strlist *env, *remove_env, *labels, *remove_labels;
	/* Paths and "8080/tcp". */
	const struct strlist *volumes, *remove_volumes, *expose, *remove_expose;
};

bool rewrite_config_edit_is_empty(const struct rewrite_config_edit *e);
/* root: the document; its "config" is replaced by a changed copy. */
void rewrite_config_edit_apply(const struct rewrite_config_edit *e, json_t *root);
