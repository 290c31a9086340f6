#include "sensor/ptrace/tracee_mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "os/fd.h"

static int failure(int e)
{
	return e == EFAULT || e == ESRCH ? -1 : -2;
}

/* Seccomp profiles of old engines forbid process_vm_readv; a tracer can read this file nevertheless. */
static ssize_t read_file(pid_t tid, uint64_t addr, void *buf, size_t n)
{
	char path[32];
	snprintf(path, sizeof(path), "/proc/%d/mem", (int)tid);
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : pread(fd, buf, n, (off_t)addr);
	if (got < 0 && (errno == EIO || errno == ENOENT))
		errno = errno == EIO ? EFAULT : ESRCH;
	return got;
}

static ssize_t read_some(pid_t tid, uint64_t addr, void *buf, size_t n)
{
	struct iovec to = {buf, n}, from = {(void *)(uintptr_t)addr, n};
	ssize_t got = process_vm_readv(tid, &to, 1, &from, 1, 0);
	return got < 0 && (errno == ENOSYS || errno == EPERM) ? read_file(tid, addr, buf, n) : got;
}

ssize_t ptrace_tracee_string(pid_t tid, uint64_t addr, char *buf, size_t size)
{
	/* A read that runs into an unmapped page fails as a whole: never cross a page in one go. */
	size_t page = 4096, have = 0;
	while (have < size) {
		size_t n = page - (addr + have) % page;
		if (n > size - have)
			n = size - have;
		ssize_t got = read_some(tid, addr + have, buf + have, n);
		if (got <= 0)
			return failure(errno);
		char *end = memchr(buf + have, '\0', (size_t)got);
		if (end)
			return end - buf;
		have += (size_t)got;
	}
	return -1;
}

int ptrace_tracee_bytes(pid_t tid, uint64_t addr, void *buf, size_t n)
{
	ssize_t got = read_some(tid, addr, buf, n);
	if (got == (ssize_t)n)
		return 0;
	return got >= 0 ? -1 : failure(errno);
}
