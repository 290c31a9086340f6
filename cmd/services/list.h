/* cmd/services/list.h - the services that are made small, and the command line of slim for each of them. */
#pragma once

#include "cmd/batch/file.h"
#include "compose/project.h"

/* What is known of the command line. */
struct services_request {
	const struct compose_project *project;
	const struct option_given_list *given;    /* as the user gave them */
	const struct strlist *drivers, *excluded; /* services that are not made small */
};

/* The services that profiles enable, without drivers and excluded: those that others need come first. *out: indexes of
 * the project's services. ERR_INVAL: they depend on each other in a circle, or there is none. */
int services_list_order(const struct services_request *r, size_t **out, size_t *n, struct err *err) MUST_CHECK;

/* A command line that builds the image of each. ${SLIM_IMAGE} of -o, -t and the like is the service's name. ERR_INVAL:
 * two results would have the same name. */
int services_list_builds(const struct services_request *r, const size_t *services, size_t n, struct batch_file *out,
			 struct err *err) MUST_CHECK;
/* Adds a command line that compares both images of a service, in a stack of the files and of override. verify: the
 * verb, which takes the options that it knows. */
void services_list_verify(const struct services_request *r, const struct command *verify, const char *service,
			  const char *original, const char *slim, const char *override, struct batch_file *out);
