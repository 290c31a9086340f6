#include "unit.h"

#include "base/limits.h"
#include "text/packed_text.h"

static void there_and_back_one(size_t lines)
{
	struct packed_text t = {0};
	CLEANUP_BUF struct buf want = {0}, have = {0};
	buf_str(&want, "");
	buf_str(&have, "");
	for (size_t i = 0; i < lines; i++) {
		size_t from = want.len;
		buf_printf(&want, "{\"path\": \"/data/%zu\", \"reason\": \"used\"},\n", i);
		packed_text_add(&t, want.data + from, want.len - from);
	}
	packed_text_end(&t);
	assert_true(t.packed.len < 1000 + want.len / 8);
	for (int i = 0; i < 2; i++) {
		have.len = 0;
		assert_int_equal(packed_text_read(&t, buf_sink_append, &have, NULL), 0);
		assert_int_equal(have.len, want.len);
		assert_memory_equal(have.data, want.data, want.len);
	}
	packed_text_done(&t);
}

static void there_and_back(void **state)
{
	there_and_back_one(0);
	there_and_back_one(1);
	there_and_back_one(100);
	there_and_back_one(100000);
}

static int refuse(void *ctx, const char *data, size_t n, struct err *err)
{
	++*(int *)ctx;
	return err_set(err, ERR_SYS, "file-write", "write");
}

static void ended_by_the_reader(void **state)
{
	struct packed_text t = {0};
	int calls = 0;
	for (int i = 0; i < 1 << 20; i++)
		packed_text_add(&t, "x", 1);
	packed_text_end(&t);
	assert_int_equal(packed_text_read(&t, refuse, &calls, NULL), -ERR_SYS);
	assert_int_equal(calls, 1);
	packed_text_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(there_and_back),
	    cmocka_unit_test(ended_by_the_reader),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
