/* compose/read/keys.h - every key of the specification, and what slim makes of it. slim-compose(5) has the same table;
 * a lint compares them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* A mapping whose keys the specification lists. */
enum compose_section {
	COMPOSE_TOP,
	COMPOSE_SERVICE,
	COMPOSE_BUILD,
	COMPOSE_HEALTHCHECK,
	COMPOSE_DEPENDENCY,
	COMPOSE_EXTENDS,
	COMPOSE_ENV_FILE,
	COMPOSE_ATTACHMENT,
	COMPOSE_PORT,
	COMPOSE_MOUNT,
	COMPOSE_MOUNT_OF_BIND,
	COMPOSE_MOUNT_OF_VOLUME,
	COMPOSE_MOUNT_OF_TMPFS,
	COMPOSE_GRANT,
	COMPOSE_ULIMIT,
	COMPOSE_INCLUDE,
	COMPOSE_NETWORK,
	COMPOSE_IPAM,
	COMPOSE_IPAM_CONFIG,
	COMPOSE_VOLUME,
	COMPOSE_SOURCE,
	COMPOSE_SECTIONS,
};

enum compose_verdict { COMPOSE_DONE, COMPOSE_IGNORED, COMPOSE_REFUSED };

/* What a value may be, and what it becomes: see shape.h. */
enum compose_shape {
	COMPOSE_ANY,
	COMPOSE_TEXT,
	COMPOSE_PATH,
	COMPOSE_BOOL,
	COMPOSE_COUNT,
	COMPOSE_BYTES,
	COMPOSE_DURATION,
	COMPOSE_MODE,
	COMPOSE_WORDS,
	COMPOSE_TEST,
	COMPOSE_LIST,
	COMPOSE_PAIRS,
	COMPOSE_HOSTS,
	COMPOSE_OBJECT,
	COMPOSE_OBJECTS,
	COMPOSE_NAMES,
	COMPOSE_EXTERNAL,
	COMPOSE_SHAPE_BUILD,
	COMPOSE_SHAPE_DEVICES,
	COMPOSE_SHAPE_ENV_FILES,
	COMPOSE_SHAPE_EXTENDS,
	COMPOSE_SHAPE_GRANTS,
	COMPOSE_SHAPE_IPAM,
	COMPOSE_SHAPE_MOUNTS,
	COMPOSE_SHAPE_OPTIONS,
	COMPOSE_SHAPE_PORTS,
	COMPOSE_SHAPE_ULIMITS,
	COMPOSE_SHAPES,
};

struct compose_key {
	enum compose_section section;
	const char *key;
	enum compose_verdict verdict;
	enum compose_shape shape;
	enum compose_section of; /* of OBJECT, OBJECTS and NAMES: what the mapping is */
	const char *fine;        /* of a refused key: values, with a space between, that are not refused; NULL = none */
	const char *reason;      /* of one that is ignored or refused; a part of a sentence */
};

/* NULL if the section has no such key. */
const struct compose_key *compose_key_find(enum compose_section section, const char *key);
/* The key that was probably meant, or NULL. */
const char *compose_key_nearest(enum compose_section section, const char *key);
/* Whether the value of a refused key is one of its harmless ones. */
bool compose_key_is_fine(const struct compose_key *row, const char *value);
/* Rows are numbered; NULL after the last. */
const struct compose_key *compose_key_at(size_t i);
