/* ci/gate/limits.h - the limits that a user sets, parsed from the texts of the options.
 * Lifetime: all zero, any number of _add, _done. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/err.h"

enum ci_gate {
	CI_GATE_MAX_SIZE,
	CI_GATE_MAX_COMPRESSED,
	CI_GATE_MIN_REDUCTION,
	CI_GATE_MAX_GROWTH,
	CI_GATE_MUST_KEEP,
	CI_GATE_MUST_DROP,
	CI_GATE_REQUIRE_VERIFY,
	CI_GATE_MAX_REQUESTS_FAILED,
	CI_GATE_MAX_UNPROVEN,
};
#define CI_GATES (CI_GATE_MAX_UNPROVEN + 1)
extern const char *const ci_gate_names[CI_GATES]; /* of the options: "max-size" */

struct ci_gate_limit {
	enum ci_gate gate;
	char *text;        /* as given; NULL = a flag */
	uint64_t number;   /* bytes, files, requests, or as of quantity_percent; 0 for patterns and flags */
	bool counts_files; /* of max-unproven: number is files, not bytes */
};

struct ci_gate_limits {
	struct ci_gate_limit *items;
	size_t count;
};

/* text: copied; NULL for a flag. A gate may be added more than once. ERR_INVAL names the option and shows the form. */
int ci_gate_limits_add(struct ci_gate_limits *l, enum ci_gate gate, const char *text, struct err *err) MUST_CHECK;
bool ci_gate_limits_have(const struct ci_gate_limits *l, enum ci_gate gate);
void ci_gate_limits_done(struct ci_gate_limits *l);
#define CLEANUP_CI_GATE_LIMITS CLEANUP(ci_gate_limits_done)
