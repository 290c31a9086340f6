/* transport/engine/started.h - the processes that slim starts to reach an engine. Private to lib/transport/engine/. */
#pragma once

#include "base/buf.h"
#include "os/subproc.h"
#include "transport/engine/endpoint.h"

/* podman_service.c: `podman system service` on a socket of ours: it is handed over listening (sd_listen_fds(3)), so
 * that the first request waits in its backlog until podman is up. The socket has no name that others see. */
struct engine_podman {
	struct subproc process;
	int socket;      /* O_PATH */
	int stderr_tail; /* what it wrote to stderr */
	char path[32];   /* of the socket, for connect: below /proc/self/fd */
};
/* Once for a run: tmp_dir NULL = $TMPDIR or /tmp. */
int engine_podman_start(const char *tmp_dir, struct engine_podman *out, struct err *err) MUST_CHECK;
void engine_podman_stop(struct engine_podman *p);

/* ssh.c: `ssh HOST docker system dial-stdio` for each connection. Spec: docker CLI, cli/connhelper. */
struct engine_ssh {
	const struct engine_endpoint *endpoint;
	bool podman;
	struct subproc *processes;
	size_t count, cap;
	int stderr_tail;
};
void engine_ssh_init(struct engine_ssh *s, const struct engine_endpoint *endpoint, bool podman);
int engine_ssh_dial(void *ctx, struct err *err); /* net_exchange_peer.dial */
void engine_ssh_done(struct engine_ssh *s);

/* stderr_tail.c: a file for a child's stderr that holds a few bytes and refuses the rest, so that nobody has to read
 * it while the child runs. The second function gives its text, escaped, on one line, ": ..." or "". */
int engine_stderr_tail_new(struct err *err) MUST_CHECK;
void engine_stderr_tail_text(int fd, struct buf *out);
