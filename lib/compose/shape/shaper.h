/* compose/shape/shaper.h - what makes the shapes of single values, see shape.h. */
#pragma once

#include "compose/read/keys.h"
#include "compose/read/reading.h"

/* What every shape is made by. *out: a new reference. */
typedef int compose_shaper(struct compose_scope *s, const struct compose_at *at, const struct compose_key *row,
			   json_t *in, json_t **out, struct err *err);

/* The text of a string, a number or a boolean into buf, which is emptied first. False: it is none. */
bool compose_scalar(const json_t *v, struct buf *out);
/* Times ("1m30s") as milliseconds, sizes ("64m") as bytes, truth values. False: s is none. */
bool compose_read_duration(const char *s, uint64_t *out);
bool compose_read_bytes(const char *s, uint64_t *out);
bool compose_read_bool(const char *s, bool *out);

compose_shaper compose_shape_text, compose_shape_path, compose_shape_bool, compose_shape_count, compose_shape_bytes,
    compose_shape_duration, compose_shape_mode, compose_shape_words, compose_shape_test, compose_shape_list,
    compose_shape_pairs, compose_shape_hosts, compose_shape_external, compose_shape_build, compose_shape_devices,
    compose_shape_env_files, compose_shape_extends, compose_shape_grants, compose_shape_ipam, compose_shape_mounts,
    compose_shape_options, compose_shape_ports, compose_shape_ulimits;
