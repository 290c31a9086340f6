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
/* Opens the first engine that has the image, with its description of it (NULL without a name; json_decref). Returns 1
 * if none has it; engine_find_none makes the error. trail: a line for each address, see locate.h. It is an error if
 * an engine that the user named doesn't answer. */
int engine_find(const struct engine_search *search, struct buf *trail, struct engine **out, json_t **inspect,
		struct err *err) MUST_CHECK;
/* ERR_NOTFOUND with the trail. */
int engine_find_none(const struct engine_search *search, const struct buf *trail, struct err *err);
/* GET /images/NAME/json, /containers/NAME/json */
int engine_inspect(struct engine *e, const char *name, json_t **out, struct err *err) MUST_CHECK;
int engine_inspect_container(struct engine *e, const char *name, json_t **out, struct err *err) MUST_CHECK;

/* images.c: appends "repo:tag" of each image of the engines on this machine, for completions: those that are reached by
 * a unix socket or the program podman, and of containerd. scheme: that of one of the three, or OCI_SCHEME_NONE for all.
 * Takes at most two seconds: an engine that has not answered by then has no images. */
void engine_images_list(enum oci_scheme scheme, struct strlist *out);
