/* verify/answer_diff.h - tells whether two images gave the same answer, from samples of each.
 * Bodies are compared word by word. A word is a run of letters and digits, or any other single byte. A word that
 * differs among the samples of one image, such as a time or a token, is left out. Of a body longer than LIMIT_ANSWER
 * only the digest is known, so it is compared as a whole. */
#pragma once

#include "exercise/exercise.h"

enum verify_answer_verdict {
	VERIFY_ANSWER_EQUAL,
	VERIFY_ANSWER_VOLATILE, /* equal but for what varies by itself */
	VERIFY_ANSWER_DIFFERS,
};

/* The place of the first difference: offsets into head of the first sample of each side. */
struct verify_answer_place {
	size_t original, slim;
};

/* At least one sample of each; at most VERIFY_ANSWER_SAMPLES are looked at. place: set when it differs; may be NULL. */
#define VERIFY_ANSWER_SAMPLES 9
enum verify_answer_verdict verify_answer_compare(const struct exercise_answer *const *original, size_t n_original,
						 const struct exercise_answer *const *slim, size_t n_slim,
						 struct verify_answer_place *place);

/* The lines of a body from the one that offset is in on, some of them, cut. */
void verify_answer_excerpt(const struct exercise_answer *a, size_t offset, struct buf *out);
