/* ci/output/junit_suite.h - writes the suites and cases of a JUnit XML file, as jenkins-junit.xsd has them. */
#pragma once

#include <stdint.h>

#include "base/buf.h"

/* A suite while its cases are made: their numbers stand before them. All zero but the name. */
struct ci_junit_suite {
	const char *name;
	unsigned tests, failures, errors, skipped;
	uint64_t ms;
	struct buf cases;
};

/* what: "failure", "error" or "skipped"; NULL = it passed. why: the reason for that. */
void ci_junit_case(struct ci_junit_suite *s, const char *name, uint64_t ms, const char *what, const char *why);
/* Appends the suite to out, unless it is empty, adds its numbers to all, and frees its cases. */
void ci_junit_suite_end(struct ci_junit_suite *s, struct ci_junit_suite *all, struct buf *out);
/* The file: all has the numbers, suites the text of all suites. */
void ci_junit_document(const struct ci_junit_suite *all, const struct buf *suites, struct buf *out);
