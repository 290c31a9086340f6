#include "runtime/mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/cleanup.h"

int runtime_mounts_isolate(int *host_ns, struct err *err)
{
	CLEANUP_FD int ns = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	if (ns < 0)
		return err_sys(err, errno, "mount-namespace-create", "/proc/self/ns/mnt");
	if (unshare(CLONE_NEWNS) < 0) {
		if (errno == EPERM)
			return err_set(err, ERR_DENIED, "mount-namespace-denied",
				       "slim needs CAP_SYS_ADMIN for its mount namespace, and this root does not have "
				       "it, as in a container without privileges");
		return err_sys(err, errno, "mount-namespace-create", "cannot create a mount namespace");
	}
	/* slave, not private: what the host unmounts does not stay mounted because of us */
	if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
		return err_sys(err, errno, "mount-namespace-create", "cannot keep mounts from reaching the host");
	*host_ns = steal_fd(&ns);
	return 0;
}

int runtime_mounts_enter(int ns)
{
	/* setns puts us at the namespace's root directory: go back to the same path there */
	char cwd[PATH_MAX];
	if (!getcwd(cwd, sizeof(cwd)))
		return errno;
	if (setns(ns, CLONE_NEWNS) < 0 || chdir(cwd) < 0)
		return errno;
	return 0;
}
