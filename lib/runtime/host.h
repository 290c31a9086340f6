/* runtime/host.h - what this machine confines containers with beyond namespaces and seccomp, as engines use it:
 * AppArmor's profile docker-default, labels of SELinux, a namespace for cgroups, and files of /proc and /sys that tell
 * of the machine and are there on some only. Spec: moby oci/defaults.go (masked paths); container-selinux' lxc_contexts
 * (labels); apparmor(7). */
#pragma once

#include <stdbool.h>

#include "base/strlist.h"
#include "oci/runtime_spec.h"

struct runtime_host {
	bool has_cgroup_namespace;
	char *apparmor_profile;            /* docker-default, or podman's; NULL = none is loaded */
	bool apparmor_lacks_profile;       /* AppArmor is there, and the profile is not, or we may not look */
	char *process_label, *mount_label; /* of one container; NULL = no SELinux */
	struct strlist masked;             /* absolute paths */
};

/* root: "" or a directory that stands for the machine's root (tests). Labels have categories of their own each time.
 * Members that cannot be read stay empty. */
void runtime_host_look(const char *root, struct runtime_host *out);
void runtime_host_done(struct runtime_host *h);

/* Ask for it in a bundle. Both borrow from h; NULL = nothing to ask for. */
void runtime_host_confine(const struct runtime_host *h, struct oci_runtime_spec *spec);
void runtime_host_confine_process(const struct runtime_host *h, struct oci_runtime_spec_process *process);
/* Lets the container read the file fd, which will be bound into it, if SELinux is there. */
void runtime_host_label(const struct runtime_host *h, int fd);
#define CLEANUP_RUNTIME_HOST CLEANUP(runtime_host_done)
