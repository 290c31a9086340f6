/* cmd/batch/file.h - reads slim.yaml, the images of `slim build --file`, into a command line for each.
 * The format (slim.build/v1) is described in slim-build-file(5): a key of an image is the long name of an option. This
 * file knows no option by itself: it asks the verb's table, and gives each value to option_parse, so that what it takes
 * is what the command line takes. */
#pragma once

#include "cmd/command.h"

/* An image to build. */
struct batch_image {
	char *name;          /* letters, digits and ._- ; no two images have the same */
	struct strlist argv; /* "build", the image, "--json", then "--NAME=VALUE" each; may hold secrets */
};

struct batch_file {
	struct batch_image *images;
	size_t count, cap;
	unsigned jobs; /* 0 = the file does not say */
};

/* Reads the file at path. build: the verb. names: the images that are wanted; empty = all. given: the options that
 * stand beside --file, which count for every image instead of the file's of the same name; NULL = none. Those of the
 * batch itself (--file, --jobs, --json, --report) are left out of the command lines. The errors name the line:
 * ERR_INVAL, ERR_LIMIT. *out is valid in any case. */
int batch_file_read(const char *path, const struct command *build, const struct strlist *names,
		    const struct option_given_list *given, struct batch_file *out, struct err *err) MUST_CHECK;
/* The same for the n bytes of a file that path names in messages. */
int batch_file_parse(const char *data, size_t n, const char *path, const struct command *build,
		     const struct strlist *names, const struct option_given_list *given, struct batch_file *out,
		     struct err *err) MUST_CHECK;
/* Overwrites the command lines. */
void batch_file_done(struct batch_file *f);
#define CLEANUP_BATCH_FILE CLEANUP(batch_file_done)
