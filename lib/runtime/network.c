#include "runtime/network.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>

int runtime_network_of(pid_t pid, struct err *err)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? err_sys(err, errno, "network-namespace-enter", "network of process %d", (int)pid) : fd;
}

int runtime_network_enter(int ns)
{
	return setns(ns, CLONE_NEWNET) < 0 ? errno : 0;
}
