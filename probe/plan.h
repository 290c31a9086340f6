/* probe/plan.h - decides which exercises an image gets.
 * In this order: the readiness check; signals at its start; its own health check; the named requests, or else the
 * HTTP probe if the service has a port; the requests of an API description, unless the user gave them a place;
 * commands of files, run inside of the container; and the user's other exercises in their order. An image that gets
 * none of these gets the HTTP probe, in case it listens. */
#pragma once

#include "oci/image_config.h"
#include "probe/probe.h"
#include "probe/ready.h"
#include "probe/specs/spec.h"

/* What the user named, in his order. */
struct probe_driver {
	enum exercise_kind kind; /* EXERCISE_HTTP: the place of the HTTP probe, once at most */
	const char *text;        /* of a command */
	size_t nth;              /* of talks to a port, of those to a unix socket, or of clients */
	struct probe_signal signal;
};

/* What the user asked for; borrows all of it. */
struct probe_plan {
	const struct probe_http_options *http;       /* NULL = no requests */
	const struct probe_script_options *script;   /* instead of http; NULL, or without requests = http */
	const struct probe_apispec_options *apispec; /* after these; NULL = none */
	const struct probe_spec *spec;               /* commands of files; NULL = none */
	bool has_ports;                              /* the user named ports, beside those that the image exposes */
	const struct probe_driver *drivers;
	size_t n_drivers;
	const struct probe_talk_options *talks;
	const struct probe_client_options *clients;
	size_t n_talks, n_clients;
	struct probe_ready ready; /* no checks = it is ready when it listens */
	const struct strlist
	    *check; /* Healthcheck.Test in the place of the image's; empty = none; NULL = the image's */
	/* Filled by probe_plan_make. */
	struct probe_healthcheck_options healthcheck;
	struct probe_http_options http_left; /* http, but not for ports that talks and clients name */
	uint16_t *others;                    /* these ports */
	size_t n_others;
	struct exercise *exercises;
	size_t n_exercises;
};

/* The exercises for an image with this config into *out; returns how many. They borrow from plan, a struct probe_plan,
 * and config, until the next call, which is for another image. The signature is that of pipeline_session_options.plan.
 */
size_t probe_plan_make(void *plan, const struct oci_image_config *config, const struct exercise **out);
void probe_plan_done(struct probe_plan *p);
