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

/* Tell where the service is: on this machine if its ports are published, else in the container's network. */
static void environment(const struct exercise_target *t, struct strlist *env)
{
	const bool outside = t->n_published > 0;
	const size_t n = outside ? t->n_published : t->n_ports;
	for (char **e = environ; e && *e; e++)
		strlist_add(env, *e);
	CLEANUP_BUF struct buf b = {0};
	buf_printf(&b, "SLIM_TARGET_HOST=%s", outside ? t->published[0].host : t->host);
	strlist_set_env(env, b.data);
	b.len = 0;
	buf_str(&b, "SLIM_TARGET_PORTS=");
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%s%u", i ? "," : "", outside ? t->published[i].number : t->ports[i].number);
	strlist_set_env(env, b.data);
}

struct host_command {
	const struct exercise_target *target;
	char *const *argv;
	int *status;
	struct err *err;
};

static int start_and_wait(void *arg)
{
	const struct host_command *c = arg;
	const struct exercise_target *t = c->target;
	CLEANUP_STRLIST struct strlist env = {0};
	environment(t, &env);
	int ns = t->host_mount_ns;
	struct subproc_command cmd = {
	    .argv = c->argv,
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
	int r = subproc_start(&cmd, &p, c->err);
	return r < 0 ? r : subproc_wait(&p, -1, t->progress, c->status, c->err);
}

static int run_argv(const struct exercise_target *t, char *const *argv, int *status, struct exercise_answer *answer,
		    struct err *err)
{
	struct host_command c = {t, argv, status, err};
	return t->n_published ? t->on_host(t->exec_ctx, start_and_wait, &c) : start_and_wait(&c);
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
