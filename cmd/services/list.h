/* cmd/services/list.h - the services that are made small, and which of them share an image. */
#pragma once

#include "cmd/options/option.h"
#include "compose/project.h"

struct services_request {
	const struct compose_project *project;
	const struct option_given_list *given;    /* as the user gave them */
	const struct strlist *drivers, *excluded; /* services that are not made small */
	bool verifies;                            /* the results are compared */
};

struct services_list {
	struct services_item {
		const struct compose_service *service;
		char *image;   /* as the compose file names it */
		size_t build;  /* the number of the build of its image */
		bool follows;  /* the build is another's, which comes before it */
		bool followed; /* others have the same build */
	} * items;
	size_t count;
};

/* The services that profiles enable, without drivers and excluded: those that others need come first. Services of one
 * image share a build, unless -o or -t has the service's name in it. ERR_INVAL: there is none, they depend on each
 * other in a circle, or an option names one place for several results. *out is valid in any case. */
int services_list_make(const struct services_request *r, struct services_list *out, struct err *err) MUST_CHECK;
void services_list_done(struct services_list *l);

/* Whether the option names a place for one result: in its value ${SLIM_IMAGE} is the service's name. */
bool services_list_is_place(const struct option_row *row);
