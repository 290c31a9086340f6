/* cmd/batch/file.h - reads slim.yaml, for `slim build --file`. Makes a command line for each image.
 * slim-build-file(5) describes the format (slim.build/v1): a key of an image is the long name of an option. The options
 * come from the verb's table, and option_parse checks each value, so that the file takes the same as the command line.
 */
#pragma once

#include "cmd/command.h"

/* An image to build. */
struct batch_image {
	char *name;          /* letters, digits and ._- ; unique */
	struct strlist argv; /* "build", the image, "--json", then "--NAME=VALUE" each; may hold secrets */
};

struct batch_file {
	struct batch_image *images;
	size_t count, cap;
	unsigned jobs; /* 0 = not set */
};

/* Reads the file at path. build: the verb. names: the wanted images; empty = all. given: the options beside --file,
 * which replace those of the file for every image; NULL = none. Options of the batch itself (--file, --jobs, --json,
 * --report, --timeout, and files about all images) do not become part of the command lines. Errors name the line:
 * ERR_INVAL, ERR_LIMIT. *out is valid in any case. */
int batch_file_read(const char *path, const struct command *build, const struct strlist *names,
		    const struct option_given_list *given, struct batch_file *out, struct err *err) MUST_CHECK;
/* The same for n bytes. Messages call the file path. */
int batch_file_parse(const char *data, size_t n, const char *path, const struct command *build,
		     const struct strlist *names, const struct option_given_list *given, struct batch_file *out,
		     struct err *err) MUST_CHECK;
/* Overwrites the command lines. */
void batch_file_done(struct batch_file *f);
#define CLEANUP_BATCH_FILE CLEANUP(batch_file_done)
