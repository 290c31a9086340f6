/* oci/runtime_spec.h - writes the config.json of a bundle from plain values. Spec: OCI runtime-spec 1.0.2, config.md
 * and config-linux.md. No I/O: the caller has looked everything up. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/strlist.h"

struct oci_runtime_spec_mount {
	char *destination, *type, *source;
	struct strlist options;
};

/* A node that the container may use. */
struct oci_runtime_spec_device {
	bool block; /* else a character device */
	unsigned major, minor;
	const char *access; /* of "rwm", borrowed */
};

/* One linux.seccomp.syscalls entry. With arguments it applies only when (arg[index] & mask) == value for each. */
struct oci_runtime_spec_seccomp_rule {
	const char *const *names; /* NULL-terminated, borrowed */
	enum oci_runtime_spec_seccomp_action {
		OCI_SECCOMP_ALLOW,
		OCI_SECCOMP_TRACE,
		OCI_SECCOMP_TRAP,
		OCI_SECCOMP_ERRNO,
	} action;
	uint32_t errno_ret; /* of OCI_SECCOMP_ERRNO; what the event of OCI_SECCOMP_TRACE says, of 16 bits */
	unsigned n_args;
	struct oci_runtime_spec_seccomp_arg {
		uint32_t index;       /* each at most once */
		uint64_t mask, value; /* below 2^63, JSON readers take no more */
	} args[2];
};

/* A resource limit of each process (setrlimit(2)). */
struct oci_runtime_spec_rlimit {
	const char *name;    /* "RLIMIT_NOFILE", borrowed */
	uint64_t soft, hard; /* UINT64_MAX = none */
};

struct oci_runtime_spec_process {
	struct strlist args, env;
	char *cwd;
	uint32_t uid, gid, umask;
	uint32_t *groups;
	size_t n_groups;
	const char *const *capabilities; /* NULL-terminated "CAP_...", borrowed; all sets but ambient and inheritable */
	const char *apparmor_profile, *selinux_label; /* NULL = none; borrowed */
	bool terminal, no_new_privileges;
	const struct oci_runtime_spec_rlimit *rlimits; /* borrowed */
	size_t n_rlimits;
};

/* 0 = no limit. */
struct oci_runtime_spec_limits {
	uint64_t memory; /* bytes */
	bool no_swap;    /* memory counts what is swapped out, too */
	uint64_t pids;
	uint64_t cpu_quota, cpu_period; /* microseconds of CPU time in each period */
};

struct oci_runtime_spec {
	struct oci_runtime_spec_process process;
	char *rootfs; /* absolute path */
	bool rootfs_readonly;
	char *hostname;
	char *cgroups_path; /* NULL = the runtime's default */
	struct oci_runtime_spec_limits limits;
	struct oci_runtime_spec_device *devices; /* besides those of every container; owned as an array */
	size_t n_devices;
	struct strlist hook; /* createContainer: the program, absolute, and its arguments; none if it is empty */
	struct oci_runtime_spec_mount *mounts;
	size_t n_mounts;
	const struct strlist *masked;  /* paths to hide besides Docker's, borrowed; NULL = none */
	const char *mount_label;       /* SELinux', of the mounts that the runtime makes; NULL = none; borrowed */
	bool new_cgroup;               /* a cgroup namespace of its own */
	bool new_network;              /* a network namespace of its own; any user may then listen below port 1024 */
	const char *network_path;      /* of the network namespace, which is there; NULL = it is made; borrowed */
	const struct strlist *sysctls; /* NAME=VALUE, before those of new_network; NULL = none; borrowed */
	bool anyone_pings;             /* any group may then ping, which takes all ids: not in a user namespace */
	enum oci_runtime_spec_seccomp_action seccomp_default;
	uint32_t seccomp_default_errno;                /* as errno_ret of a rule */
	struct oci_runtime_spec_seccomp_rule *seccomp; /* owned as an array; none = no filter */
	size_t n_seccomp;
	const char *const *seccomp_architectures; /* NULL-terminated "SCMP_ARCH_..." */
};

void oci_runtime_spec_write(const struct oci_runtime_spec *s, struct buf *out);
/* Only the process object, for `runc exec --process`. */
void oci_runtime_spec_write_process(const struct oci_runtime_spec_process *p, struct buf *out);
void oci_runtime_spec_process_done(struct oci_runtime_spec_process *p);
void oci_runtime_spec_done(struct oci_runtime_spec *s); /* frees what is not borrowed */
#define CLEANUP_OCI_RUNTIME_SPEC CLEANUP(oci_runtime_spec_done)
