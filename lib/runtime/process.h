/* runtime/process.h - works out what runs in the container, as `docker run` does: arguments, environment, user, working
 * directory, capabilities. */
#pragma once

#include "runtime/bundle_options.h"

/* The capabilities that Docker gives and this process has, in Docker's order, NULL-terminated; free() the array, not
 * the names. */
const char **runtime_process_capabilities(void);

/* root: fd of the image's root, for the user. The working directory is not created here. out borrows
 * capabilities and is released with oci_runtime_spec_process_done. */
int runtime_process_fill(int root, const char *hostname, const struct oci_image_config *config,
			 const struct runtime_bundle_options *options, const char *const *capabilities,
			 struct oci_runtime_spec_process *out, struct err *err) MUST_CHECK;
