/* cmd/options/docker_run/mounts.h - parses mounts, tmpfs and devices as docker run does. */
#pragma once

#include "runtime/bundle_options.h"

/* --mount SOURCE:DIRECTORY[:ro|:rw], --tmpfs DIRECTORY[:OPTION,...], --device PATH[:PATH][:rwm]. The strings of *out
 * are mounts_done's. ERR_INVAL. */
int mounts_parse_bind(const char *text, struct runtime_bundle_mount *out, struct err *err) MUST_CHECK;
int mounts_parse_tmpfs(const char *text, struct runtime_bundle_mount *out, struct err *err) MUST_CHECK;
int mounts_parse_device(const char *text, struct runtime_bundle_mount *out, struct err *err) MUST_CHECK;
void mounts_done(struct runtime_bundle_mount *mounts, size_t n); /* frees the array, too */
