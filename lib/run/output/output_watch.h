/* run/output/output_watch.h - waits for lines in what a container prints, as it comes.
 * Lifetime: _new, any number of _feed from one thread, _free. _fd and _is_complete are for another thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/strlist.h"

/* Bytes of a line that are looked at. */
#define RUN_OUTPUT_WATCH_LINE 8192

struct run_output_watch;
/* patterns: extended regular expressions, each to be found in a line; one line may have several. NULL or none: *out is
 * NULL. ERR_INVAL if one does not compile. */
int run_output_watch_new(const struct strlist *patterns, struct run_output_watch **out, struct err *err) MUST_CHECK;
/* A line without its end counts as it stands, and again when more of it has come. */
void run_output_watch_feed(struct run_output_watch *w, const char *data, size_t n);
/* Readable when all patterns were found; it stays so. -1 for NULL. */
int run_output_watch_fd(const struct run_output_watch *w);
/* Whether all patterns were found; true for NULL. */
bool run_output_watch_is_complete(const struct run_output_watch *w);
void run_output_watch_free(struct run_output_watch *w);
/* Whether the regular expression compiles. ERR_INVAL. */
int run_output_watch_check(const char *pattern, struct err *err) MUST_CHECK;
