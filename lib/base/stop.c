#include "base/stop.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { BY_USER = 1, BY_TIMEOUT = 2 };

static atomic_uint requests; /* those above, or-ed */
static atomic_int event = -1;

int stop_open(struct err *err)
{
	int fd = atomic_load(&event);
	if (fd >= 0)
		return fd;
	fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (fd < 0)
		return err_sys(err, errno, "eventfd-create", "cannot create an eventfd");
	atomic_store(&event, fd);
	return fd;
}

int stop_fd(void)
{
	return atomic_load(&event);
}

static void request(unsigned by)
{
	atomic_fetch_or_explicit(&requests, by, memory_order_relaxed);
	const unsigned long long one = 1;
	(void)!write(atomic_load(&event), &one, sizeof(one)); /* -1 without stop_open */
}

void stop_request(void)
{
	request(BY_USER);
}

void stop_request_timeout(void)
{
	request(BY_TIMEOUT);
}

bool stop_requested(void)
{
	return atomic_load_explicit(&requests, memory_order_relaxed) != 0;
}

bool stop_is_timeout(void)
{
	return atomic_load_explicit(&requests, memory_order_relaxed) == BY_TIMEOUT;
}

int stop_check(struct err *err)
{
	return stop_requested() ? err_set(err, ERR_CANCELLED, "cancelled", "stopped on request") : 0;
}

static void take_back(unsigned by)
{
	eventfd_t ignored;
	atomic_fetch_and_explicit(&requests, ~by, memory_order_relaxed);
	if (stop_fd() >= 0)
		eventfd_read(stop_fd(), &ignored);
	if (atomic_load_explicit(&requests, memory_order_relaxed) & BY_USER)
		stop_request(); /* its signal may have come before the read */
}

void stop_resume(void)
{
	take_back(BY_TIMEOUT);
}

void stop_forget(void)
{
	take_back(BY_USER | BY_TIMEOUT);
}
