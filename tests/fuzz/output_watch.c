/* A container's output in pieces, while slim waits for lines in it. */
#include "fuzz.h"
#include "run/output/output_watch.h"

/* Checks that the pieces make no difference, except for a line that is looked at before its end has arrived. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP_STRLIST struct strlist patterns = {0};
	struct run_output_watch *whole = NULL, *parts = NULL;
	strlist_add(&patterns, "rea(dy|ch)");
	strlist_add(&patterns, "[0-9]+ of [0-9]+");
	assert(run_output_watch_new(&patterns, &whole, NULL) == 0 &&
	       run_output_watch_new(&patterns, &parts, NULL) == 0);
	run_output_watch_feed(whole, (const char *)data, n);
	for (size_t at = 0; at < n;) {
		size_t piece = 1 + data[at] % 7;
		piece = piece < n - at ? piece : n - at;
		run_output_watch_feed(parts, (const char *)data + at, piece);
		at += piece;
	}
	assert(run_output_watch_is_complete(whole) == run_output_watch_is_complete(parts));
	run_output_watch_free(whole);
	run_output_watch_free(parts);
	return 0;
}
