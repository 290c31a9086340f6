/* runtime/process.h - works out what runs in the container, as `docker run` does: arguments, environment, user, working
 * directory, capabilities. */
#pragma once

#include "runtime/bundle_options.h"

/* The capabilities that Docker gives, and those of more ("CAP_...", or "ALL"; NULL = none), but for those of less, that
 * this process has, NULL-terminated; free() the array, not the names. As docker run has it, less may be ALL: then only
 * those of more stay; and if more is ALL, those that less names do not. */
const char **runtime_process_capabilities(const struct strlist *more, const struct strlist *less);
/* The name ("CAP_NET_ADMIN", "ALL") of what is named as docker run --cap-add has it: in any case, with or without CAP_.
 * NULL = there is none. */
const char *runtime_process_capability(const char *text);
/* ERR_DENIED if one of more is not among capabilities; of ALL there are as many as there are. */
int runtime_process_has(const char *const *capabilities, const struct strlist *more, struct err *err) MUST_CHECK;

/* root: fd of the image's root, for the user. The working directory is not created here. out borrows
 * capabilities and is released with oci_runtime_spec_process_done. */
int runtime_process_fill(int root, const char *hostname, const struct oci_image_config *config,
			 const struct runtime_bundle_options *options, const char *const *capabilities,
			 struct oci_runtime_spec_process *out, struct err *err) MUST_CHECK;
