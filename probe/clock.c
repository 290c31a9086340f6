#include "probe/clock.h"

#include <poll.h>
#include <time.h>

uint64_t probe_clock_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

int probe_clock_wait(unsigned ms, const struct progress *progress, struct err *err)
{
	struct pollfd f = {.fd = progress ? progress->cancel_fd : -1, .events = POLLIN};
	for (uint64_t now = probe_clock_ms(), end = now + ms; now < end; now = probe_clock_ms())
		if (poll(&f, 1, (int)(end - now)) > 0)
			break;
	return progress_check(progress, err);
}
