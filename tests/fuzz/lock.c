#include "ci/lock/compare.h"
#include "ci/lock/token.h"
#include "fuzz.h"

#define FACTS "0644 0:0 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* The content of the result that the lock file is compared with. */
static void fill(struct ci_lock_listing *l)
{
	ci_lock_listing_add(l, "file", "/app/main.py", FACTS);
	ci_lock_listing_add(l, "file", "/app/a b/x", FACTS);
	ci_lock_listing_add(l, "link", "/bin", "usr/bin");
	ci_lock_listing_add(l, "directory", "/tmp", "1777 0:0")->directory = true;
	ci_lock_listing_add(l, "file", "/lib/s.so", FACTS)->package =
	    ci_lock_listing_package(l, "dpkg", "libs", "1", "amd64");
}

/* Checks that a text of any bytes can be read from its word again. */
static void take_as_text(const char *text, size_t n)
{
	CLEANUP_BUF struct buf word = {0}, again = {0}, shown = {0};
	ci_lock_token_add(&word, text, n);
	for (size_t i = 0; i < word.len; i++)
		assert(word.data[i] > ' ' && word.data[i] < 0x7f);
	if (memchr(text, '\0', n))
		return; /* texts of a lock file hold no NUL */
	const bool ok = ci_lock_token_text(word.data, word.len, &again);
	assert(ok && again.len == n && (!n || memcmp(again.data, text, n) == 0));
	ci_lock_token_show(&shown, word.data, word.len);
}

/* Checks that a lock file which parses can be compared with a result, in printable lines. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP_CI_LOCK struct ci_lock lock = {0};
	CLEANUP_CI_LOCK_LISTING struct ci_lock_listing now = {0};
	CLEANUP_STRLIST struct strlist lines = {0};
	struct err err = {0};
	take_as_text(n ? (const char *)data : "", n);
	if (ci_lock_parse((const char *)data, n, &lock, &err) < 0) {
		assert(err.code && err.msg[0] && !lock.items);
		return 0;
	}
	fill(&now);
	ci_lock_compare(&lock, &now, &lines);
	for (size_t i = 0; i < lines.count; i++)
		for (const char *c = lines.items[i]; *c; c++)
			assert((unsigned char)*c >= 0x20 && *c != 0x7f);
	return 0;
}
