#include "cmd/batch/run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/stop.h"
#include "cmd/batch/child.h"
#include "os/fd.h"
#include "report/report_error.h"
#include "text/json.h"

#define CLEAN_UP_MS 60000 /* from a request to stop until the children that are left are killed */

/* A slot for a child. */
struct job {
	struct batch_image *image;
	struct batch_result *result; /* NULL = the slot is free */
	struct subproc process;
	int out, errors; /* our ends of its standard output and error */
	struct buf report, line;
	uint64_t began;
	bool too_large;
	bool cut; /* the line continues one that was too long */
};

struct batch {
	struct batch_file *file;
	struct batch_results *results;
	struct job *jobs;
	unsigned n_jobs;
	size_t next; /* image to start */
	int watch;   /* becomes readable once for each request to stop */
	bool stopped;
	uint64_t time_over; /* UINT64_MAX = there is no limit */
	uint64_t deadline;  /* once stopped */
};

#define N_FDS(b) (1 + 3 * (size_t)(b)->n_jobs)

/* ---- what a child prints ---- */

static bool begins(const struct buf *line, const char *with)
{
	return line->len >= strlen(with) && memcmp(line->data, with, strlen(with)) == 0;
}

/* A line for the CI system that reads the log, as GitHub's ::error and Azure's ##vso[...]: nothing may stand before it.
 */
static bool is_command(const struct job *j)
{
	return !j->cut && (begins(&j->line, "::") || begins(&j->line, "##"));
}

/* Escapes control characters, but not backslashes: the child has escaped its text already. */
static void print_line(const struct job *j)
{
	const size_t skipped = begins(&j->line, "slim: ") ? strlen("slim: ") : 0;
	const char *s = j->line.data + skipped;
	const size_t n = j->line.len - skipped;
	CLEANUP_BUF struct buf shown = {0};
	if (!is_command(j))
		buf_printf(&shown, "slim: %s: ", j->image->name);
	for (size_t i = 0, len; i < n; i += len) {
		len = s[i] == '\\' ? 1 : buf_printable(s + i, n - i);
		if (len)
			buf_append(&shown, s + i, len);
		else
			buf_escape(&shown, s + i, len = 1);
	}
	fprintf(stderr, "%s\n", shown.len ? shown.data : "");
}

/* cut: more of the line follows. */
static void end_line(struct job *j, bool cut)
{
	if (j->line.len)
		print_line(j);
	j->line.len = 0;
	j->cut = cut;
}

static void take_messages(struct job *j, const char *data, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (data[i] == '\n' || j->line.len == LIMIT_BATCH_LINE)
			end_line(j, data[i] != '\n');
		if (data[i] != '\n')
			buf_char(&j->line, data[i]);
	}
}

static void take_report(struct job *j, const char *data, size_t n)
{
	j->too_large |= n > LIMIT_BATCH_REPORT - j->report.len;
	if (!j->too_large)
		buf_append(&j->report, data, n);
}

/* Reads everything that is available. */
static void drain(struct job *j, int *fd, void (*take)(struct job *, const char *, size_t))
{
	char part[16384];
	while (*fd >= 0) {
		ssize_t n = read(*fd, part, sizeof(part));
		if (n > 0)
			take(j, part, (size_t)n);
		else if (n == 0 || (errno != EAGAIN && errno != EINTR))
			close(steal_fd(fd));
		else if (errno == EAGAIN)
			return;
	}
}

/* ---- the start and the end of a child ---- */

static void set_error(struct batch_result *r, const struct err *err)
{
	json_decref(r->error);
	r->error = report_error_member(err);
}

/* The image's own limit holds if it is shorter than what is left for all of them. */
static void limit_time(const struct batch *b, struct batch_image *image)
{
	static const char option[] = "--timeout=";
	const uint64_t now = clock_ms();
	if (b->time_over == UINT64_MAX)
		return;
	uint64_t left = b->time_over > now ? (b->time_over - now + 999) / 1000 : 1;
	for (size_t i = 0; i < image->argv.count; i++)
		if (strncmp(image->argv.items[i], option, sizeof(option) - 1) == 0) {
			const unsigned long own = strtoul(image->argv.items[i] + sizeof(option) - 1, NULL, 10);
			left = own && own < left ? own : left;
		}
	strlist_take(&image->argv, mem_printf("%s%llu", option, (unsigned long long)left));
}

static int start_child(struct job *j, struct err *err)
{
	int out[2], errors[2];
	if (pipe2(out, O_CLOEXEC) < 0)
		return err_sys(err, errno, "process-start", "start a build");
	CLEANUP_FD int out_end = out[1];
	j->out = out[0];
	if (pipe2(errors, O_CLOEXEC) < 0)
		return err_sys(err, errno, "process-start", "start a build");
	CLEANUP_FD int errors_end = errors[1];
	j->errors = errors[0];
	if (fcntl(j->out, F_SETFL, O_NONBLOCK) < 0 || fcntl(j->errors, F_SETFL, O_NONBLOCK) < 0)
		return err_sys(err, errno, "process-start", "start a build");
	return batch_child_start(j->image->name, &j->image->argv, out_end, errors_end, &j->process, err);
}

static void leave(struct job *j)
{
	subproc_done(&j->process);
	cleanup_closep(&j->out);
	cleanup_closep(&j->errors);
	buf_done(&j->report);
	buf_done(&j->line);
	*j = (struct job){.out = -1, .errors = -1};
}

static void start_next(struct batch *b)
{
	for (unsigned i = 0; i < b->n_jobs && b->next < b->file->count && !b->stopped; i++) {
		struct job *j = &b->jobs[i];
		struct err err = {0};
		if (j->result)
			continue;
		j->image = &b->file->images[b->next];
		j->result = &b->results->items[b->next++];
		j->result->started = true;
		j->began = clock_ms();
		limit_time(b, j->image);
		if (start_child(j, &err) == 0)
			continue;
		set_error(j->result, &err);
		leave(j);
		i--; /* the slot is free for the next image */
	}
}

/* The report or error that the child printed. */
static void read_report(struct job *j, int status)
{
	struct batch_result *r = j->result;
	struct err err = {0};
	json_t *v = NULL;
	if (j->too_large)
		err_set(&err, ERR_LIMIT, "batch-report-too-large", "the report is larger than %u bytes",
			LIMIT_BATCH_REPORT);
	else if (status > 128)
		err_set(&err, ERR_SYS, "batch-child-killed", "the build was killed by signal %d", status - 128);
	else if (json_parse_object(j->report.data ? j->report.data : "", j->report.len, LIMIT_BATCH_REPORT,
				   "the build's report", &v, &err) == 0 &&
		 !json_is_string(json_object_get(v, "schema")))
		err_set(&err, ERR_CORRUPT, "batch-report-missing", "the build printed no report");
	if (err.code) {
		r->status = status == EXIT_DONE ? EXIT_FAILED : r->status;
		set_error(r, &err);
		json_decref(v);
		return;
	}
	json_decref(r->error);
	r->error = json_incref(json_object_get(v, "error"));
	if (strcmp(json_string_value(json_object_get(v, "schema")), "slim.error/v1") == 0)
		json_decref(v);
	else
		r->report = v;
}

static void end_child(struct job *j)
{
	struct err err = {0};
	int status = EXIT_FAILED;
	drain(j, &j->out, take_report);
	drain(j, &j->errors, take_messages);
	end_line(j, false);
	if (subproc_wait(&j->process, -1, NULL, &status, &err) < 0)
		set_error(j->result, &err);
	j->result->ms = clock_ms() - j->began;
	j->result->status = status > EXIT_GATE || status < 0 ? EXIT_FAILED : status;
	read_report(j, status);
	leave(j);
}

/* ---- the loop ---- */

/* The children know their time: the first time that it is over nobody asks them to stop. */
static void stop_children(struct batch *b)
{
	const bool first = !b->stopped;
	b->stopped = true;
	if (first && stop_is_timeout()) {
		b->deadline = UINT64_MAX;
		return;
	}
	if (first || b->deadline == UINT64_MAX)
		b->deadline = clock_ms() + CLEAN_UP_MS;
	for (unsigned i = 0; i < b->n_jobs; i++)
		if (b->jobs[i].result)
			kill(b->jobs[i].process.pid, SIGTERM); /* not reaped yet, so that the pid is still its own */
}

static bool is_running(const struct batch *b)
{
	for (unsigned i = 0; i < b->n_jobs; i++)
		if (b->jobs[i].result)
			return true;
	return false;
}

static void take_events(struct batch *b, const struct pollfd *fds)
{
	struct epoll_event ignored;
	if (fds[0].revents && epoll_wait(b->watch, &ignored, 1, 0) > 0)
		stop_children(b);
	for (unsigned i = 0; i < b->n_jobs; i++) {
		struct job *j = &b->jobs[i];
		if (!j->result)
			continue;
		if (fds[1 + 3 * i].revents)
			drain(j, &j->out, take_report);
		if (fds[2 + 3 * i].revents)
			drain(j, &j->errors, take_messages);
		if (fds[3 + 3 * i].revents & POLLIN)
			end_child(j);
	}
}

static void run_all(struct batch *b)
{
	CLEANUP_FREE struct pollfd *fds = mem_calloc(N_FDS(b), sizeof(*fds));
	for (start_next(b); is_running(b); start_next(b)) {
		fds[0] = (struct pollfd){.fd = b->watch, .events = POLLIN};
		for (unsigned i = 0; i < b->n_jobs; i++) {
			const struct job *j = &b->jobs[i];
			const int of[] = {j->out, j->errors, j->result ? j->process.pidfd : -1};
			for (size_t k = 0; k < 3; k++)
				fds[1 + 3 * i + k] = (struct pollfd){.fd = of[k], .events = POLLIN};
		}
		if (b->stopped && clock_ms() >= b->deadline)
			return; /* the caller kills the children that are left */
		fd_poll(fds, N_FDS(b), b->stopped ? 1000 : -1);
		take_events(b, fds);
	}
}

/* The cancel fd stays readable. An edge-triggered epoll shows each further request. */
static int watch_stop(const struct progress *progress, struct err *err)
{
	struct epoll_event e = {.events = EPOLLIN | EPOLLET};
	int fd = epoll_create1(EPOLL_CLOEXEC);
	if (fd >= 0 && epoll_ctl(fd, EPOLL_CTL_ADD, progress->cancel_fd, &e) == 0)
		return fd;
	int r = err_sys(err, errno, "eventfd-create", "watch for a request to stop");
	cleanup_closep(&fd);
	return r;
}

/* Whether the end of the time is why an image is not done. */
static int check_time(const struct batch_results *r, unsigned timeout, struct err *err)
{
	size_t done = 0;
	for (size_t i = 0; i < r->count; i++)
		done += r->items[i].report != NULL && r->items[i].status == EXIT_DONE;
	if (done == r->count)
		return 0;
	return err_set(err, ERR_TIMEOUT, "command-timeout",
		       "the %u s of --timeout are over: %zu of %zu images are done", timeout, done, r->count);
}

int batch_run_images(struct batch_file *file, const struct batch_run_options *o, const struct progress *progress,
		     struct batch_results *out, struct err *err)
{
	const uint64_t began = clock_ms();
	struct batch b = {.file = file,
			  .results = out,
			  .n_jobs = o->jobs > file->count ? (unsigned)file->count : o->jobs,
			  .time_over = o->timeout ? began + o->timeout * 1000ull : UINT64_MAX};
	*out = (struct batch_results){.items = mem_calloc(file->count, sizeof(*out->items)), .count = file->count};
	for (size_t i = 0; i < file->count; i++)
		out->items[i] = (struct batch_result){
		    .name = file->images[i].name, .source = file->images[i].argv.items[1], .status = EXIT_FAILED};
	b.watch = watch_stop(progress, err);
	if (b.watch < 0)
		return b.watch;
	b.jobs = mem_calloc(b.n_jobs, sizeof(*b.jobs));
	for (unsigned i = 0; i < b.n_jobs; i++)
		b.jobs[i] = (struct job){.out = -1, .errors = -1};
	run_all(&b);
	for (unsigned i = 0; i < b.n_jobs; i++)
		leave(&b.jobs[i]);
	free(b.jobs);
	close(b.watch);
	out->ms = clock_ms() - began;
	return stop_is_timeout() ? check_time(out, o->timeout, err) : progress_check(progress, err);
}

unsigned batch_run_time_left(unsigned timeout, uint64_t began)
{
	const uint64_t spent = (clock_ms() - began) / 1000;
	return !timeout ? 0 : spent < timeout ? timeout - (unsigned)spent : 1;
}

void batch_run_done(struct batch_results *r)
{
	for (size_t i = 0; i < r->count; i++) {
		json_decref(r->items[i].report);
		json_decref(r->items[i].error);
	}
	free(r->items);
	json_decref(r->stack);
	*r = (struct batch_results){0};
}
