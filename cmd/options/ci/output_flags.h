/* cmd/options/ci/output_flags.h - writes the outcome of a verb for CI systems. It writes files that the system named
 * in the environment, files that the user named, and lines in the log. */
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

/* The number of files that are standard output. */
size_t output_flags_on_stdout(const struct output_flags *f);
/* ERR_INVAL if one of them is, and something else goes there, too: others says how much. */
int output_flags_check_stdout(const struct output_flags *f, size_t others, struct err *err) MUST_CHECK;

/* The subject of the outputs. */
struct output_subject {
	enum ci_verb verb;
	bool is_part;                 /* one image of a batch, which writes the files that the system named by itself */
	const struct strlist *images; /* of a batch: the names of its images; NULL = not a batch */
};

/* The files that are written. */
struct output_plan {
	enum job_system system;
	struct output_subject subject; /* borrowed */
	struct output_target {
		const char *what; /* its option or variable, for messages: "--junit", "GITHUB_OUTPUT" */
		char *path;
		bool append;
		int form;
	} * items;
	size_t count, cap;
};
void output_plan_done(struct output_plan *p);
#define CLEANUP_OUTPUT_PLAN CLEANUP(output_plan_done)

/* env: NULL = the process's own. ERR_INVAL for an invalid value, or if outputs of two images of a batch would have
 * the same name. */
int output_plan_init(const struct output_flags *f, const struct output_subject *subject,
		     const struct job_environment *env, struct output_plan *out, struct err *err) MUST_CHECK;
/* Checks before the work that all files can be written (output_file_check). */
int output_plan_check(const struct output_plan *p, struct err *err) MUST_CHECK;
/* Writes all files, and returns the error of the first that can't be written. Appends the lines that the system reads
 * in the log to commands. */
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
