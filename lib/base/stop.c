#include "base/stop.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

static atomic_bool requested;
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

void stop_request(void)
{
	atomic_store_explicit(&requested, true, memory_order_relaxed);
	const unsigned long long one = 1;
	(void)!write(atomic_load(&event), &one, sizeof(one)); /* -1 without stop_open */
}

bool stop_requested(void)
{
	return atomic_load_explicit(&requested, memory_order_relaxed);
}

int stop_check(struct err *err)
{
	return stop_requested() ? err_set(err, ERR_CANCELLED, "cancelled", "stopped on request") : 0;
}

void stop_forget(void)
{
	atomic_store_explicit(&requested, false, memory_order_relaxed);
	eventfd_t ignored;
	if (stop_fd() >= 0)
		eventfd_read(stop_fd(), &ignored);
}
