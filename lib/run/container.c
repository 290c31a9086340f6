#include "run/container.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.h"
#include "os/cgroup.h"
#include "os/fd.h"
#include "os/proc_tree.h"
#include "run/confinement.h"
#include "run/output/command_output.h"
#include "run/seccomp.h"
#include "run/signals.h"
#include "runtime/process.h"

#define DELETE_MS 10000

void run_container_init(struct run_container *c, struct store_run *dir, const char *name,
			const struct run_options *options)
{
	*c = (struct run_container){
	    .dir = dir,
	    .options = options,
	    .id = mem_printf("slim-%s-%s", dir->id, name),
	    .task = -1,
	    .exec_task = -1,
	    .init_fd = -1,
	    .pressure = RUN_PRESSURE_NONE,
	    .bridge = RUN_BRIDGE_NONE,
	    .network_ns = -1,
	    .root = -1,
	    .output = -1,
	    .exec_output = -1,
	};
}

/* ---- start ---- */

static char *command_text(const struct strlist *args)
{
	struct buf b = {0};
	for (size_t i = 0; i < args->count; i++)
		buf_printf(&b, "%s%s", i ? " " : "", args->items[i]);
	return buf_steal(&b);
}

static int write_bundle(struct run_container *c, const char *dir, const struct oci_image_config *config,
			struct err *err)
{
	struct runtime_bundle_options bundle = c->options->bundle;
	CLEANUP_FREE struct oci_runtime_spec_seccomp_rule *rules =
	    run_seccomp_fill(sensor_filter_of(c->sensor), &bundle);
	bundle.seccomp = rules;
	bundle.host = &c->host;
	if (c->bridge.keeper.path)
		bundle.network_path = c->bridge.keeper.path;
	bundle.runtime = c->options->runtime;
	return runtime_bundle_write(dir, c->overlay.path, c->overlay.fd, c->id, config, &bundle, &c->bundle, err);
}

int run_container_prepare(struct run_container *c, const struct run_image *image, const char *name, char **command,
			  struct err *err)
{
	CLEANUP_FREE char *dir_name = mem_printf("%s-bundle", name);
	CLEANUP_FREE char *dir = mem_printf("%s/%s", c->dir->path, dir_name);
	CLEANUP_FREE const char **capabilities =
	    runtime_process_capabilities(c->options->bundle.capabilities, c->options->bundle.dropped);
	c->stop_signal =
	    run_signal_by_name(c->options->stop_signal ? c->options->stop_signal : image->config->stop_signal);
	runtime_host_look("", &c->host);
	if (c->host.apparmor_lacks_profile)
		log_debug("AppArmor does not confine the container: the profile docker-default is not loaded");
	size_t step = timings_begin(c->timings, "mount the layers", NULL);
	int r = image_overlay_mount_again(c->dir->fd, c->dir->path, c->options->scratch ? c->options->scratch : name,
					  image->layers, c->host.mount_label, &c->overlay, err);
	timings_next(c->timings, &step, "wait for the recorder", "the kernel, which checks its programs");
	const struct run_around *around = c->options->around;
	if (r == 0 && around && around->mounted)
		r = around->mounted(around->ctx, c->overlay.fd, err);
	if (r < 0 || (r = fd_mkdir_p(c->dir->fd, dir_name, 0700, err)) < 0 ||
	    (r = sensor_new(c->overlay.fd, c->options->sensor, capabilities, c->options->programs, &c->sensor, err)) <
		0)
		return r;
	timings_next(c->timings, &step, "write the bundle", NULL);
	if (*sensor_why_not_ebpf(c->sensor))
		log_debug("recording with ptrace: %s", sensor_why_not_ebpf(c->sensor));
	if (c->options->bundle.network == RUNTIME_NETWORK_BRIDGE &&
	    (r = run_bridge_open(c->dir->fd, c->dir->path, &c->options->bridge, image->config->ports,
				 image->config->n_ports, &c->bridge, err)) < 0)
		return r;
	if ((r = write_bundle(c, dir, image->config, err)) < 0)
		return r;
	*command = command_text(&c->bundle.process.args);
	CLEANUP_STRLIST struct strlist delete = {0};
	runtime_delete_argv(c->options->runtime, c->id, &delete);
	timings_end(c->timings, step);
	return store_run_undo(c->dir, &delete, err);
}

/* file: what its standard input is, -1 = nothing; *feeder: who feeds it. */
static int start_command(struct run_container *c, const struct strlist *argv, int file, struct run_input **feeder,
			 const struct run_output *out, int *task, struct err *err)
{
	CLEANUP_FD int in = run_input_open(file, feeder, err);
	if (in < 0)
		return in;
	struct subproc_command cmd = {
	    .argv = argv->items,
	    .envp = c->options->runtime->env.items,
	    .dir_fd = AT_FDCWD,
	    .in = in,
	    .out = run_output_end(out),
	    .err = run_output_end(c->log_pipe),
	    .new_session = true,
	};
	return sensor_start(c->sensor, &cmd, task, err);
}

/* A command's own output: a file, and the pipe to it. */
static int open_output(struct run_container *c, int *fd, struct run_output **pipe, struct err *err)
{
	int r = *fd = run_command_output_open(c->dir->fd, err);
	if (r >= 0 && (r = run_output_open(*fd, NULL, pipe, err)) < 0) {
		cleanup_closep(fd);
		*fd = -1;
	}
	return r < 0 ? r : 0;
}

int run_container_start(struct run_container *c, bool own_output, struct err *err)
{
	CLEANUP_STRLIST struct strlist run = {0};
	int r = run_output_watch_new(c->options->ready.prints, &c->watch, err);
	if (r == 0)
		r = run_output_open(c->options->log_fd, c->watch, &c->log_pipe, err);
	runtime_run_argv(c->options->runtime, c->bundle.path, c->id, &run);
	if (r == 0 && own_output)
		r = open_output(c, &c->output, &c->output_pipe, err);
	return r < 0 ? r
		     : start_command(c, &run, c->options->input_fd, &c->input,
				     own_output ? c->output_pipe : c->log_pipe, &c->task, err);
}

static bool has_ended(const struct run_container *c)
{
	return syscall(SYS_pidfd_send_signal, c->init_fd, 0, NULL, 0) < 0;
}

int run_container_hold(struct run_container *c, pid_t init, struct err *err)
{
	struct err e = {0};
	c->init = init;
	c->init_fd = (int)syscall(SYS_pidfd_open, init, 0);
	if (c->init_fd < 0 && errno != ESRCH)
		return err_sys(err, errno, "container-watch", "pidfd_open");
	c->gone = c->init_fd < 0;
	if (!c->gone)
		run_pressure_open(init, c->init_fd, &c->options->runtime->cgroups, &c->pressure);
	if (!c->gone && !c->options->allow_unconfined) {
		int r = run_confinement_check(init, &c->options->bundle, c->options->runtime, err);
		if (r < 0)
			return r;
	}
	if (c->gone || c->options->bundle.network == RUNTIME_NETWORK_HOST)
		return 0;
	int ns = runtime_network_of(init, &e);
	/* EACCES: the process was reaped while the link was followed (proc_ns_get_link in Linux) */
	c->gone = ns == -ERR_NOTFOUND || (ns == -ERR_DENIED && has_ended(c));
	if (ns < 0 && !c->gone) {
		*err = e;
		return ns;
	}
	c->network_ns = c->gone ? -1 : ns;
	return 0;
}

int run_container_root(struct run_container *c)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/%d/root", (int)c->init);
	if (c->root < 0 && c->init && !c->gone)
		c->root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	/* if it has ended by now, that was the root of another process */
	if (c->root >= 0 && has_ended(c)) {
		close(c->root);
		c->root = -1;
	}
	return c->root;
}

char *run_container_limit_hit(struct run_container *c)
{
	const struct runtime_limits *l = &c->options->bundle.limits;
	CLEANUP_BUF struct buf b = {0};
	run_pressure_read(&c->pressure);
	if (c->pressure.out_of_memory)
		buf_printf(&b,
			   "the container reached its memory limit of %llu MiB and the kernel killed a process in it "
			   "(--memory)",
			   (unsigned long long)(l->memory >> 20));
	if (c->pressure.out_of_pids)
		buf_printf(&b, "%sthe container reached its limit of %llu processes and threads (--pids-limit)",
			   b.len ? "; " : "", (unsigned long long)l->pids);
	return b.len ? buf_steal(&b) : NULL;
}

/* ---- another command ---- */

int run_container_exec(struct run_container *c, char *const *argv, struct err *err)
{
	CLEANUP_FREE char *name = mem_printf("exec%u", c->n_execs++);
	CLEANUP_FREE char *file = NULL;
	CLEANUP_STRLIST struct strlist exec = {0};
	int r = runtime_bundle_write_exec(&c->bundle, name, argv, &file, err);
	if (r < 0 || (r = open_output(c, &c->exec_output, &c->exec_pipe, err)) < 0)
		return r;
	runtime_exec_argv(c->options->runtime, c->id, file, &exec);
	r = start_command(c, &exec, -1, NULL, c->exec_pipe, &c->exec_task, err);
	run_output_started(c->exec_pipe);
	if (r < 0) {
		CLEANUP_ANSWER struct exercise_answer none = {0};
		(void)!run_container_exec_ended(c, &none, NULL);
	}
	return r;
}

static int cut(struct run_container *c, struct run_output *pipe, struct err *err)
{
	int r = run_output_cut(pipe, err);
	c->left_out += pipe ? run_output_left_out(pipe) : 0;
	return r;
}

/* Leaves the pipe of a command that has ended to the processes that it left behind: they may print until the container
 * ends. */
static void leave_pipe(struct run_container *c)
{
	if (run_output_is_over(c->exec_pipe)) {
		run_output_close(c->exec_pipe);
	} else {
		c->left_pipes = mem_realloc(c->left_pipes, c->n_left_pipes + 1, sizeof(struct run_output *));
		c->left_pipes[c->n_left_pipes++] = c->exec_pipe;
	}
	c->exec_pipe = NULL;
}

int run_container_exec_ended(struct run_container *c, struct exercise_answer *out, struct err *err)
{
	int r = cut(c, c->exec_pipe, err);
	c->exec_task = -1;
	leave_pipe(c);
	run_command_output_take(&c->exec_output, c->options->log_fd, out);
	return r;
}

/* ---- the end ---- */

int run_container_ended(struct run_container *c, struct err *err)
{
	int r = cut(c, c->output_pipe, err);
	int log = cut(c, c->log_pipe, r < 0 ? NULL : err);
	return r < 0 ? r : log;
}

bool run_container_heeds(const struct run_container *c, uint64_t *ticks)
{
	*ticks = proc_tree_ticks(c->init);
	return run_signal_is_heeded(c->init, c->stop_signal);
}

static void send_signal(struct run_container *c, int sig)
{
	if (c->init_fd >= 0)
		(void)syscall(SYS_pidfd_send_signal, c->init_fd, sig, NULL, 0); /* it may have ended just now */
}

void run_container_stop(struct run_container *c)
{
	run_pressure_read(&c->pressure); /* its cgroup goes with it */
	send_signal(c, c->stop_signal);
}

void run_container_kill(struct run_container *c)
{
	run_pressure_read(&c->pressure);
	send_signal(c, SIGKILL);
	if (c->init_fd < 0)
		run_container_kill_whole(c);
}

void run_container_kill_whole(struct run_container *c)
{
	sensor_kill(c->sensor, c->task);
}

int run_container_recorded(struct run_container *c, struct trace *trace, uint8_t *witnesses, struct err *err)
{
	if (!c->sensor || c->leave_sensor)
		return 0;
	if (c->exec_task >= 0)
		sensor_kill(c->sensor, c->exec_task);
	struct trace mine = {0};
	int r = sensor_finish(c->sensor, &mine, err);
	*witnesses = mine.witnesses;
	trace_take(trace, &mine);
	trace_done(&mine);
	return r;
}

/* A container that ended in order is gone. One that was killed early may have left its cgroups, and the runtime knows
 * of them only if it had recorded the container. */
static void delete_container(struct run_container *c)
{
	CLEANUP_STRLIST struct strlist argv = {0};
	CLEANUP_SUBPROC struct subproc p = {0};
	struct err e = {0};
	int status;
	runtime_delete_argv(c->options->runtime, c->id, &argv);
	struct subproc_command cmd = {.argv = argv.items,
				      .envp = c->options->runtime->env.items,
				      .dir_fd = AT_FDCWD,
				      .in = -1,
				      .out = -1,
				      .err = -1};
	if (subproc_start(&cmd, &p, &e) == 0 && subproc_wait(&p, DELETE_MS, NULL, &status, &e) < 0)
		log_debug("%s", e.msg);
	cgroup_remove(CGROUP_ROOT, c->id);
}

static void close_pipes(struct run_container *c)
{
	run_output_close(c->exec_pipe);
	run_output_close(c->output_pipe);
	run_output_close(c->log_pipe);
	for (size_t i = 0; i < c->n_left_pipes; i++)
		run_output_close(c->left_pipes[i]);
	free(c->left_pipes);
	run_output_watch_free(c->watch);
	run_input_close(c->input);
}

void run_container_done(struct run_container *c, bool failed, struct exercise_answer *output)
{
	if (!c->leave_sensor)
		sensor_free(c->sensor);
	if (c->bundle.path && failed)
		delete_container(c);
	run_bridge_close(&c->bridge);
	cleanup_closep(&c->root); /* it holds the mounts */
	runtime_bundle_done(&c->bundle);
	runtime_host_done(&c->host);
	if (c->options->leaves_scratch)
		image_overlay_leave(&c->overlay);
	else
		image_overlay_done(&c->overlay);
	close_pipes(c);
	run_command_output_take(&c->output, c->options->log_fd, output);
	cleanup_closep(&c->exec_output);
	run_pressure_done(&c->pressure);
	cleanup_closep(&c->network_ns);
	cleanup_closep(&c->init_fd);
	free(c->id);
}
