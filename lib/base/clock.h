/* base/clock.h - how long things took: a monotonic clock in milliseconds; and a timer. */
#pragma once

#include <stdint.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static inline uint64_t clock_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* An fd that is readable once these seconds have passed, and stays so, as progress.h asks of cancel_fd. Negative =
 * there is none. */
static inline int clock_timer(unsigned seconds)
{
	const struct itimerspec end = {.it_value.tv_sec = seconds};
	const int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	if (fd < 0 || timerfd_settime(fd, 0, &end, NULL) == 0)
		return fd;
	close(fd);
	return -1;
}
