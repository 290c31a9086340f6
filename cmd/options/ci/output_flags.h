/* cmd/options/ci/output_flags.h - where a build tells CI systems what came of it: in the files that the system named in
 * the environment, in files that the user named, and in the log. */
#pragma once

#include "ci/output/build.h"
#include "cmd/options/option.h"
#include "cmd/outcome.h"
#include "job/system.h"

/* A member of a verb's options. */
struct output_flags {
	const char *ci, *ci_dir, *junit, *sarif, *markdown, *metrics, *code_quality, *dotenv;
};

extern const struct option_group output_flags_group;

/* How many of the files are standard output. */
size_t output_flags_on_stdout(const struct output_flags *f);

/* The files that are written. */
struct output_plan {
	enum job_system system;
	struct output_target {
		const char *what; /* who named it, for messages: "--junit", "GITHUB_OUTPUT" */
		char *path;
		bool append;
		int form;
	} * items;
	size_t count, cap;
};
void output_plan_done(struct output_plan *p);
#define CLEANUP_OUTPUT_PLAN CLEANUP(output_plan_done)

/* env: NULL = the process's own. ERR_INVAL for a value that an option does not take. */
int output_plan_init(const struct output_flags *f, const struct job_environment *env, struct output_plan *out,
		     struct err *err) MUST_CHECK;
/* Before the work is done: whether all of them can be written (output_file_check). */
int output_plan_check(const struct output_plan *p, struct err *err) MUST_CHECK;
/* Writes all files, also after one that can't be written: the error is of the first of these. commands: gets the lines
 * that the system reads in the log. */
int output_plan_write(const struct output_plan *p, const struct ci_build *b, struct buf *commands,
		      struct err *err) MUST_CHECK;
