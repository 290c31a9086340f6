/* Preloaded into slim: takes from it what it needs to record all, LOSE says what: "memory" of the tracees, or room in
 * the "queue" of fanotify. */
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/uio.h>

static int loses(const char *what)
{
	const char *lose = getenv("LOSE");
	return lose && strcmp(lose, what) == 0;
}

ssize_t process_vm_readv(pid_t pid, const struct iovec *to, unsigned long n, const struct iovec *from, unsigned long m,
			 unsigned long flags)
{
	if (loses("memory")) {
		errno = EACCES; /* not EPERM: slim would then read the memory from /proc */
		return -1;
	}
	ssize_t (*real)() = (ssize_t(*)())dlsym(RTLD_NEXT, "process_vm_readv");
	return real(pid, to, n, from, m, flags);
}

/* The queue is then as long as the machine's limit says. */
int fanotify_init(unsigned flags, unsigned event_flags)
{
	int (*real)() = (int (*)())dlsym(RTLD_NEXT, "fanotify_init");
	return real(loses("queue") ? flags & ~FAN_UNLIMITED_QUEUE : flags, event_flags);
}
