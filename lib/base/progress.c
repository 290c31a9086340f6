#include "base/progress.h"

#include <poll.h>
#include <stddef.h>

#include "base/clock.h"

int progress_check(const struct progress *p, struct err *err)
{
	if (!p || p->cancel_fd < 0)
		return 0;
	struct pollfd f = {.fd = p->cancel_fd, .events = POLLIN};
	if (poll(&f, 1, 0) > 0)
		return err_set(err, ERR_CANCELLED, "cancelled", "stopped on request");
	return 0;
}

int progress_step(const struct progress *p, const char *stage, uint64_t done, uint64_t total, const char *unit,
		  struct err *err)
{
	if (p && p->step)
		p->step(p->ctx, stage, done, total, unit);
	return progress_check(p, err);
}

int progress_wait(const struct progress *p, unsigned ms, struct err *err)
{
	struct pollfd f = {.fd = p ? p->cancel_fd : -1, .events = POLLIN};
	for (uint64_t now = clock_ms(), end = now + ms; now < end; now = clock_ms())
		if (poll(&f, 1, (int)(end - now)) > 0)
			break;
	return progress_check(p, err);
}
