#include "fuzz.h"

#include <jansson.h>

#include "ci/output/guard.h"

/* Returns whether a line begins with "::", after characters that a CI system may skip. */
static bool has_colons(const struct buf *b)
{
	for (size_t i = 0; i < b->len; i++) {
		while (i < b->len && (b->data[i] == ' ' || b->data[i] == '\t' || (unsigned char)b->data[i] >= 0x80))
			i++;
		if (i + 1 < b->len && b->data[i] == ':' && b->data[i + 1] == ':')
			return true;
		while (i < b->len && b->data[i] != '\n')
			i++;
	}
	return false;
}

/* Checks that no command is left in text, and that JSON keeps its value. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP_BUF struct buf text = {0}, again = {0}, guarded = {0};
	json_auto_t *v = json_loadb((const char *)data, n, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	ci_guard((const char *)data, n, false, &text);
	ci_guard(text.data ? text.data : "", text.len, false, &again);
	assert(!has_colons(&text) && text.len == again.len &&
	       (!text.len || memcmp(text.data, again.data, text.len) == 0));
	ci_guard((const char *)data, n, true, &guarded);
	if (v) {
		json_auto_t *same = json_loadb(guarded.data, guarded.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
		assert(same && json_equal(v, same));
	}
	return 0;
}
