/* compose/parts.h - the parts of decode.h: trees that shape.h makes as structs, and the checks between them. */
#pragma once

#include "compose/project.h"
#include "compose/read/reading.h"

/* at: the service's, or of the section. */
int compose_decode_service(struct compose_scope *s, const struct compose_at *at, json_t *in,
			   struct compose_service *out, struct err *err) MUST_CHECK;
int compose_decode_mounts(struct compose_scope *s, const struct compose_at *at, json_t *in, struct compose_service *out,
			  struct err *err) MUST_CHECK;
int compose_decode_grants(struct compose_scope *s, json_t *in, const char *key, struct compose_grant **out, size_t *n,
			  struct err *err) MUST_CHECK;
/* depends_on, links, volumes_from, network_mode and networks. */
int compose_decode_relations(struct compose_scope *s, const struct compose_at *at, json_t *in,
			     struct compose_service *out, struct err *err) MUST_CHECK;
int compose_decode_resources(struct compose_scope *s, json_t *tree, struct compose_project *p,
			     struct err *err) MUST_CHECK;
/* Names of services, networks, volumes, configs and secrets that a service has, and that must be there; circles.
 * Copies the mounts of volumes_from. */
int compose_check_references(struct compose_scope *s, struct compose_project *p, struct err *err) MUST_CHECK;
/* Copies the mounts of the services of volumes_from, which have theirs. */
int compose_copy_mounts(struct compose_scope *s, const struct compose_project *p, struct compose_service *to,
			struct err *err) MUST_CHECK;
/* Which services are enabled; fails if one of them needs what is not, or is refused. */
int compose_decode_profiles(struct compose_scope *s, const struct compose_options *o, struct compose_project *p,
			    struct err *err) MUST_CHECK;
/* The environment of a service: env_file's variables, if it is enabled, and environment's. */
int compose_decode_environment(struct compose_scope *s, const struct compose_at *at, json_t *in,
			       struct compose_service *out, struct err *err) MUST_CHECK;
