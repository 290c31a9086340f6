/* probe/plan.h - decides which exercises an image gets.
 * In this order: its own health check, the requests that are named, or else the HTTP probe if the service has a port,
 * bytes to sockets, clients of protocols that are not HTTP, the commands of files inside of the container, then those
 * of options, the commands of the host. */
#pragma once

#include "oci/image_config.h"
#include "probe/probe.h"
#include "probe/specs/spec.h"

/* What the user asked for; borrows all of it. */
struct probe_plan {
	const struct probe_http_options *http;       /* NULL = no requests */
	const struct probe_script_options *script;   /* instead of http; NULL, or without requests = http */
	const struct probe_apispec_options *apispec; /* after the others; NULL = none */
	const struct probe_spec *spec;               /* commands of files; NULL = none */
	bool has_ports;                              /* the user named ports, beside those that the image exposes */
	const struct strlist *execs, *host_execs;
	const struct probe_talk_options *talks;
	const struct probe_client_options *clients;
	size_t n_talks, n_clients;
	/* Filled by probe_plan_make. */
	struct probe_healthcheck_options healthcheck;
	struct exercise *exercises;
};

/* The exercises for an image with this config into *out; returns how many. They borrow from plan, a struct probe_plan,
 * and config. Call it once; the signature is that of pipeline_session_options.plan. */
size_t probe_plan_make(void *plan, const struct oci_image_config *config, const struct exercise **out);
void probe_plan_done(struct probe_plan *p);
