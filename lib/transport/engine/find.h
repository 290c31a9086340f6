/* transport/engine/find.h - finds the engine that has an image, among all addresses. Private to lib/transport/. */
#pragma once

#include "transport/engine/engine.h"

struct engine_search {
	enum oci_scheme scheme; /* as engine_addresses */
	const char *url;        /* the engine is known: a ref's engine field; NULL = all of the scheme */
	const char *name;       /* the image; NULL = any engine that answers will do */
	bool container;         /* name is a container */
	const struct transport_options *options;
};
/* The first that has it, opened, and what it says of the image (NULL without a name; json_decref). 1: none has it,
 * which engine_find_none tells. trail: a line for each address, see locate.h. An engine that the user named and that
 * doesn't answer is an error. */
int engine_find(const struct engine_search *search, struct buf *trail, struct engine **out, json_t **inspect,
		struct err *err) MUST_CHECK;
/* ERR_NOTFOUND with the trail. */
int engine_find_none(const struct engine_search *search, const struct buf *trail, struct err *err);
/* GET /images/NAME/json, /containers/NAME/json */
int engine_inspect(struct engine *e, const char *name, json_t **out, struct err *err) MUST_CHECK;
int engine_inspect_container(struct engine *e, const char *name, json_t **out, struct err *err) MUST_CHECK;
