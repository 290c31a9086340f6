/* probe/openapi/resource.h - which operation makes what others need, and so the order of all.
 * A path such as "/pets" is a collection if another one, "/pets/{petId}", names a thing in it. What POST /pets answers
 * (or, if nothing is made there, the list that GET /pets answers) has the id for {petId}, wherever that stands. The
 * document's own links say the same in words (OpenAPI 3.1.1, "Link Object"). */
#pragma once

#include "probe/openapi/operation.h"
#include "probe/script/script.h"

struct openapi_resource {
	char *parameter;   /* its name for the id, "petId" */
	const char *word;  /* last part of the collection's path, behind its slash: "pets"; borrowed */
	const char *maker; /* method of the request to the collection that has the id; NULL = no request has it */
	char *made;        /* the id that the maker's own body has, encoded; NULL = none */
};

/* Says that an answer of one operation has a parameter of another. */
struct openapi_link {
	size_t from, to; /* ids */
	const char *parameter, *expression;
};

struct openapi_resources {
	struct strset collections; /* "/owners/{}/pets" */
	struct openapi_resource *items;
	size_t items_cap;
	struct openapi_link *links;
	size_t n_links;
};

void openapi_resources_find(struct openapi_document *d, const struct openapi_operations *o,
			    struct openapi_resources *out);
void openapi_resources_done(struct openapi_resources *r);
#define CLEANUP_OPENAPI_RESOURCES CLEANUP(openapi_resources_done)

/* The variable that has the value of an operation's parameter; free(). NULL = no answer has it. */
char *openapi_resources_variable(const struct openapi_resources *r, const struct openapi_operation *o,
				 const char *parameter, bool in_path);
/* The resource whose id a parameter of a path is, or, if parameter is NULL, the last part of the path; NULL = none. */
struct openapi_resource *openapi_resources_of(const struct openapi_resources *r, const struct openapi_operation *o,
					      const char *parameter);
/* The resource that an operation makes; NULL = none. */
struct openapi_resource *openapi_resources_made_by(const struct openapi_resources *r,
						   const struct openapi_operation *o);
/* Adds the captures of an operation's answer, each optional. */
void openapi_resources_capture(const struct openapi_resources *r, const struct openapi_operations *all,
			       const struct openapi_operation *o, struct probe_request *q);
