#include "probe/wire/reach.h"

#include <errno.h>

#include "base/clock.h"

#define RETRY_MS 50

int probe_wire_reach(struct probe_wire *out, const struct exercise_target *t, uint16_t port, const char *socket,
		     unsigned timeout_ms, unsigned wait_ms, struct err *err)
{
	const uint64_t give_up = clock_ms() + wait_ms;
	for (;;) {
		struct err e = {0};
		int r =
		    socket ? probe_wire_open_unix(out, t->root, socket, timeout_ms, t->progress, &e)
			   : probe_wire_open_tcp(out, exercise_target_host(t, port), port, timeout_ms, t->progress, &e);
		if (r == 0)
			return 0;
		const bool later = e.sys == ECONNREFUSED || e.code == ERR_NOTFOUND;
		if (later && clock_ms() < give_up) {
			probe_wire_done(out);
			r = progress_wait(t->progress, RETRY_MS, &e);
			if (r == 0)
				continue;
		}
		if (err)
			*err = e;
		return r;
	}
}
