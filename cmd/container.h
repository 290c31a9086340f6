/* cmd/container.h - what the verbs that run a container share: their options, and what the options become. */
#pragma once

#include "access.h"
#include "http_flags.h"
#include "option.h"
#include "pipeline/session.h"
#include "probe/plan.h"
#include "setup.h"

/* A member of a verb's options struct, whose table has CONTAINER_PARTS. */
struct container_flags {
	const char *platform, *store, *runtime, *sensor, *network, *entrypoint, *cmd, *user, *workdir, *continue_after;
	struct strlist env, runs, host_execs, execs;
	bool quiet, verbose, show_clogs;
	unsigned ready_timeout, stop_timeout;
	struct http_flags http;
	struct setup_flags setup;
	struct access_flags access;
};

extern const struct option_group container_flags_process_group, container_flags_drive_group,
    container_flags_record_group, container_flags_general_group;

/* The parts of a verb's table for the member M, a container_flags, of its options struct T. */
#define CONTAINER_PARTS(T, M)                                                                                          \
	{&container_flags_process_group, offsetof(T, M)}, {&setup_flags_group, offsetof(T, M.setup)},                  \
	    {&container_flags_drive_group, offsetof(T, M)}, {&http_flags_group, offsetof(T, M.http)},                  \
	    {&container_flags_record_group, offsetof(T, M)}, {&access_flags_group, offsetof(T, M.access)},             \
	{                                                                                                              \
		&container_flags_general_group, offsetof(T, M)                                                         \
	}

void container_flags_init(struct container_flags *f); /* the defaults */
void container_flags_done(struct container_flags *f);

/* Everything that the flags become; owns what options borrows. */
struct container_plan {
	const struct container_flags *flags;
	struct session_options options;
	struct oci_platform platform;
	struct strlist entrypoint, cmd, *runs;
	struct setup setup;
	struct probe_http_options http;
	struct probe_plan probes;
};

/* command: what follows "--", instead of the image's command; NULL or empty = nothing did. */
int container_plan_init(struct container_plan *p, const struct container_flags *f, const char *source,
			const struct strlist *command, struct err *err) MUST_CHECK;
void container_plan_done(struct container_plan *p);
#define CLEANUP_CONTAINER_PLAN CLEANUP(container_plan_done)

/* The rights to unpack, signals and the progress line; if a container runs, mounts of our own. Before anything else. */
int container_begin(struct container_plan *p, bool runs, struct progress *progress, struct err *err) MUST_CHECK;
/* After it: show the container's output where it was asked for, or explains why the run failed (err; NULL = it did
 * not). */
void container_end(const struct container_flags *f, const struct report *report, const struct buf *log,
		   const struct err *err);
/* Append what differs and what to do about it. */
void container_differs_page(const struct report_verify *v, const char *advice, struct buf *page);
/* Append the report: as JSON, or the summary unless --quiet is given or file, which the verb wrote (NULL = none), is
 * standard output itself. */
void container_result(const struct container_flags *f, const struct report *report, bool json, const char *file,
		      struct buf *out);
