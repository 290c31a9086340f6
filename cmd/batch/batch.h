/* cmd/batch/batch.h - `slim build --file`: many images in one go. */
#pragma once

#include "cmd/batch/run.h"
#include "cmd/command.h"
#include "cmd/options/ci/output_flags.h"

/* A member of the verb's options struct. */
struct batch_flags {
	const char *file; /* NULL = one image, as an argument */
	unsigned jobs;    /* 0 = as many as the file says, or the machine can take */
};
extern const struct option_group batch_flags_group;

/* What is done before the images are built, and once all of them are. Each may be NULL. */
struct batch_around {
	/* Its error ends the batch. */
	int (*before)(void *ctx, const struct progress *progress, struct err *err);
	/* summary: of the batch, for a person. Its error becomes that of the batch. ERR_DIFFERS: EXIT_DIFFERS. */
	int (*after)(void *ctx, struct batch_results *results, const struct progress *progress, struct buf *summary,
		     struct err *err);
	void *ctx;
};

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
	struct batch_around around;
};

/* Reads the file, and builds all images. The result is the summary. Returns the exit_code. */
int batch_build(const struct batch_request *r, struct outcome *out);
/* The same for command lines that were made already. */
int batch_build_images(const struct batch_request *r, struct batch_file *file, struct outcome *out);
