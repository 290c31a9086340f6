/* runtime/bundle_options.h - how a container differs from its image's configuration. */
#pragma once

#include "oci/image_config.h"
#include "oci/runtime_spec.h"
#include "runtime/host.h"
#include "runtime/limits.h"
#include "runtime/network.h"
#include "runtime/runtime.h"

/* A directory or file of this machine, bound over what the image has there. */
struct runtime_bundle_mount {
	char *source, *destination; /* absolute */
	bool read_only;
};

struct runtime_bundle_options {
	const struct strlist *entrypoint; /* replaces the image's entrypoint and drops its cmd; NULL = the image's */
	const struct strlist *cmd;        /* replaces the image's cmd; NULL = the image's */
	const struct strlist *env;        /* NAME=VALUE added or replaced; NAME alone = our own value */
	const char *user, *working_dir;   /* NULL = the image's */
	const char *hostname;             /* NULL = of the id */
	const struct strlist *hosts;      /* more lines of /etc/hosts; NULL = none */
	const struct runtime_bundle_mount *mounts;
	size_t n_mounts;
	enum runtime_network network;
	const struct runtime_host *host; /* what confines the container further, borrowed; NULL = nothing */
	const struct runtime *runtime;   /* borrowed, prepared; NULL = one that needs no allowance */
	struct runtime_limits limits;    /* those that the machine can enforce */
	enum oci_runtime_spec_seccomp_action seccomp_default;
	uint32_t seccomp_default_errno;
	const struct oci_runtime_spec_seccomp_rule *seccomp; /* borrowed */
	size_t n_seccomp;
	const char *const *seccomp_architectures;
};
