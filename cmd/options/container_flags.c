#include "cmd/options/container_flags.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "cmd/options/docker_run/env_file.h"
#include "exercise/variant.h"
#include "runtime/process.h"
#include "text/quantity.h"
#include "text/words.h"

#define AT(member) offsetof(struct container_flags, member)

static const struct option_row process_rows[] = {
    {"entrypoint", 0, OPTION_STRING, AT(entrypoint), "CMD",
     "run CMD as the entrypoint; the result keeps the image's own"},
    {"cmd", 0, OPTION_STRING, AT(cmd), "CMD", "run the image with this command; the result keeps the image's own",
     OPTION_COMMON},
    {"env", 'e', OPTION_ENV, AT(env), "NAME=VALUE", "set an environment variable in the container", OPTION_COMMON},
    {"env-file", 0, OPTION_LIST, AT(env_files), "FILE",
     "set the variables of a file in the container, one on each line; --env overrides them"},
    {"user", 0, OPTION_STRING, AT(user), "USER", "run the container as USER; the result keeps the image's user"},
    {"workdir", 0, OPTION_STRING, AT(workdir), "PATH",
     "run the container in this directory; the result keeps the image's own"},
    {"runtime", 0, OPTION_STRING, AT(runtime), "NAME",
     "use this OCI runtime (default: runc, or crun if runc is missing)", OPTION_RARE, "runc|crun"},
    {"memory", 'm', OPTION_STRING, AT(memory), "SIZE",
     "limit the memory of the container (default: three quarters of the machine's)"},
    {"pids-limit", 0, OPTION_STRING, AT(pids_limit), "N",
     "limit the processes and threads of the container (default: up to 32768)"},
    {"cpus", 0, OPTION_STRING, AT(cpus), "N", "limit the processors of the container, as in 1.5 (default: all)"},
    {"allow-unconfined", 0, OPTION_FLAG, AT(allow_unconfined), NULL,
     "accept a runtime that confines the container less than Docker does"},
};
const struct option_group container_flags_process_group = OPTION_GROUP("Container", process_rows);

static const struct option_row drive_rows[] = {
    {NULL, 0, OPTION_GIVEN, AT(given), NULL, ""},
    {"host-exec", 0, OPTION_LIST, AT(host_execs), "CMD", "run a command of this machine against the service",
     OPTION_COMMON},
    {"exec", 0, OPTION_LIST, AT(execs), "CMD", "run a command in the container", OPTION_COMMON},
    {"exec-alone", 0, OPTION_FLAG, AT(exec_alone), NULL,
     "run the commands of --exec in a new container if the image's command has ended"},
    {"signal", 0, OPTION_LIST, AT(signals), "SIGNAL[@WHEN]",
     "send a signal to the first process of the container; WHEN: start, after-probe"},
    {"stdin", 0, OPTION_STRING, AT(input), "FILE", "give the container a file as its standard input (default: empty)"},
    {"run", 0, OPTION_LIST, AT(runs), "ARGS", "run the image with these arguments, to its end", OPTION_COMMON},
    {"run-status", 0, OPTION_LIST, AT(run_statuses), "N,...",
     "accept this exit status of a job: one for all runs, or one for each --run (default: 0)"},
    {"allow-failed-run", 0, OPTION_FLAG, AT(allow_failed_run), NULL, "accept a run or an exercise that failed"},
};
const struct option_group container_flags_drive_group = OPTION_GROUP("Driving the container", drive_rows);

static const struct option_row time_rows[] = {
    {"ready", 0, OPTION_LIST, AT(ready), "CHECK",
     "wait until the service is ready: http:[PORT]/PATH, https:[PORT]/PATH, tcp:PORT, log:REGEX, health or exec:CMD "
     "(default: it listens)",
     OPTION_COMMON, "http:|https:|tcp:|log:|health|exec:"},
    {"ready-timeout", 0, OPTION_SECONDS, AT(ready_timeout), "SECONDS",
     "wait at most SECONDS for the service to be ready (default: 60)"},
    {"restart", 0, OPTION_FLAG, AT(restart), NULL,
     "start each container a second time, on the files that the first one left"},
    {"continue-after", 0, OPTION_STRING, AT(continue_after), "WHEN",
     "end the run after: probe, exit, signal (SIGUSR1), enter or SECONDS", OPTION_RARE, "probe|exit|signal|enter"},
    {"drive-timeout", 0, OPTION_SECONDS, AT(drive_timeout), "SECONDS",
     "limit the time to drive one run; 0 means no limit (default: 1800)"},
    {"stop-timeout", 0, OPTION_SECONDS, AT(stop_timeout), "SECONDS",
     "wait SECONDS between the stop signal and the kill (default: 10)"},
};
const struct option_group container_flags_time_group = OPTION_GROUP("Start and end of a run", time_rows);

static const struct option_row record_rows[] = {
    {"sensor", 0, OPTION_STRING, AT(sensor), "auto|ptrace|ebpf",
     "record with ptrace or ebpf (default: auto, which takes ebpf if it works)"},
    {"show-clogs", 0, OPTION_FLAG, AT(show_clogs), NULL, "show the output of the container"},
};
const struct option_group container_flags_record_group = OPTION_GROUP("Recording", record_rows);

static const struct option_row general_rows[] = {
    {"platform", 0, OPTION_STRING, AT(platform), "OS/ARCH",
     "choose the platform from an index (default: this machine's); slim build takes a list, or all", OPTION_COMMON,
     OPTION_PLATFORMS "|all"},
    {"store", 0, OPTION_STRING, AT(store), "DIR",
     "keep unpacked layers in this directory (default: $XDG_CACHE_HOME/slim)"},
    {"max-sparse", 0, OPTION_STRING, AT(max_sparse), "SIZE",
     "limit the zeros that an image's sparse files stand for (default: 16G)"},
    {"timeout", 0, OPTION_SECONDS, AT(timeout), "SECONDS",
     "limit the time of the whole command; afterwards slim cleans up and fails (default: no limit)"},
    {"quiet", 'q', OPTION_FLAG, AT(quiet), NULL, "print only errors", OPTION_COMMON},
    {"verbose", 'v', OPTION_FLAG, AT(verbose), NULL, "describe each step on stderr", OPTION_COMMON},
};
const struct option_group container_flags_general_group = OPTION_GROUP("General", general_rows);

void container_flags_init(struct container_flags *f)
{
	http_flags_init(&f->http);
	f->ready_timeout = 60;
	f->stop_timeout = 10;
	f->drive_timeout = 1800;
	f->continue_after = "probe";
	network_flags_init(&f->network);
	f->sensor = sensor_kind_names[SENSOR_AUTO];
	registry_flags_init(&f->registry);
}

void container_flags_done(struct container_flags *f)
{
	strlist_done(&f->env);
	strlist_done(&f->runs);
	strlist_done(&f->run_statuses);
	strlist_done(&f->host_execs);
	strlist_done(&f->execs);
	strlist_done(&f->signals);
	strlist_done(&f->ready);
	option_given_done(&f->given);
	http_flags_done(&f->http);
	strlist_done(&f->env_files);
	rights_flags_done(&f->rights);
	script_flags_done(&f->script);
	wire_flags_done(&f->wire);
	apispec_flags_done(&f->apispec);
	surroundings_flags_done(&f->surroundings);
	network_flags_done(&f->network);
	compose_flags_done(&f->compose);
	registry_flags_done(&f->registry);
}

void container_plan_done(struct container_plan *p)
{
	oci_ref_done(&p->options.source);
	strlist_done(&p->entrypoint);
	strlist_done(&p->cmd);
	strlist_done(&p->env);
	rights_done(&p->rights);
	for (size_t i = 0; i < p->options.n_runs; i++)
		strlist_done(&p->runs[i]);
	free(p->runs);
	for (size_t i = 0; i < p->options.n_programs; i++)
		strlist_done(&p->programs[i]);
	free(p->programs);
	free(p->statuses);
	surroundings_done(&p->surroundings);
	compose_plan_done(&p->compose);
	free(p->published);
	drivers_done(&p->drivers);
	ready_done(&p->ready);
	probe_http_options_done(&p->http);
	probe_routes_done(&p->routes);
	probe_script_done(&p->script);
	probe_spec_done(&p->spec);
	apispec_options_done(&p->apispec);
	notes_done(&p->notes);
	wire_plan_done(&p->wire);
	probe_plan_done(&p->probes);
	if (p->flags && p->flags->input)
		cleanup_closep(&p->options.record.input_fd);
}

static int parse_continue_after(const char *text, struct run_options *r, struct err *err)
{
	char *end;
	unsigned long seconds = strtoul(text, &end, 10);
	if (strcmp(text, "probe") == 0) {
		r->until = RUN_UNTIL_EXERCISED;
	} else if (strcmp(text, "exit") == 0) {
		r->until = RUN_UNTIL_EXIT;
	} else if (strcmp(text, "signal") == 0 || strcmp(text, "enter") == 0) {
		r->until = RUN_UNTIL_FD;
		r->continue_fd = *text == 'e' ? STDIN_FILENO : -1; /* container_run_begin opens the fd of the signal */
	} else if (*text && !*end && *text != '-' && seconds <= 86400) {
		r->until = RUN_UNTIL_SECONDS;
		r->seconds = (unsigned)seconds;
	} else {
		return err_set(err, ERR_INVAL, "option-value-invalid",
			       "--continue-after takes probe, exit, signal, enter or seconds, not \"%s\"", text);
	}
	return 0;
}

/* Sets the command to run: --entrypoint, --cmd, or the words after "--". */
static int parse_command(struct container_plan *p, const struct strlist *command, struct err *err)
{
	const struct container_flags *f = p->flags;
	struct runtime_bundle_options *b = &p->options.record.bundle;
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
	if (command && command->count) {
		if (f->cmd)
			return err_set(err, ERR_INVAL, "option-conflict",
				       "--cmd and the words after -- both set the command: leave one out");
		b->cmd = command;
	}
	return 0;
}

static int parse_runs(struct container_plan *p, struct err *err)
{
	const struct strlist *texts = &p->flags->runs;
	int r = 0;
	p->runs = mem_calloc(texts->count, sizeof(*p->runs));
	p->options.runs = p->runs;
	for (size_t i = 0; r == 0 && i < texts->count; i++)
		r = words_parse(texts->items[i], "run", &p->runs[p->options.n_runs++], err);
	return r;
}

/* Makes a command of each --exec: a JSON array, or a line for the shell. */
static int parse_programs(struct container_plan *p, struct err *err)
{
	const struct strlist *texts = &p->flags->execs;
	int r = 0;
	if (!p->flags->exec_alone)
		return 0;
	p->programs = mem_calloc(texts->count, sizeof(*p->programs));
	p->options.programs = p->programs;
	for (size_t i = 0; r == 0 && i < texts->count; i++) {
		struct strlist *words = &p->programs[p->options.n_programs++];
		if (texts->items[i][0] == '[') {
			r = words_parse(texts->items[i], "exec", words, err);
			continue;
		}
		strlist_add(words, "/bin/sh");
		strlist_add(words, "-c");
		strlist_add(words, texts->items[i]);
	}
	return r;
}

static int add_status(struct container_plan *p, const char *text, size_t len, struct err *err)
{
	struct run_expectation *e = &p->options.expected;
	CLEANUP_FREE char *word = mem_strndup(text, len);
	char *end;
	unsigned long n = strtoul(word, &end, 10);
	if (!len || *end || strspn(word, "0123456789") != len || len > 3 || n > 255)
		return err_set(err, ERR_INVAL, "option-value-invalid",
			       "--run-status takes numbers from 0 to 255, not \"%s\"", word);
	p->statuses = mem_realloc(p->statuses, e->n_statuses + 1, sizeof(*p->statuses));
	p->statuses[e->n_statuses++] = (int)n;
	return 0;
}

static int parse_statuses(struct container_plan *p, struct err *err)
{
	const struct strlist *texts = &p->flags->run_statuses;
	struct run_expectation *e = &p->options.expected;
	for (size_t i = 0; i < texts->count; i++)
		for (const char *part = texts->items[i];; part++) {
			size_t len = strcspn(part, ",");
			int r = add_status(p, part, len, err);
			if (r < 0)
				return r;
			part += len;
			if (!*part)
				break;
		}
	e->statuses = p->statuses;
	if (e->n_statuses > 1 && e->n_statuses != p->options.n_runs)
		return err_set(err, ERR_INVAL, "option-conflict",
			       "--run-status has %zu numbers for %zu --run: give one for all, or one for each",
			       e->n_statuses, p->options.n_runs);
	return 0;
}

static int parse_process(struct container_plan *p, const struct strlist *command, struct err *err)
{
	const struct container_flags *f = p->flags;
	struct runtime_bundle_options *b = &p->options.record.bundle;
	int r = parse_command(p, command, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < f->env_files.count; i++)
		if ((r = env_file_read(f->env_files.items[i], &p->env, err)) < 0)
			return r;
	strlist_extend(&p->env, &f->env);
	b->env = &p->env;
	if ((r = rights_use(&f->rights, &p->rights, &p->env, b, err)) < 0 ||
	    (r = rights_runtime(&f->rights, &p->options.runtime, err)) < 0)
		return r;
	b->user = f->user;
	b->working_dir = f->workdir;
	if (f->workdir && f->workdir[0] != '/')
		return err_set(err, ERR_INVAL, "option-value-invalid", "--workdir takes an absolute path, not \"%s\"",
			       f->workdir);
	if ((r = parse_runs(p, err)) < 0 || (r = parse_programs(p, err)) < 0)
		return r;
	return parse_statuses(p, err);
}

static int parse_limits(const struct container_flags *f, struct runtime_limits *out, struct err *err)
{
	int r = 0;
	*out = runtime_limits_default();
	if (f->memory)
		r = runtime_limit_parse_memory(f->memory, &out->memory, err);
	if (r == 0 && f->pids_limit)
		r = runtime_limit_parse_pids(f->pids_limit, &out->pids, err);
	if (r == 0 && f->cpus)
		r = runtime_limit_parse_cpus(f->cpus, &out->cpu_micros, err);
	return r;
}

static int parse_sensor(const char *text, enum sensor_kind *out, struct err *err)
{
	for (int i = 0; i < SENSOR_KINDS; i++)
		if (strcmp(text, sensor_kind_names[i]) == 0) {
			*out = (enum sensor_kind)i;
			return 0;
		}
	return err_set(err, ERR_INVAL, "option-value-invalid", "--sensor takes auto, ptrace or ebpf, not \"%s\"", text);
}

/* The file is read anew for each run; a pipe would be empty the second time. */
static int open_input(const char *path, int *fd, struct err *err)
{
	struct stat st;
	*fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) : -1;
	if (!path)
		return 0;
	if (*fd < 0)
		return err_sys(err, errno, "file-open", "--stdin %s", path);
	if (fstat(*fd, &st) < 0 || !S_ISREG(st.st_mode))
		return err_set(err, ERR_INVAL, "option-value-invalid",
			       "--stdin takes a regular file, because each run reads it from the beginning, not %s",
			       path);
	return 0;
}

/* Plans the HTTP probe and the named requests, those of --http-probe-cmd first. */
static int parse_requests(struct container_plan *p, struct err *err)
{
	const struct container_flags *f = p->flags;
	struct pipeline_session_options *o = &p->options;
	struct surroundings *s = &p->surroundings;
	int r;
	if ((r = http_flags_parse(&f->http, &p->http, &s->expose, &s->n_expose, err)) < 0 ||
	    (r = http_flags_script(&f->http, &p->script, err)) < 0 ||
	    (r = script_flags_parse(&f->script, &p->script, &p->spec, &p->notes, err)) < 0 ||
	    (r = apispec_flags_parse(&f->apispec, &p->apispec, &p->notes, err)) < 0)
		return r;
	const bool named = p->script.count > 0 || apispec_flags_given(&f->apispec);
	script_ports_expose(&p->script, &s->expose, &s->n_expose);
	probe_routes_init(&p->routes);
	p->http.routes = f->http.routes && p->http.crawl ? &p->routes : NULL;
	p->requests = http_flags_requests(&p->http, &p->script);
	p->apispec.sending = p->requests;
	o->notes = &p->notes;
	o->record.needs_port = f->host_execs.count > 0 || f->ready.count > 0 || apispec_flags_given(&f->apispec) ||
			       script_needs_port(&p->script) || wire_flags_need_port(&f->wire);
	o->crawls = http_flags_crawls(&f->http, named);
	http_flags_expect(&f->http, probe_script_has_http(&p->script) || apispec_flags_given(&f->apispec),
			  named || f->execs.count || f->host_execs.count || wire_flags_given(&f->wire) || p->spec.count,
			  &o->expected);
	return 0;
}

int container_plan_drive(struct container_plan *p, const struct container_flags *f, struct err *err)
{
	struct pipeline_session_options *o = &p->options;
	int r;
	p->flags = f;
	o->record.continue_fd = -1;
	o->plan = probe_plan_make;
	o->plan_ctx = &p->probes;
	o->record.ready_timeout_ms = f->ready_timeout * 1000;
	o->record.exercise_timeout_ms = f->drive_timeout * 1000ull;
	if ((r = parse_requests(p, err)) < 0 || (r = wire_flags_parse(&f->wire, &p->wire, err)) < 0 ||
	    (r = drivers_init(&p->drivers, &f->given, err)) < 0 || (r = ready_init(&p->ready, &f->ready, err)) < 0)
		return r;
	p->probes = (struct probe_plan){.http = http_flags_probe(&f->http, p->script.count > 0) ? &p->http : NULL,
					.script = &p->requests,
					.spec = &p->spec,
					.apispec = apispec_flags_given(&f->apispec) ? &p->apispec : NULL,
					.has_ports = p->surroundings.n_expose > 0,
					.drivers = p->drivers.items,
					.n_drivers = p->drivers.count,
					.ready = p->ready.probe};
	wire_plan_use(&p->wire, &p->probes);
	o->record.ready = p->ready.run;
	o->record.ready.prints = &p->ready.prints;
	return parse_continue_after(f->continue_after, &o->record, err);
}

int container_plan_compose(struct container_plan *p, const struct container_flags *f, const char **source,
			   struct err *err)
{
	int r = compose_plan_init(&p->compose, &f->compose, err);
	if (r == 0 && !*source)
		*source = p->compose.source;
	return r;
}

int container_plan_init(struct container_plan *p, const struct container_flags *f, const char *source,
			const struct strlist *command, struct err *err)
{
	struct pipeline_session_options *o = &p->options;
	p->flags = f;
	o->record.input_fd = -1;
	int r = oci_ref_parse(source, &o->source, err);
	if (r == 0)
		r = parse_sensor(f->sensor, &o->record.sensor, err);
	if (r == 0)
		r = parse_limits(f, &o->record.bundle.limits, err);
	if (r == 0 && f->platform)
		r = oci_platform_parse(f->platform, &p->platform, err);
	if (r == 0 && f->max_sparse && (r = quantity_parse_bytes(f->max_sparse, &o->max_sparse, err)) < 0)
		r = err_wrap(err, "--max-sparse");
	if (r < 0)
		return r;
	o->source_text = source;
	o->platform = f->platform ? &p->platform : NULL;
	o->store = f->store;
	o->access = registry_flags_options(&f->registry);
	o->runtime = f->runtime;
	o->record.allow_unconfined = f->allow_unconfined;
	o->expected.accepts_failure = f->allow_failed_run;
	o->record.stop_timeout_ms = f->stop_timeout * 1000;
	o->record.host_mount_ns = -1;
	o->restarts = f->restart;
	o->publishes = network_flags_publish(&f->network);
	if ((r = open_input(f->input, &o->record.input_fd, err)) < 0 ||
	    (r = surroundings_init(&p->surroundings, &f->surroundings, err)) < 0 ||
	    (r = network_flags_use(&f->network, &p->surroundings.hosts, &p->surroundings.expose,
				   &p->surroundings.n_expose, &p->published, &o->record, err)) < 0 ||
	    (r = compose_plan_use(&p->compose, o, &p->surroundings.expose, &p->surroundings.n_expose, err)) < 0 ||
	    (r = container_plan_drive(p, f, err)) < 0)
		return r;
	p->probes.check = compose_plan_check(&p->compose);
	surroundings_use(&p->surroundings, &f->surroundings, o);
	return parse_process(p, command, err);
}

int container_plan_repeat(struct container_plan *p, unsigned n, struct err *err)
{
	p->options.variants = n;
	return n && n <= EXERCISE_VARIANTS
		   ? 0
		   : err_set(err, ERR_INVAL, "option-value-invalid", "--repeat takes a number from 1 to %d, not %u",
			     EXERCISE_VARIANTS, n);
}
