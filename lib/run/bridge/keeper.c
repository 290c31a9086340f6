#include "run/bridge/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <net/if.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/mem.h"

/* Async-signal-safe, as is all that runs in the keeper. */
static int raise_loopback(void)
{
	struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
	CLEANUP_FD int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	return fd < 0 ? -1 : ioctl(fd, SIOCSIFFLAGS, &lo);
}

/* In the keeper. pasta may enter the namespace of a process that has no more rights than pasta, which drops its. */
static int become_keeper(void *ctx)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {0};
	if (unshare(CLONE_NEWNET) < 0 || raise_loopback() < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    syscall(SYS_capset, &header, none) < 0)
		return errno;
	return 0;
}

int run_bridge_keeper_start(struct run_bridge_keeper *out, struct err *err)
{
	int ends[2];
	char name[] = "cat", *argv[] = {name, NULL};
	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(err, errno, "network-namespace-create", "a network namespace");
	CLEANUP_FD int in = ends[0];
	out->keep = ends[1];
	struct subproc_command cmd = {.argv = argv,
				      .dir_fd = AT_FDCWD,
				      .in = in,
				      .out = -1,
				      .err = -1,
				      .new_session = true,
				      .prepare = become_keeper};
	int r = subproc_start(&cmd, &out->process, err);
	if (r < 0)
		return err_wrap(err, "a network namespace"), r;
	out->path = mem_printf("/proc/%d/ns/net", (int)out->process.pid);
	return 0;
}

void run_bridge_keeper_end(struct run_bridge_keeper *k)
{
	subproc_done(&k->process);
	cleanup_closep(&k->keep);
	free(k->path);
	*k = RUN_BRIDGE_KEEPER_NONE;
}
