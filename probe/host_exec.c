#include "probe/probe.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/buf.h"
#include "os/subproc.h"
#include "probe/command.h"
#include "runtime/mounts.h"

extern char **environ;

static int enter_host(void *ctx)
{
	return runtime_mounts_enter(*(const int *)ctx);
}

static void environment(const struct exercise_target *t, struct strlist *env)
{
	for (char **e = environ; e && *e; e++)
		strlist_add(env, *e);
	CLEANUP_BUF struct buf b = {0};
	buf_printf(&b, "SLIM_TARGET_HOST=%s", t->host);
	strlist_set_env(env, b.data);
	b.len = 0;
	buf_str(&b, "SLIM_TARGET_PORTS=");
	for (size_t i = 0; i < t->n_ports; i++)
		buf_printf(&b, "%s%u", i ? "," : "", t->ports[i].number);
	strlist_set_env(env, b.data);
}

static int run_argv(const struct exercise_target *t, char *const *argv, int *status, struct exercise_answer *answer,
		    struct err *err)
{
	CLEANUP_STRLIST struct strlist env = {0};
	environment(t, &env);
	int ns = t->host_mount_ns;
	struct subproc_command cmd = {
	    .argv = argv,
	    .envp = env.items,
	    .dir_fd = AT_FDCWD,
	    .in = -1,
	    .out = STDERR_FILENO, /* stdout is for slim's own result */
	    .err = STDERR_FILENO,
	    .kill_group = true,
	    .prepare = ns >= 0 ? enter_host : NULL,
	    .prepare_ctx = &ns,
	};
	CLEANUP_SUBPROC struct subproc p = {.pidfd = -1};
	int r = subproc_start(&cmd, &p, err);
	return r < 0 ? r : subproc_wait(&p, -1, t->progress, status, err);
}

static int run(void *ctx, const struct exercise_target *t, struct exercise_log *log, struct err *err)
{
	const struct probe_command c = {.kind = EXERCISE_HOST_EXEC, .text = ctx, .shell = "sh", .run = run_argv};
	return probe_command_run(&c, t, log, err);
}

void probe_host_exec(const char *command, struct exercise *out)
{
	*out = (struct exercise){.name = exercise_kind_name(EXERCISE_HOST_EXEC), .run = run, .ctx = (void *)command};
}
