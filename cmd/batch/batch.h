/* cmd/batch/batch.h - `slim build --file`: many images in one go. */
#pragma once

#include "cmd/command.h"
#include "cmd/options/ci/output_flags.h"

/* A member of the verb's options struct. */
struct batch_flags {
	const char *file; /* NULL = one image, as an argument */
	unsigned jobs;    /* 0 = as many as the file says, or the machine can take */
};
extern const struct option_group batch_flags_group;

/* The rest of the command line. */
struct batch_request {
	const struct command *build;
	const struct batch_flags *flags;
	const struct option_given_list *given; /* all given options; those that can hold secrets are refused */
	const struct strlist *names;           /* of the images; empty = all */
	const char *report;                    /* file for the reports as JSON; NULL = none */
	unsigned timeout;                      /* seconds, for all of them; 0 = none */
	bool json, quiet;
	const struct output_flags *outputs; /* of the batch as a whole */
};

/* Builds all images. The result is the summary. Returns the exit_code. */
int batch_build(const struct batch_request *r, struct outcome *out);
