/* cmd/container.h - what the verbs that run a container share: their options, and what the options become. */
#pragma once

#include "access.h"
#include "http_flags.h"
#include "option.h"
#include "pipeline/session.h"
#include "probe/probe.h"
#include "setup.h"

/* A verb's options struct has one of these as a member, and its rows are CONTAINER_ROWS. */
struct container_flags {
	const char *platform, *store, *runtime, *sensor, *network, *entrypoint, *cmd, *user, *workdir, *continue_after;
	struct strlist env, runs, host_execs, execs;
	bool quiet, verbose, show_clogs;
	unsigned ready_timeout, stop_timeout;
	struct http_flags http;
	struct setup_flags setup;
	struct access_flags access;
};

#define CONTAINER_ROW(type, member, field, name, letter, kind, value, help)                                            \
	{                                                                                                              \
		name, letter, kind, offsetof(type, member.field), value, help                                          \
	}
#define CONTAINER_ROWS(T, M)                                                                                           \
	CONTAINER_ROW(T, M, quiet, "quiet", 'q', OPTION_FLAG, NULL, "print nothing but errors"),                       \
	    CONTAINER_ROW(T, M, verbose, "verbose", 'v', OPTION_FLAG, NULL, "tell on stderr what is done"),            \
	    CONTAINER_ROW(T, M, platform, "platform", 0, OPTION_STRING, "OS/ARCH",                                     \
			  "which image of an index (default: this machine's)"),                                        \
	    HTTP_ROWS(T, M.http),                                                                                      \
	    CONTAINER_ROW(T, M, host_execs, "host-exec", 0, OPTION_LIST, "CMD",                                        \
			  "run a command of the host against the service"),                                            \
	    CONTAINER_ROW(T, M, execs, "exec", 0, OPTION_LIST, "CMD", "run a command inside the container"),           \
	    CONTAINER_ROW(T, M, runs, "run", 0, OPTION_LIST, "ARGS", "one run of the image with these arguments"),     \
	    CONTAINER_ROW(T, M, continue_after, "continue-after", 0, OPTION_STRING, "WHEN",                            \
			  "end the run after: probe, exit, signal (SIGUSR1), enter, SECONDS"),                         \
	    CONTAINER_ROW(T, M, env, "env", 'e', OPTION_LIST, "NAME=VALUE", "environment of the container"),           \
	    SETUP_ROWS(T, M.setup),                                                                                    \
	    CONTAINER_ROW(T, M, entrypoint, "entrypoint", 0, OPTION_STRING, "CMD",                                     \
			  "instead of the image's entrypoint"),                                                        \
	    CONTAINER_ROW(T, M, cmd, "cmd", 0, OPTION_STRING, "CMD", "instead of the image's command"),                \
	    CONTAINER_ROW(T, M, user, "user", 0, OPTION_STRING, "USER", "instead of the image's user"),                \
	    CONTAINER_ROW(T, M, workdir, "workdir", 0, OPTION_STRING, "DIR",                                           \
			  "instead of the image's working directory"),                                                 \
	    CONTAINER_ROW(T, M, network, "network", 0, OPTION_STRING, "NET",                                           \
			  "none (default: its own, with loopback) or host"),                                           \
	    CONTAINER_ROW(T, M, runtime, "runtime", 0, OPTION_STRING, "NAME",                                          \
			  "OCI runtime (default: runc, else crun)"),                                                   \
	    CONTAINER_ROW(T, M, sensor, "sensor", 0, OPTION_STRING, "KIND",                                            \
			  "what records: ptrace, ebpf, or auto (default): ebpf where it works"),                       \
	    CONTAINER_ROW(T, M, ready_timeout, "ready-timeout", 0, OPTION_SECONDS, "SECONDS",                          \
			  "for the service to listen (default: 60)"),                                                  \
	    CONTAINER_ROW(T, M, stop_timeout, "stop-timeout", 0, OPTION_SECONDS, "SECONDS",                            \
			  "from the stop signal to the kill (default: 10)"),                                           \
	    CONTAINER_ROW(T, M, show_clogs, "show-clogs", 0, OPTION_FLAG, NULL, "show what the container printed"),    \
	    CONTAINER_ROW(T, M, store, "store", 0, OPTION_STRING, "DIR",                                               \
			  "unpacked layers (default: $XDG_CACHE_HOME/slim)"),                                          \
	    ACCESS_ROWS(T, M.access)

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
	struct probe_healthcheck_options healthcheck;
	struct exercise *exercises;
};

/* command: what follows "--", instead of the image's command; NULL or empty = nothing did. */
int container_plan_init(struct container_plan *p, const struct container_flags *f, const char *source,
			const struct strlist *command, struct err *err) MUST_CHECK;
void container_plan_done(struct container_plan *p);
#define CLEANUP_CONTAINER_PLAN CLEANUP(container_plan_done)

/* The rights to unpack, signals and the progress line; if a container runs, mounts of our own. Before anything else. */
int container_begin(struct container_plan *p, bool runs, struct progress *progress, struct err *err) MUST_CHECK;
/* "slim: message", the page of what differs and what to do about it, on stderr. */
void fail_differs(const struct err *err, const struct report_verify *v, const char *advice);
/* After it: show the container's output where it was asked for, or explains why the run failed (err; NULL = it did
 * not). */
void container_end(const struct container_flags *f, const struct report *report, const struct buf *log,
		   const struct err *err);
