#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "command.h"
#include "interrupt.h"
#include "pipeline/build.h"
#include "probe/probe.h"
#include "progress.h"
#include "runtime/mounts.h"
#include "words.h"

#include <fcntl.h>

struct build_flags {
	const char *output, *report, *platform, *store, *runtime, *network, *entrypoint, *cmd, *user, *workdir;
	const char *continue_after, *compression;
	struct strlist env, runs, host_execs, execs;
	bool json, quiet, verbose, http_probe, show_clogs;
	unsigned ready_timeout, stop_timeout;
};

#define ROW(member, name, letter, kind, value, help)                                                                   \
	{                                                                                                              \
		name, letter, kind, offsetof(struct build_flags, member), value, help                                  \
	}
static const struct option_row rows[] = {
    ROW(output, "output", 'o', OPTION_STRING, "REF", "where the slim image goes (default: beside the source)"),
    ROW(report, "report", 0, OPTION_STRING, "FILE", "write the report as JSON, see slim-report(5)"),
    ROW(json, "json", 0, OPTION_FLAG, NULL, "print the report as JSON instead of the summary"),
    ROW(quiet, "quiet", 'q', OPTION_FLAG, NULL, "print nothing but errors"),
    ROW(verbose, "verbose", 'v', OPTION_FLAG, NULL, "tell on stderr what is done"),
    ROW(platform, "platform", 0, OPTION_STRING, "OS/ARCH", "which image of an index (default: this machine's)"),
    ROW(http_probe, "http-probe", 0, OPTION_BOOL, "BOOL",
	"GET / on the exposed ports and follow links (default: true)"),
    ROW(host_execs, "host-exec", 0, OPTION_LIST, "CMD", "run a command of the host against the service"),
    ROW(execs, "exec", 0, OPTION_LIST, "CMD", "run a command inside the container"),
    ROW(runs, "run", 0, OPTION_LIST, "ARGS", "one run of the image with these arguments"),
    ROW(continue_after, "continue-after", 0, OPTION_STRING, "WHEN",
	"end the run after: probe, exit, signal (SIGUSR1), enter, SECONDS"),
    ROW(env, "env", 'e', OPTION_LIST, "NAME=VALUE", "environment of the container"),
    ROW(entrypoint, "entrypoint", 0, OPTION_STRING, "CMD", "instead of the image's entrypoint"),
    ROW(cmd, "cmd", 0, OPTION_STRING, "CMD", "instead of the image's command"),
    ROW(user, "user", 0, OPTION_STRING, "USER", "instead of the image's user"),
    ROW(workdir, "workdir", 0, OPTION_STRING, "DIR", "instead of the image's working directory"),
    ROW(network, "network", 0, OPTION_STRING, "NET", "none (default: its own, with loopback) or host"),
    ROW(runtime, "runtime", 0, OPTION_STRING, "NAME", "OCI runtime (default: runc, else crun)"),
    ROW(ready_timeout, "ready-timeout", 0, OPTION_SECONDS, "SECONDS", "for the service to listen (default: 60)"),
    ROW(stop_timeout, "stop-timeout", 0, OPTION_SECONDS, "SECONDS", "from the stop signal to the kill (default: 10)"),
    ROW(show_clogs, "show-clogs", 0, OPTION_FLAG, NULL, "show what the container printed"),
    ROW(compression, "compression", 0, OPTION_STRING, "METHOD", "gzip, zstd[:LEVEL] or none (default: the source's)"),
    ROW(store, "store", 0, OPTION_STRING, "DIR", "unpacked layers (default: $XDG_CACHE_HOME/slim)"),
};

static void defaults(void *options)
{
	struct build_flags *f = options;
	f->http_probe = true;
	f->ready_timeout = 60;
	f->stop_timeout = 10;
	f->continue_after = "probe";
	f->network = "none";
}

static void done(void *options)
{
	struct build_flags *f = options;
	strlist_done(&f->env);
	strlist_done(&f->runs);
	strlist_done(&f->host_execs);
	strlist_done(&f->execs);
}

/* Everything that the flags become; owns what build_options borrows. */
struct build_plan {
	const struct build_flags *flags;
	struct build_options options;
	struct oci_platform platform;
	struct strlist entrypoint, cmd, *runs;
	char created[32];
	struct probe_http_options http;
	struct probe_healthcheck_options healthcheck;
	struct exercise *exercises;
};

static void plan_done(struct build_plan *p)
{
	oci_ref_done(&p->options.source);
	oci_ref_done(&p->options.output);
	strlist_done(&p->entrypoint);
	strlist_done(&p->cmd);
	for (size_t i = 0; i < p->options.n_runs; i++)
		strlist_done(&p->runs[i]);
	free(p->runs);
	free(p->exercises);
}

/* Which exercises the image gets, in this order: health check, HTTP, commands inside, commands outside. */
static size_t plan_exercises(void *ctx, const struct oci_image_config *config, const struct exercise **out)
{
	struct build_plan *p = ctx;
	const struct build_flags *f = p->flags;
	p->exercises = mem_calloc(2 + f->execs.count + f->host_execs.count, sizeof(*p->exercises));
	size_t n = 0;
	if (config->healthcheck.count && strcmp(config->healthcheck.items[0], "NONE") != 0) {
		p->healthcheck = (struct probe_healthcheck_options){&config->healthcheck, &config->shell};
		probe_healthcheck(&p->healthcheck, &p->exercises[n++]);
	}
	if (f->http_probe && (config->n_ports || p->options.record.needs_port))
		probe_http(&p->http, &p->exercises[n++]);
	for (size_t i = 0; i < f->execs.count; i++)
		probe_exec(f->execs.items[i], &p->exercises[n++]);
	for (size_t i = 0; i < f->host_execs.count; i++)
		probe_host_exec(f->host_execs.items[i], &p->exercises[n++]);
	*out = p->exercises;
	return n;
}

static int parse_compression(const char *text, struct build_options *o, struct err *err)
{
	static const struct {
		const char *name;
		enum oci_compression value;
		int max_level;
	} methods[] = {
	    {"none", OCI_COMPRESSION_NONE, 0}, {"gzip", OCI_COMPRESSION_GZIP, 12}, {"zstd", OCI_COMPRESSION_ZSTD, 19}};
	size_t len = strcspn(text, ":");
	for (size_t i = 0; i < 3; i++) {
		if (strlen(methods[i].name) != len || strncmp(text, methods[i].name, len) != 0)
			continue;
		char *end = NULL;
		long level = text[len] ? strtol(text + len + 1, &end, 10) : 0;
		if ((end && *end) || (text[len] && (level < 1 || level > methods[i].max_level)))
			break;
		o->compression_set = true;
		o->compression = methods[i].value;
		o->level = (int)level;
		return 0;
	}
	return err_set(err, ERR_INVAL, "--compression takes gzip[:1-12], zstd[:1-19] or none, not \"%s\"", text);
}

static int parse_continue_after(const char *text, struct record_options *r, struct err *err)
{
	char *end;
	unsigned long seconds = strtoul(text, &end, 10);
	if (strcmp(text, "probe") == 0) {
		r->until = RECORD_UNTIL_EXERCISED;
	} else if (strcmp(text, "exit") == 0) {
		r->until = RECORD_UNTIL_EXIT;
	} else if (strcmp(text, "signal") == 0 || strcmp(text, "enter") == 0) {
		r->until = RECORD_UNTIL_FD;
		r->continue_fd = *text == 'e' ? STDIN_FILENO : interrupt_continue_fd(err);
		return r->continue_fd < 0 ? r->continue_fd : 0;
	} else if (*text && !*end && *text != '-' && seconds <= 86400) {
		r->until = RECORD_UNTIL_SECONDS;
		r->seconds = (unsigned)seconds;
	} else {
		return err_set(err, ERR_INVAL,
			       "--continue-after takes probe, exit, signal, enter or seconds, not \"%s\"", text);
	}
	return 0;
}

/* SOURCE_DATE_EPOCH (reproducible-builds.org): the time that the result says it was made. */
static int parse_created(struct build_plan *p, struct err *err)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	if (!epoch || !*epoch)
		return 0;
	char *end;
	errno = 0;
	long long value = strtoll(epoch, &end, 10);
	time_t t = (time_t)value;
	struct tm tm;
	if (errno || *end || value < 0 || value > 253402300799ll || !gmtime_r(&t, &tm))
		return err_set(err, ERR_INVAL, "SOURCE_DATE_EPOCH is not a number of seconds: %s", epoch);
	strftime(p->created, sizeof(p->created), "%Y-%m-%dT%H:%M:%SZ", &tm);
	p->options.created = p->created;
	return 0;
}

static int parse_container(const struct build_flags *f, struct build_plan *p, struct err *err)
{
	struct bundle_options *b = &p->options.record.bundle;
	int r = 0;
	if (f->entrypoint) {
		if ((r = words_parse(f->entrypoint, "entrypoint", &p->entrypoint, err)) < 0)
			return r;
		b->entrypoint = &p->entrypoint;
	}
	if (f->cmd) {
		if ((r = words_parse(f->cmd, "cmd", &p->cmd, err)) < 0)
			return r;
		b->cmd = &p->cmd;
	}
	b->env = &f->env;
	b->user = f->user;
	b->working_dir = f->workdir;
	if (f->workdir && f->workdir[0] != '/')
		return err_set(err, ERR_INVAL, "--workdir takes an absolute path, not \"%s\"", f->workdir);
	if (strcmp(f->network, "host") == 0)
		b->network = RUNTIME_NETWORK_HOST;
	else if (strcmp(f->network, "none") != 0)
		return err_set(err, ERR_INVAL, "--network takes none or host, not \"%s\"", f->network);
	p->runs = mem_calloc(f->runs.count, sizeof(*p->runs));
	p->options.runs = p->runs;
	for (size_t i = 0; r == 0 && i < f->runs.count; i++)
		r = words_parse(f->runs.items[i], "run", &p->runs[p->options.n_runs++], err);
	return r;
}

static int make_plan(const struct build_flags *f, const char *source, struct build_plan *p, struct err *err)
{
	struct build_options *o = &p->options;
	int r = oci_ref_parse(source, &o->source, err);
	p->flags = f;
	o->source_text = source;
	if (r == 0 && f->output)
		r = oci_ref_parse(f->output, &o->output, err);
	if (r == 0 && f->platform)
		r = oci_platform_parse(f->platform, &p->platform, err);
	if (r < 0)
		return r;
	o->platform = f->platform ? &p->platform : NULL;
	o->store = f->store;
	o->runtime = f->runtime;
	o->plan = plan_exercises;
	o->plan_ctx = p;
	o->record.needs_port = f->host_execs.count > 0;
	o->record.ready_timeout_ms = f->ready_timeout * 1000;
	o->record.stop_timeout_ms = f->stop_timeout * 1000;
	o->record.host_mount_ns = -1;
	o->record.continue_fd = -1;
	if ((r = parse_container(f, p, err)) < 0 ||
	    (r = parse_continue_after(f->continue_after, &o->record, err)) < 0 || (r = parse_created(p, err)) < 0)
		return r;
	return f->compression ? parse_compression(f->compression, o, err) : 0;
}

static void show_log(const struct buf *log, size_t most)
{
	size_t from = log->len > most ? log->len - most : 0;
	fprintf(stderr, "slim: the container printed%s:\n", from ? " (the end of it)" : "");
	for (size_t i = from; i < log->len;) {
		const char *end = memchr(log->data + i, '\n', log->len - i);
		size_t n = end ? (size_t)(end - log->data) - i : log->len - i;
		CLEANUP_BUF struct buf line = {0};
		buf_escape(&line, log->data + i, n);
		fprintf(stderr, "  | %s\n", line.len ? line.data : "");
		i += n + 1;
	}
}

static bool failed_in(const struct report *report, const char *stage)
{
	return report->n_stages && strcmp(report->stages[report->n_stages - 1].name, stage) == 0;
}

static int write_report(const char *path, const struct report *report, struct err *err)
{
	CLEANUP_BUF struct buf b = {0};
	report_json(report, &b);
	int r = fd_write_file_atomic(AT_FDCWD, path, b.data, b.len, 0644, err);
	return r < 0 ? err_wrap(err, "report") : 0;
}

static int print_result(const struct build_flags *f, const struct report *report)
{
	CLEANUP_BUF struct buf b = {0};
	if (f->json)
		report_json(report, &b);
	else if (!f->quiet)
		report_text(report, &b);
	if (b.len && (fwrite(b.data, 1, b.len, stdout) != b.len || fflush(stdout) != 0)) {
		struct err err = {0};
		err_sys(&err, errno, "write to standard output");
		return fail(&err);
	}
	return EXIT_DONE;
}

static int run(void *options, const struct strlist *args)
{
	struct build_flags *f = options;
	struct err err = {0};
	CLEANUP(plan_done) struct build_plan plan = {0};
	log_enable(f->verbose);
	if (make_plan(f, args->items[0], &plan, &err) < 0)
		return fail_usage(&err);
	int cancel = interrupt_cancel_fd(&err);
	if (cancel < 0 || mounts_isolate(&plan.options.record.host_mount_ns, &err) < 0)
		return fail(&err);
	struct progress progress;
	progress_render(&progress, cancel, f->quiet);
	CLEANUP_REPORT struct report report = {0};
	CLEANUP_BUF struct buf log = {0};
	int r = build_image(&plan.options, &progress, &report, &log, &err);
	progress_clear();
	if (log.len && (f->show_clogs || (r < 0 && err.code != ERR_CANCELLED && failed_in(&report, "record"))))
		show_log(&log, f->show_clogs ? log.len : LIMIT_LOG_TAIL);
	if (r < 0)
		return fail(&err);
	if (f->report && write_report(f->report, &report, &err) < 0)
		return fail(&err);
	return print_result(f, &report);
}

const struct command command_build = {
    .name = "build",
    .args = "SOURCE",
    .summary = "Run an image under a sensor and write a new one that holds only what is needed",
    .rows = rows,
    .n_rows = sizeof(rows) / sizeof(rows[0]),
    .options_size = sizeof(struct build_flags),
    .defaults = defaults,
    .done = done,
    .min_args = 1,
    .max_args = 1,
    .run = run,
};
