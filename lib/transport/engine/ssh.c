#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/strlist.h"
#include "os/privilege.h"
#include "transport/engine/started.h"

#define END_MS 2000 /* for an ssh that has lost its connection to end by itself */

void engine_ssh_init(struct engine_ssh *s, const struct engine_endpoint *endpoint, bool podman)
{
	*s = (struct engine_ssh){.endpoint = endpoint, .podman = podman, .stderr_tail = -1};
}

/* The host's shell sees the words behind it: the path has none that mean something to it (endpoint.c). */
static void make_argv(const struct engine_ssh *s, struct strlist *argv)
{
	const struct engine_endpoint *e = s->endpoint;
	strlist_add(argv, "ssh");
	strlist_add(argv, "-T");
	if (e->user) {
		strlist_add(argv, "-l");
		strlist_add(argv, e->user);
	}
	if (e->port) {
		strlist_add(argv, "-p");
		strlist_take(argv, mem_printf("%u", e->port));
	}
	strlist_add(argv, "--");
	strlist_add(argv, e->host);
	strlist_add(argv, s->podman ? "podman" : "docker");
	if (e->path) {
		strlist_add(argv, s->podman ? "--url" : "--host");
		strlist_take(argv, mem_printf("unix://%s", e->path));
	}
	strlist_add(argv, "system");
	strlist_add(argv, "dial-stdio");
}

int engine_ssh_dial(void *ctx, struct err *err)
{
	struct engine_ssh *s = ctx;
	int pair[2];
	if (s->stderr_tail < 0 && (s->stderr_tail = engine_stderr_tail_new(err)) < 0)
		return s->stderr_tail;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(err, errno, "socket-create", "cannot create a socket for ssh");
	CLEANUP_FD int ours = pair[0];
	CLEANUP_FD int its = pair[1];
	CLEANUP_STRLIST struct strlist argv = {0};
	make_argv(s, &argv);
	struct privilege_user user;
	privilege_user_init(&user);
	/* a session of its own, as docker's: no terminal to ask at, and Ctrl-C is ours to handle */
	const struct subproc_command cmd = {.argv = argv.items,
					    .dir_fd = AT_FDCWD,
					    .in = its,
					    .out = its,
					    .err = s->stderr_tail,
					    .new_session = true,
					    .prepare = privilege_be_user,
					    .prepare_ctx = &user};
	s->processes = mem_grow(s->processes, s->count, &s->cap, sizeof(*s->processes));
	struct subproc *p = &s->processes[s->count];
	*p = (struct subproc){.pidfd = -1};
	int r = subproc_start(&cmd, p, err);
	if (r < 0)
		return r;
	s->count++;
	return steal_fd(&ours);
}

void engine_ssh_done(struct engine_ssh *s)
{
	for (size_t i = 0; i < s->count; i++) {
		int status = 0;
		if (subproc_wait(&s->processes[i], END_MS, NULL, &status, NULL) == 0)
			log_debug("ssh ended with %d", status);
		subproc_done(&s->processes[i]);
	}
	free(s->processes);
	if (s->stderr_tail >= 0)
		close(s->stderr_tail);
	*s = (struct engine_ssh){.stderr_tail = -1};
}
