/* cmd/options/container_flags.h - the options of the verbs that run a container, and the plan made of them. */
#pragma once

#include "cmd/options/apispec_flags.h"
#include "cmd/options/compose_flags.h"
#include "cmd/options/rights.h"
#include "cmd/options/drivers.h"
#include "cmd/options/http_flags.h"
#include "cmd/options/network_flags.h"
#include "cmd/options/option.h"
#include "cmd/options/ready.h"
#include "cmd/options/registry_flags.h"
#include "cmd/options/script_flags.h"
#include "cmd/options/surroundings.h"
#include "cmd/options/wire_flags.h"
#include "pipeline/session.h"
#include "probe/plan.h"

/* A member of a verb's options struct, whose table has CONTAINER_PARTS. */
struct container_flags {
	const char *platform, *store, *runtime, *sensor, *entrypoint, *cmd, *user, *workdir, *continue_after,
	    *max_sparse, *input;
	struct strlist env, env_files, runs, run_statuses, host_execs, execs, signals, ready;
	struct option_given_list given;
	const char *memory, *pids_limit, *cpus;
	bool quiet, verbose, show_clogs, allow_failed_run, allow_unconfined, restart, exec_alone;
	unsigned ready_timeout, drive_timeout, stop_timeout;
	unsigned timeout; /* of the whole command; 0 = none */
	struct http_flags http;
	struct script_flags script;
	struct wire_flags wire;
	struct apispec_flags apispec;
	struct surroundings_flags surroundings;
	struct network_flags network;
	struct compose_flags compose;
	struct rights_flags rights;
	struct registry_flags registry;
};

extern const struct option_group container_flags_process_group, container_flags_drive_group, container_flags_time_group,
    container_flags_record_group, container_flags_general_group;

/* The parts of a verb's table for the member M, a container_flags, of its options struct T. */
#define CONTAINER_PARTS(T, M)                                                                                          \
	{&container_flags_process_group, offsetof(T, M)}, {&surroundings_flags_group, offsetof(T, M.surroundings)},    \
	    {&network_flags_group, offsetof(T, M.network)}, {&compose_flags_group, offsetof(T, M.compose)},            \
	    {&rights_flags_group, offsetof(T, M.rights)}, {&container_flags_drive_group, offsetof(T, M)},              \
	    {&container_flags_time_group, offsetof(T, M)}, {&http_flags_group, offsetof(T, M.http)},                   \
	    {&http_flags_crawl_group, offsetof(T, M.http)}, {&script_flags_group, offsetof(T, M.script)},              \
	    {&apispec_flags_group, offsetof(T, M.apispec)}, {&wire_flags_group, offsetof(T, M.wire)},                  \
	    {&container_flags_record_group, offsetof(T, M)}, {&registry_flags_group, offsetof(T, M.registry)},         \
	{                                                                                                              \
		&container_flags_general_group, offsetof(T, M)                                                         \
	}

/* --repeat, of the verbs that record the image. */
#define REPEAT_ROW(AT)                                                                                                 \
	{                                                                                                              \
		"repeat", 0, OPTION_COUNT, AT, "N",                                                                    \
		    "record N runs, each with the requests in another order and more of them at once (default: 1)"     \
	}

void container_flags_init(struct container_flags *f); /* the defaults */
void container_flags_done(struct container_flags *f);

/* Everything that the flags become; owns what options borrows. */
struct container_plan {
	const struct container_flags *flags;
	struct pipeline_session_options options;
	struct oci_platform platform;
	struct strlist entrypoint, cmd, env, *runs, *programs;
	struct rights rights;
	int *statuses;
	struct surroundings surroundings;
	struct compose_plan compose;
	struct run_bridge_port *published;
	struct probe_http_options http;
	struct probe_routes routes;
	struct probe_script script;
	struct probe_apispec_options apispec;
	struct probe_script_options requests; /* of the script */
	struct probe_spec spec;               /* commands of files */
	struct notes notes;                   /* of the files that were read */
	struct wire_plan wire;
	struct drivers drivers;
	struct ready ready;
	struct probe_plan probes;
};

/* Reads the compose file, if its service is asked for; before container_plan_init. *source: the image that the user
 * named, NULL = none; if it is NULL, it becomes that of the service. */
int container_plan_compose(struct container_plan *p, const struct container_flags *f, const char **source,
			   struct err *err) MUST_CHECK;
/* command: the arguments after "--", which replace the image's command; NULL or empty = there are no arguments. */
int container_plan_init(struct container_plan *p, const struct container_flags *f, const char *source,
			const struct strlist *command, struct err *err) MUST_CHECK;
/* Plans only the exercise: probes, requests, wire, drivers, ready, and the expected answers. */
int container_plan_drive(struct container_plan *p, const struct container_flags *f, struct err *err) MUST_CHECK;
/* Checks the number of runs of the original (REPEAT_ROW). ERR_INVAL. */
int container_plan_repeat(struct container_plan *p, unsigned n, struct err *err) MUST_CHECK;
void container_plan_done(struct container_plan *p);
#define CLEANUP_CONTAINER_PLAN CLEANUP(container_plan_done)
