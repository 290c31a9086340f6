#include "unit.h"

#include <libdeflate.h>
#include <openssl/evp.h>
#include <stdlib.h>

#include "base/mem.h"
#include "view/page/assets.h"
#include "view/page/page.h"

#define FILES 5000 /* so many that their list is written in several pieces */

static void fill(struct view_tree *t)
{
	for (unsigned i = 0; i < FILES; i++) {
		char path[64];
		snprintf(path, sizeof(path), "/dir/</script>%u", (i * 2654435761u) % 1000000007u);
		*strchr(path + 5, '/') = '!';
		view_tree_add(t, path, strlen(path))->bytes_before = i * 2654435761u;
	}
	view_tree_finish(t);
}

/* What the browser reads. */
static char *unpack(const char *page, size_t room)
{
	const size_t begin = strlen(view_page_begin), n = strlen(page) - begin - strlen(view_page_end);
	CLEANUP_FREE unsigned char *packed = mem_alloc(n);
	assert_int_equal(n % 4, 0);
	assert_true(EVP_DecodeBlock(packed, (const unsigned char *)page + begin, (int)n) > 0);
	char *data = mem_alloc(room + 1);
	size_t got = 0;
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
	assert_int_equal(libdeflate_gzip_decompress_ex(d, packed, n / 4 * 3, data, room, NULL, &got),
			 LIBDEFLATE_SUCCESS);
	libdeflate_free_decompressor(d);
	data[got] = '\0';
	return data;
}

static void holds_the_data(void **state)
{
	CLEANUP_VIEW_TREE struct view_tree t = {0};
	CLEANUP_BUF struct buf page = {0}, data = {0};
	json_auto_t *facts = json_pack("{s:s}", "evil", "</script><script>alert(1)</script>");
	const struct view_page p = {"build", "1.2", facts, &t, NULL};
	fill(&t);
	view_page_data(&p, &data);
	assert_int_equal(view_page_write(&p, buf_sink_append, &page, NULL), 0);
	assert_memory_equal(page.data, view_page_begin, strlen(view_page_begin));
	assert_string_equal(page.data + page.len - strlen(view_page_end), view_page_end);
	assert_null(strstr(page.data, "alert(1)"));
	assert_true(page.len - strlen(view_page_begin) > 64 << 10);
	CLEANUP_FREE char *found = unpack(page.data, data.len);
	assert_string_equal(found, data.data);
}

static int refuse(void *ctx, const char *data, size_t n, struct err *err)
{
	size_t *left = ctx;
	if (!*left)
		return err_set(err, ERR_SYS, "file-write", "full");
	--*left;
	return 0;
}

static void tells_that_it_cannot_be_written(void **state)
{
	CLEANUP_VIEW_TREE struct view_tree t = {0};
	json_auto_t *facts = json_object();
	fill(&t);
	for (size_t after = 0; after < 3; after++) {
		size_t left = after;
		struct err err = {0};
		const struct view_page p = {"build", "1.2", facts, &t, NULL};
		assert_int_equal(view_page_write(&p, refuse, &left, &err), -ERR_SYS);
		assert_string_equal(err.msg, "full");
	}
}

/* The digest of what is between two marks of the page, as its policy has it. */
static void policy_one(const char *page, const char *name, const char *from, const char *to)
{
	const char *begin = strstr(page, from), *end;
	assert_non_null(begin);
	begin += strlen(from);
	end = strstr(begin, to);
	assert_non_null(end);
	unsigned char digest[32], text[64];
	assert_int_equal(EVP_Digest(begin, (size_t)(end - begin), digest, NULL, EVP_sha256(), NULL), 1);
	EVP_EncodeBlock(text, digest, sizeof(digest));
	CLEANUP_FREE char *source = mem_printf("%s 'sha256-%s'", name, (const char *)text);
	assert_non_null(strstr(page, source));
}

static void policy_allows_its_own_script_alone(void **state)
{
	CLEANUP_FREE char *page = mem_printf("%s%s", view_page_begin, view_page_end);
	assert_non_null(strstr(page, "content=\"default-src 'none'; "));
	policy_one(page, "style-src", "<style>", "</style>");
	policy_one(page, "script-src", "<script>", "</script>");
	assert_null(strstr(page, "innerHTML"));
	assert_null(strstr(page, "insertAdjacentHTML"));
	assert_null(strstr(page, "document.write"));
	assert_null(strstr(page, "http-equiv=\"refresh"));
	assert_null(strstr(page, " src="));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(holds_the_data),
	    cmocka_unit_test(tells_that_it_cannot_be_written),
	    cmocka_unit_test(policy_allows_its_own_script_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
