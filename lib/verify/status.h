/* verify/status.h - whether two images gave a step or a run the same status, from samples of each.
 * A status that differs among the samples of the original varies by itself and is compared by its class. If the classes
 * vary too, no status of the slim image proves anything. An answer that did not come is not a status: whatever varies,
 * the slim image must answer what the original answers. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum verify_status_kind {
	VERIFY_STATUS_HTTP,   /* classes: 1xx to 5xx */
	VERIFY_STATUS_EXIT,   /* exit code or 128 + signal; classes: 0, failure, cannot be run (126, 127), signal */
	VERIFY_STATUS_NONE,   /* there was no answer: refused, reset, timed out, not run */
	VERIFY_STATUS_KILLED, /* slim killed it, so it has no status of its own */
};

struct verify_status {
	enum verify_status_kind kind;
	int code;
};

enum verify_status_verdict {
	VERIFY_STATUS_EQUAL,
	VERIFY_STATUS_VOLATILE,     /* equal but for what varies by itself */
	VERIFY_STATUS_INCOMPARABLE, /* the original gives more than one class, or does not always answer */
	VERIFY_STATUS_DIFFERS,
};

/* One sample of so many may be of another class by chance. There are at most 6 samples, and the first one counts. So an
 * image that fails in half of its runs passes in 1 of 8 comparisons. One that fails in 1 of 20 runs is refused in 1 of
 * 7. */
#define VERIFY_STATUS_CHANCE 4

/* At least one sample of each. It differs if
 * - neither side varies, and they are not equal;
 * - all samples of the original are of one class, and more than one in VERIFY_STATUS_CHANCE of the slim image is of
 *   another: one lucky run must not hide an image that fails in every other run;
 * - the original always answered, and half of the slim image's samples or more have no answer;
 * - the original answered at all, and the slim image never did. */
enum verify_status_verdict verify_status_compare(const struct verify_status *original, size_t n_original,
						 const struct verify_status *slim, size_t n_slim);

/* Of one class. */
bool verify_status_is_alike(const struct verify_status *a, const struct verify_status *b);
bool verify_status_is_same(const struct verify_status *a, const struct verify_status *b);
/* "404", "no answer", "killed by slim". */
void verify_status_text(const struct verify_status *s, struct buf *out);
/* The classes of the samples, each once, in their order: "2xx, 5xx"; "success, failure". */
void verify_status_classes(const struct verify_status *s, size_t n, struct buf *out);
