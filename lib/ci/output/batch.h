/* ci/output/batch.h - writes the figures of a batch (slim build --file) for CI systems. Each carries the name of its
 * image. */
#pragma once

#include "base/strlist.h"
#include "ci/output/build.h"

struct ci_batch {
	const struct ci_batch_image {
		const char *name; /* letters, digits and ._- ; none twice */
		struct ci_build build;
		uint64_t ms;
	} * images;
	size_t count;
};

/* The name of an output as variables can have it: every byte but letters and digits becomes "_". free(). */
char *ci_batch_variable(const char *image, const char *figure);
/* ERR_INVAL if two outputs of these images would have the same name, in any case of letters. */
int ci_batch_check_names(const struct strlist *images, struct err *err) MUST_CHECK;

/* The worst of all images' statuses, from the best to the worst: passed, kept-original, gate-failed, not-proven,
 * failed, stopped. */
const char *ci_batch_status(const struct ci_batch *b);
/* A list of objects in one line: "name", and the figures of each image; sizes and reduction as numbers. A figure that
 * is not known is null. */
void ci_batch_list(const struct ci_batch *b, struct buf *out);
/* Appended to GITHUB_OUTPUT: web_digest, web_size, ..., then images (ci_batch_list) and status. */
void ci_batch_github_outputs(const struct ci_batch *b, struct buf *out);
/* Lines of Azure: the same as output variables, and the upload of the summary (NULL = none). */
void ci_batch_azure_commands(const struct ci_batch *b, const char *summary, struct buf *out);
/* SLIM_WEB_IMAGE, SLIM_WEB_DIGEST and SLIM_WEB_STATUS of each image, SLIM_STATUS first: below 5 KB. Images that do not
 * fit are left out. */
void ci_batch_dotenv(const struct ci_batch *b, struct buf *out);

/* Results of a Tekton task: IMAGES (a line NAME@DIGEST for each image, as Tekton Chains reads it), STATUS, then
 * web_IMAGE_URL, web_IMAGE_DIGEST and web_STATUS of each image. */
size_t ci_batch_tekton_count(size_t images);
char *ci_batch_tekton_name(const struct strlist *images, size_t which); /* free() */
/* ci_batch_tekton_count() values, at most CI_TEKTON_MAX bytes in all: the longest ones are left empty. Each is the
 * caller's. */
void ci_batch_tekton_values(const struct ci_batch *b, char **values);
