/* probe/ready.h - decides when a service is ready, by --ready. Two checks look from outside, and run/readiness waits
 * for them: a port that listens, and a printed line. The others have to ask, and are the first exercise: a page, a
 * command, the health check. */
#pragma once

#include "probe/probe.h"

struct probe_ready_check {
	enum probe_ready_kind {
		PROBE_READY_HTTP,   /* GET is answered with 200 to 399 */
		PROBE_READY_TCP,    /* the port listens; not an exercise */
		PROBE_READY_LOG,    /* a line that matches is printed; not an exercise */
		PROBE_READY_HEALTH, /* the image's health check passes */
		PROBE_READY_EXEC,   /* a command inside the container exits with 0 */
	} kind;
	const char *text;   /* all of it */
	const char *scheme; /* "http", "https" */
	uint16_t port;      /* 0 = any that listens */
	const char *rest;   /* path, regular expression or command */
};

/* http:[PORT][/PATH], https:..., tcp:PORT, log:REGEX, health or exec:CMD. Borrows text. ERR_INVAL. */
int probe_ready_parse(const char *text, struct probe_ready_check *out, struct err *err) MUST_CHECK;

struct probe_ready {
	struct probe_ready_check *checks;
	size_t n;
	const struct probe_healthcheck_options *healthcheck; /* of the image */
};
/* Whether one of the checks is an exercise. */
bool probe_ready_asks(const struct probe_ready *r);
/* Tries each check in turn, with pauses that grow, until it holds or t->ready_until has come: ERR_UNPROVEN, which says
 * what came last. One step for each check. */
void probe_ready(const struct probe_ready *r, struct exercise *out);
