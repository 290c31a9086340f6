#include "sensor/ptrace/tracee_mem.h"

#include <errno.h>
#include <string.h>
#include <sys/uio.h>

static int failure(int e)
{
	return e == EFAULT || e == ESRCH ? -1 : -2;
}

ssize_t ptrace_tracee_string(pid_t tid, uint64_t addr, char *buf, size_t size)
{
	/* A read that runs into an unmapped page fails as a whole: never cross a page in one go. */
	size_t page = 4096, have = 0;
	while (have < size) {
		size_t n = page - (addr + have) % page;
		if (n > size - have)
			n = size - have;
		struct iovec to = {buf + have, n}, from = {(void *)(uintptr_t)(addr + have), n};
		ssize_t got = process_vm_readv(tid, &to, 1, &from, 1, 0);
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
	struct iovec to = {buf, n}, from = {(void *)(uintptr_t)addr, n};
	ssize_t got = process_vm_readv(tid, &to, 1, &from, 1, 0);
	if (got == (ssize_t)n)
		return 0;
	return got >= 0 ? -1 : failure(errno);
}
