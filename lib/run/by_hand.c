#include "run/by_hand.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum run_by_hand run_by_hand_take(int fd)
{
	char c;
	eventfd_t times;
	ssize_t n = read(fd, &c, 1); /* a byte: what follows the line's end is for the next run */
	if (n == 1)
		return c == '\n' ? RUN_BY_HAND_ONCE : RUN_BY_HAND_NOT_YET;
	if (n < 0 && errno == EINVAL) /* an eventfd gives 8 bytes, or none */
		return eventfd_read(fd, &times) == 0 ? RUN_BY_HAND_ONCE : RUN_BY_HAND_NOT_YET;
	return n < 0 && (errno == EINTR || errno == EAGAIN) ? RUN_BY_HAND_NOT_YET : RUN_BY_HAND_ENDED;
}
