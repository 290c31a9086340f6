/* record_lines REFERENCE STORE RUNTIME LOG - runs the image to its end under the sensor and prints the trace, a
 * line for each path: KIND,KIND... WITNESS,WITNESS PROGRAM PATH. Bytes of a path that are not plain are %XX. The
 * last line counts: # STATUS PROCESSES PTRACES. The container's output is appended to LOG. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>

#include "pipeline/record.h"
#include "runtime/mounts.h"

static const char *const kinds[] = {"open",    "exec",  "stat",   "readlink", "list",    "chdir",
				    "connect", "bind",  "xattr",  "watch",    "create",  "write",
				    "remove",  "mount", "kernel", "follow",   "nofollow"};

static void print_trace(const struct trace *t)
{
	for (size_t i = 0; i < t->paths.count; i++) {
		const struct trace_entry *e = &t->entries[i];
		const char *comma = "";
		for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
			if (e->kinds & (1u << k)) {
				printf("%s%s", comma, kinds[k]);
				comma = ",";
			}
		printf(" %s%s%s %s ", e->witnesses & TRACE_BY_PTRACE ? "ptrace" : "",
		       e->witnesses == (TRACE_BY_PTRACE | TRACE_BY_FANOTIFY) ? "," : "",
		       e->witnesses & TRACE_BY_FANOTIFY ? "fanotify" : "",
		       e->program < t->programs.count ? strset_get(&t->programs, e->program) : "-");
		for (const unsigned char *s = (const unsigned char *)strset_get(&t->paths, i); *s; s++)
			printf(*s > 32 && *s < 127 && *s != '%' ? "%c" : "%%%02X", *s);
		printf("\n");
	}
}

static int record(struct rootfs_store *store, struct rootfs_run *run, struct transport_source *source,
		  struct record_options *options, struct err *err)
{
	CLEANUP_IMAGE struct transport_image image = {0};
	CLEANUP_LAYERS struct rootfs_layers layers = {0};
	CLEANUP_TRACE struct trace trace = {0};
	struct report_run report = {0};
	int r = transport_source_image(source, NULL, &image, err);
	if (r < 0 || (r = rootfs_unpack(store, run, source, &image, NULL, &layers, err)) < 0)
		return r;
	struct record_image what = {store, run, &layers, &image.config};
	r = record_container(&what, "run0", options, NULL, &trace, &report, err);
	if (r < 0)
		return r;
	print_trace(&trace);
	printf("# %d %" PRIu64 " %" PRIu64 "\n", report.status, trace.processes, trace.ptraces);
	free(report.command);
	return 0;
}

static int run_in(char **argv, struct err *err)
{
	struct oci_ref ref = {0};
	struct rootfs_store store;
	struct rootfs_run run;
	struct runtime runtime = {0};
	struct record_options options = {.runtime = &runtime,
					 .may_exit = true,
					 .until = RECORD_UNTIL_EXIT,
					 .continue_fd = -1,
					 .ready_timeout_ms = 60000,
					 .stop_timeout_ms = 10000,
					 .bundle.network = RUNTIME_NETWORK_PRIVATE};
	CLEANUP_SOURCE struct transport_source *source = NULL;
	CLEANUP_FD int log = open(argv[4], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (log < 0)
		return err_sys(err, errno, "%s", argv[4]);
	options.log_fd = log;
	int r = mounts_isolate(&options.host_mount_ns, err);
	if (r < 0 || (r = oci_ref_parse(argv[1], &ref, err)) < 0 ||
	    (r = transport_source_open(&ref, NULL, &source, err)) < 0 ||
	    (r = rootfs_store_open(argv[2], &store, err)) < 0)
		return r;
	if ((r = rootfs_run_new(&store, &run, err)) == 0) {
		CLEANUP_FREE char *state = NULL;
		state = mem_printf("%s/runtime", run.path);
		if ((r = runtime_find(argv[3], state, &runtime, err)) == 0 && (r = runtime_prepare(&runtime, err)) == 0)
			r = record(&store, &run, source, &options, err);
		runtime_done(&runtime);
		rootfs_run_done(&run);
	}
	rootfs_store_done(&store);
	oci_ref_done(&ref);
	return r;
}

int main(int argc, char **argv)
{
	struct err err = {0};
	if (argc != 5) {
		fprintf(stderr, "usage: %s REFERENCE STORE RUNTIME LOG\n", argv[0]);
		return 2;
	}
	if (run_in(argv, &err) < 0) {
		fprintf(stderr, "%s\n", err.msg);
		return 1;
	}
	return 0;
}
