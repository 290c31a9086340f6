/* report/docker_slim/docker_slim.h - a report in the shape of docker-slim's ("doc.report.command"): the members that
 * public actions and scripts read. slim-docker-slim(7) lists them. Members that slim does not know are left out, or
 * empty if readers expect them. */
#pragma once

#include <jansson.h>

#include "oci/image_config.h"
#include "oci/manifest.h"
#include "report/report.h"

enum report_docker_slim_type { REPORT_DOCKER_SLIM_BUILD, REPORT_DOCKER_SLIM_PROFILE, REPORT_DOCKER_SLIM_XRAY };

/* The machine that slim runs on; strings may be NULL. */
struct report_docker_slim_host {
	const char *kernel, *release;        /* as uname tells them */
	char *name, *version, *display_name; /* of /etc/os-release; owned */
	bool in_container;
};
void report_docker_slim_host_done(struct report_docker_slim_host *h);
/* Fills the names from the text of an os-release(5) file, which may be anything. */
void report_docker_slim_host_parse(struct report_docker_slim_host *h, const char *text);

/* Borrows all of it. */
struct report_docker_slim {
	enum report_docker_slim_type type;
	const char *version; /* slim's */
	const char *target;  /* the image, as the user named it */
	const struct report_docker_slim_host *host;
	const struct report *report;           /* NULL = none: nothing was run */
	const struct oci_manifest *manifest;   /* of the image; NULL = not known */
	const struct oci_image_config *config; /* the same */
	const struct err *error;               /* code ERR_NONE = the state is "done", else "error" */
	const char *artifacts;                 /* the directory with more files; NULL = none */
};
void report_docker_slim_json(const struct report_docker_slim *d, struct buf *out);
