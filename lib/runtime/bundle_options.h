/* runtime/bundle_options.h - how a container differs from its image's configuration. */
#pragma once

#include "oci/image_config.h"
#include "oci/runtime_spec.h"
#include "runtime/host.h"
#include "runtime/limits.h"
#include "runtime/network.h"
#include "runtime/runtime.h"

/* A mount over a path of the image: a directory, file or device of this machine, or an empty directory in memory. */
struct runtime_bundle_mount {
	char *source, *destination; /* absolute; source is NULL for a directory in memory */
	bool read_only;
	char *device; /* source is a device node, and the container may do this with it, of "rwm"; NULL = it is not */
	char *tmpfs;  /* options of a directory in memory, with commas between them; NULL = it is not */
};

struct runtime_bundle_options {
	const struct strlist *entrypoint;   /* replaces the image's entrypoint and drops its cmd; NULL = the image's */
	const struct strlist *cmd;          /* replaces the image's cmd; NULL = the image's */
	const struct strlist *env;          /* NAME=VALUE added or replaced; NAME alone = our own value */
	const char *user, *working_dir;     /* NULL = the image's */
	const char *hostname;               /* NULL = of the id */
	const struct strlist *hosts;        /* more lines of /etc/hosts; NULL = none */
	const char *address;                /* of hostname in /etc/hosts; NULL = the usual one of the network */
	const struct strlist *capabilities; /* besides Docker's, "CAP_..."; NULL = none */
	const struct strlist *dropped;      /* none of these, as --cap-drop has it; NULL = all of them stay */
	const struct strlist *sysctls;      /* NAME=VALUE of its namespaces; NULL = none */
	const char *init;                   /* a program in it that runs the command, as docker run --init has it */
	const struct strlist *groups;       /* more groups of its user, names or numbers; NULL = none */
	const struct oci_runtime_spec_rlimit *rlimits;
	size_t n_rlimits;
	bool read_only;         /* its root */
	bool no_new_privileges; /* setuid and file capabilities have no effect */
	uint64_t shm_size;      /* of /dev/shm; 0 = Docker's */
	bool gpus;              /* the runtime adds devices; see bundle_mounts.h */
	const struct runtime_bundle_mount *mounts;
	size_t n_mounts;
	enum runtime_network network;
	const char *network_path; /* of the network namespace that is joined or was made, absolute; NULL = none */
	const struct strlist *dns,
	    *dns_search;                   /* name servers, domains of resolv.conf; NULL or none = the usual ones */
	const struct strlist *dns_options; /* more of resolv.conf; NULL = none */
	const struct runtime_host *host;   /* what confines the container further, borrowed; NULL = nothing */
	const struct runtime *runtime;     /* borrowed, prepared; NULL = one that needs no allowance */
	struct runtime_limits limits;      /* those that the machine can enforce */
	enum oci_runtime_spec_seccomp_action seccomp_default;
	uint32_t seccomp_default_errno;
	const struct oci_runtime_spec_seccomp_rule *seccomp; /* borrowed */
	size_t n_seccomp;
	const char *const *seccomp_architectures;
};
