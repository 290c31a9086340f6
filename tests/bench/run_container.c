/* run_container SENSOR REFERENCE STORE [--add FILE]... [--wrap WORD]... [-- CMD...] - runs an image's container in one
 * of the ways that sensor.py compares, all else being the same: the rootfs, the runtime, the namespaces, Docker's
 * capabilities. The network is the caller's. SENSOR: ptrace, ebpf, or none. --add: a file of the host into the root,
 * under its last name. --wrap: words before the runtime's command line, for strace. SIGTERM ends the container. The
 * last line on stderr is JSON: the exit status, and what a sensor recorded and lost. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "image/overlay.h"
#include "os/fd.h"
#include "pipeline/transport_blobs.h"
#include "run/seccomp.h"
#include "runtime/bundle.h"
#include "runtime/mounts.h"
#include "runtime/process.h"
#include "runtime/runtime.h"
#include "sensor/sensor.h"

#define ID "slim-bench"

struct options {
	bool traced;
	enum sensor_kind kind; /* whose filter it runs under: of eBPF's, which stops nothing, if it is not traced */
	const char *reference, *store;
	struct strlist add, wrap, command;
};

static int copy_in(const struct image_overlay *overlay, const char *file, struct err *err)
{
	CLEANUP_FREE char *to = mem_printf("%s/%s", overlay->path, strrchr(file, '/') + 1);
	CLEANUP_FD int in = open(file, O_RDONLY | O_CLOEXEC), out = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	char block[65536];
	ssize_t n = in < 0 || out < 0 ? -1 : 0;
	while (n >= 0 && (n = read(in, block, sizeof(block))) > 0)
		n = write(out, block, (size_t)n);
	return n < 0 ? err_sys(err, errno, "file-write", "copy %s", file) : 0;
}

static int delete_container(const struct runtime *runtime, struct err *err)
{
	CLEANUP_STRLIST struct strlist argv = {0};
	runtime_delete_argv(runtime, ID, &argv);
	struct subproc_command cmd = {.argv = argv.items, .dir_fd = AT_FDCWD, .in = -1, .out = -1, .err = -1};
	CLEANUP_SUBPROC struct subproc p = {0};
	int status, r = subproc_start(&cmd, &p, err);
	return r < 0 ? r : subproc_wait(&p, 10000, NULL, &status, err);
}

/* Until it ends, or we are told to end it. */
static int wait_plain(const struct subproc_command *cmd, const struct runtime *runtime, int signals, struct err *err)
{
	CLEANUP_SUBPROC struct subproc p = {0};
	struct progress progress = {.cancel_fd = signals};
	int status = -1, r = subproc_start(cmd, &p, err);
	if (r < 0)
		return r;
	r = subproc_wait(&p, -1, &progress, &status, err);
	if (r == -ERR_CANCELLED && (r = delete_container(runtime, err)) == 0)
		r = subproc_wait(&p, 10000, NULL, &status, err);
	fprintf(stderr, "{\"status\": %d}\n", status);
	return r;
}

static int wait_traced(enum sensor_kind kind, const struct subproc_command *cmd, const struct runtime *runtime,
		       int rootfs, int signals, struct err *err)
{
	CLEANUP_SENSOR struct sensor *sensor = NULL;
	CLEANUP_TRACE struct trace trace = {0};
	struct sensor_event e = {0};
	CLEANUP_FREE const char **capabilities = runtime_process_capabilities(NULL, NULL);
	int task, r = sensor_new(rootfs, kind, capabilities, NULL, &sensor, err);
	if (r < 0 || (r = sensor_start(sensor, cmd, &task, err)) < 0)
		return r;
	struct pollfd fds[2] = {{.fd = sensor_fd(sensor), .events = POLLIN}, {.fd = signals, .events = POLLIN}};
	while (r == 0 && e.kind != SENSOR_ENDED) {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return err_sys(err, errno, "container-watch", "poll");
		if (fds[1].revents & POLLIN) {
			fds[1].fd = -1;
			r = delete_container(runtime, err);
		}
		while (e.kind != SENSOR_ENDED && sensor_next(sensor, &e))
			;
	}
	if (r == 0)
		r = sensor_finish(sensor, &trace, err);
	fprintf(stderr, "{\"status\": %d, \"paths\": %zu, \"stops\": %llu, \"lost\": %llu}\n", e.status,
		trace.paths.count, (unsigned long long)trace.stops,
		(unsigned long long)(trace.unreadable + trace.overflows));
	return r;
}

static int run_bundle(const struct options *o, const struct runtime *runtime, const char *dir, int rootfs, int signals,
		      struct err *err)
{
	CLEANUP_STRLIST struct strlist argv = {0};
	strlist_extend(&argv, &o->wrap);
	runtime_run_argv(runtime, dir, ID, &argv);
	struct subproc_command cmd = {
	    .argv = argv.items, .dir_fd = AT_FDCWD, .in = -1, .out = 1, .err = 2, .new_session = true};
	return o->traced ? wait_traced(o->kind, &cmd, runtime, rootfs, signals, err)
			 : wait_plain(&cmd, runtime, signals, err);
}

static int run_image(const struct options *o, struct store *store, struct store_run *run,
		     struct transport_source *source, int signals, struct err *err)
{
	CLEANUP_TRANSPORT_IMAGE struct transport_image image = {0};
	CLEANUP_IMAGE_LAYERS struct image_layers layers = {0};
	CLEANUP_IMAGE_OVERLAY struct image_overlay overlay = {.fd = -1};
	CLEANUP_RUNTIME_BUNDLE struct runtime_bundle bundle = {.dir_fd = -1};
	struct runtime runtime = {0};
	CLEANUP_FREE char *dir = mem_printf("%s/bundle", run->path), *state = mem_printf("%s/runtime", run->path);
	CLEANUP_STRLIST struct strlist no_entrypoint = {0};
	struct runtime_bundle_options options = {
	    .network = RUNTIME_NETWORK_HOST,
	};
	if (o->command.count) {
		options.entrypoint = &no_entrypoint;
		options.cmd = &o->command;
	}
	CLEANUP_FREE const char **capabilities = runtime_process_capabilities(NULL, NULL);
	CLEANUP_SENSOR_FILTER struct sensor_filter filter = {0};
	sensor_filter_init(&filter, o->kind, capabilities);
	CLEANUP_FREE struct oci_runtime_spec_seccomp_rule *rules = run_seccomp_fill(&filter, &options);
	options.seccomp = rules;
	int r;
	if ((r = transport_source_image(source, NULL, &image, err)) < 0 ||
	    (r = pipeline_unpack(store, run, source, &image, NULL, &layers, err)) < 0 ||
	    (r = image_overlay_mount(run->fd, run->path, "root", &layers, NULL, &overlay, err)) < 0 ||
	    (r = fd_mkdir_p(run->fd, "bundle", 0700, err)) < 0)
		return r;
	for (size_t i = 0; i < o->add.count; i++)
		if ((r = copy_in(&overlay, o->add.items[i], err)) < 0)
			return r;
	if ((r = runtime_bundle_write(dir, overlay.path, overlay.fd, ID, &image.config, &options, &bundle, err)) < 0)
		return r;
	if ((r = runtime_find(NULL, state, &runtime, err)) == 0 && (r = runtime_prepare(&runtime, err)) == 0)
		r = run_bundle(o, &runtime, dir, overlay.fd, signals, err);
	struct err ignored;
	if (r < 0)
		(void)delete_container(&runtime, &ignored); /* what happened before is told */
	runtime_done(&runtime);
	return r;
}

static int run_in_store(const struct options *o, int signals, struct err *err)
{
	struct oci_ref ref = {0};
	struct store store;
	struct store_run run;
	CLEANUP_TRANSPORT_SOURCE struct transport_source *source = NULL;
	int host, r;
	if ((r = runtime_mounts_isolate(&host, err)) < 0 || (r = oci_ref_parse(o->reference, &ref, err)) < 0 ||
	    (r = transport_source_open(&ref, NULL, &source, err)) < 0 || (r = store_open(o->store, &store, err)) < 0)
		return r;
	if ((r = store_run_new(&store, &run, err)) == 0) {
		r = run_image(o, &store, &run, source, signals, err);
		store_run_done(&run);
	}
	store_done(&store);
	oci_ref_done(&ref);
	return r;
}

static bool parse(int argc, char **argv, struct options *o)
{
	if (argc < 4)
		return false;
	o->kind = strcmp(argv[1], "ptrace") == 0 ? SENSOR_PTRACE : SENSOR_EBPF;
	o->traced = strcmp(argv[1], "none") != 0;
	if (o->traced && strcmp(argv[1], sensor_kind_names[o->kind]) != 0)
		return false;
	o->reference = argv[2];
	o->store = argv[3];
	int i = 4;
	for (; i + 1 < argc && strcmp(argv[i], "--") != 0; i += 2) {
		if (strcmp(argv[i], "--add") == 0 && argv[i + 1][0] == '/')
			strlist_add(&o->add, argv[i + 1]);
		else if (strcmp(argv[i], "--wrap") == 0)
			strlist_add(&o->wrap, argv[i + 1]);
		else
			return false;
	}
	for (i++; i < argc; i++)
		strlist_add(&o->command, argv[i]);
	return true;
}

int main(int argc, char **argv)
{
	struct options o = {0};
	struct err err = {0};
	if (!parse(argc, argv, &o)) {
		fprintf(stderr,
			"usage: %s ptrace|ebpf|none REFERENCE STORE [--add FILE]... [--wrap WORD]... [-- CMD...]\n",
			argv[0]);
		return 2;
	}
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	int r = run_in_store(&o, signalfd(-1, &set, SFD_CLOEXEC), &err);
	if (r < 0)
		fprintf(stderr, "%s\n", err.msg);
	strlist_done(&o.add);
	strlist_done(&o.wrap);
	strlist_done(&o.command);
	return r < 0;
}
