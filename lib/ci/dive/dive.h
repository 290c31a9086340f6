/* ci/dive/dive.h - limits on the waste in an image's layers, as `dive --ci` has them.
 * Spec: dive's .dive-ci, a YAML file with the object "rules": lowestEfficiency (0 to 1), highestWastedBytes (a size),
 * highestUserWastedPercent (0 to 1); each may be the word "disabled". dive counts as wasted all bytes of every path
 * that several layers have or remove; as the user's those of all layers but the first. */
#pragma once

#include "base/err.h"
#include "inspect/history.h"
#include "report/checks/gates.h"

struct ci_dive_limits {
	/* The texts as given; NULL = no limit. */
	char *lowest_efficiency, *highest_wasted_bytes, *highest_user_wasted_percent;
};

/* Reads a .dive-ci; a limit that is set already stays. ERR_INVAL names the file and the member. */
int ci_dive_limits_read(const char *path, struct ci_dive_limits *l, struct err *err) MUST_CHECK;
/* Checks the texts: ERR_INVAL shows the form. */
int ci_dive_limits_check(const struct ci_dive_limits *l, struct err *err) MUST_CHECK;
bool ci_dive_limits_any(const struct ci_dive_limits *l);
/* Adds each limit and its figure to out. The limits were checked. */
void ci_dive_judge(const struct ci_dive_limits *l, const struct inspect_history *h, struct report_gates *out);
void ci_dive_limits_done(struct ci_dive_limits *l);
#define CLEANUP_CI_DIVE_LIMITS CLEANUP(ci_dive_limits_done)
