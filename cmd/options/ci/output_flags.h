/* cmd/options/ci/output_flags.h - writes the outcome of a build, a verification, a recording or a batch for CI systems:
 * into the files that the system named in the environment, into files that the user named, and into the log. */
#pragma once

#include "ci/output/batch.h"
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
/* ERR_INVAL if one of them is, and something else goes there, too: others says how much. */
int output_flags_check_stdout(const struct output_flags *f, size_t others, struct err *err) MUST_CHECK;

/* What is written about. */
struct output_subject {
	enum ci_verb verb;
	bool is_part; /* one image of a batch: the batch itself writes all files that the system named */
	const struct strlist *images; /* the names of a batch's images; NULL = it is no batch */
};

/* The files that are written. */
struct output_plan {
	enum job_system system;
	struct output_subject subject; /* borrowed */
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

/* env: NULL = the process's own. ERR_INVAL for a value that an option does not take, or for images of a batch whose
 * outputs would have the same names. */
int output_plan_init(const struct output_flags *f, const struct output_subject *subject,
		     const struct job_environment *env, struct output_plan *out, struct err *err) MUST_CHECK;
/* Before the work is done: whether all of them can be written (output_file_check). */
int output_plan_check(const struct output_plan *p, struct err *err) MUST_CHECK;
/* Writes all files, also after one that can't be written: the error is of the first of these. commands: gets the lines
 * that the system reads in the log. */
int output_plan_write(const struct output_plan *p, const struct ci_build *b, struct buf *commands,
		      struct err *err) MUST_CHECK;
/* The same for a batch. */
int output_plan_write_batch(const struct output_plan *p, const struct ci_batch *b, struct buf *commands,
			    struct err *err) MUST_CHECK;

/* For a verb: output_plan_init and output_plan_check. EXIT_DONE, or the exit code, with the error in out. */
int output_plan_begin(const struct output_flags *f, const struct output_subject *subject, struct output_plan *p,
		      struct outcome *out);
/* For a verb that ends with code: output_plan_write. Returns code, or EXIT_FAILED if a file can't be written. */
int output_plan_end(const struct output_plan *p, const struct report *report, int code, struct outcome *out);
