#include "unit.h"

#include <linux/audit.h>

#include "base/limits.h"
#include "base/mem.h"
#include "trace/trace_file.h"

/* ---- traces drawn by lot ---- */

static uint32_t draw(uint64_t *seed, uint32_t below)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33) % below;
}

/* From so few names that two traces have many in common. */
static void draw_trace(uint64_t *seed, struct trace_file *f)
{
	static const char *const names[] = {"/a", "/b", "/b/c", "/d\xff", "/e f", "/g"};
	static const char *const programs[] = {"/bin/sh", "/bin/ls", "/x"};
	static const char *const digests[] = {"sha256:11", "sha256:22"}, *const references[] = {"r:1", "r:2"};
	struct trace *t = &f->trace;
	trace_file_add_image(f, references[draw(seed, 2)], digests[draw(seed, 2)]);
	for (uint32_t n = draw(seed, 3); n; n--) {
		const uint32_t id = trace_program(t, programs[draw(seed, 3)]);
		trace_add_run(t, id, draw(seed, 2) ? UINT32_MAX : trace_program(t, programs[draw(seed, 3)]));
		trace_add_syscall(t, id, AUDIT_ARCH_X86_64, draw(seed, 5));
	}
	for (uint32_t n = draw(seed, 8); n; n--) {
		const char *path = names[draw(seed, 6)];
		const uint32_t by = draw(seed, 3) ? trace_program(t, programs[draw(seed, 3)]) : UINT32_MAX;
		trace_add(t, path, strlen(path), 1u << draw(seed, TRACE_KINDS), by, (uint8_t)(1u << draw(seed, 3)));
		struct trace_entry *e = &t->entries[strset_find(&t->paths, path)];
		e->found = (uint8_t)draw(seed, 3);
		e->content = draw(seed, 4);
	}
	for (uint32_t n = draw(seed, 3); n; n--)
		trace_add_port(t, (uint16_t)(80 + draw(seed, 3)), draw(seed, 2));
	for (uint32_t n = draw(seed, 3); n; n--)
		trace_add_unexplained(t, names[draw(seed, 6)], 2);
	strset_add(&t->assumed, draw(seed, 2) ? "read" : "write");
	for (size_t i = 0; i < TRACE_RULES; i++)
		t->comparison.rules[i] = draw(seed, 3);
	t->comparison.files_both = draw(seed, 4);
	t->processes = draw(seed, 9);
	t->stops = draw(seed, 9);
	t->ptraces = draw(seed, 2);
	t->unreadable = draw(seed, 2);
	t->overflows = draw(seed, 2);
	t->witnesses = (uint8_t)draw(seed, 8);
}

/* The file that the traces united in that order give, "012". */
static char *united(const struct trace_file *all, const char *order)
{
	CLEANUP_TRACE_FILE struct trace_file f = {0};
	struct buf text = {0};
	for (; *order; order++)
		trace_file_merge(&f, &all[*order - '0']);
	assert_int_equal(trace_file_write(&f, &text, NULL), 0);
	return buf_steal(&text);
}

/* (first) and (second), united. */
static char *united_groups(const struct trace_file *all, const char *first, const char *second)
{
	struct trace_file pair[2] = {0};
	for (; *first; first++)
		trace_file_merge(&pair[0], &all[*first - '0']);
	for (; *second; second++)
		trace_file_merge(&pair[1], &all[*second - '0']);
	char *text = united(pair, "01");
	trace_file_done(&pair[0]);
	trace_file_done(&pair[1]);
	return text;
}

static void assert_united(const struct trace_file *all, const char *order, const char *want)
{
	CLEANUP_FREE char *got = united(all, order);
	assert_string_equal(got, want);
}

static void assert_groups(const struct trace_file *all, const char *first, const char *second, const char *want)
{
	CLEANUP_FREE char *got = united_groups(all, first, second);
	assert_string_equal(got, want);
}

static void order_and_number_do_not_matter(void **state)
{
	uint64_t seed = 14;
	for (int round = 0; round < 2000; round++) {
		struct trace_file all[3] = {0};
		for (size_t i = 0; i < 3; i++)
			draw_trace(&seed, &all[i]);
		CLEANUP_FREE char *alone = united(all, "0"), *want = united(all, "012");
		CLEANUP_BUF struct buf same = {0};
		assert_int_equal(trace_file_write(&all[0], &same, NULL), 0);
		assert_string_equal(alone, same.data);
		assert_united(all, "00", alone); /* idempotent */
		assert_united(all, "01202101", want);
		assert_united(all, "102", want); /* commutative */
		assert_united(all, "210", want);
		assert_groups(all, "01", "2", want); /* associative */
		assert_groups(all, "0", "12", want);
		assert_groups(all, "2", "10", want);
		for (size_t i = 0; i < 3; i++)
			trace_file_done(&all[i]);
	}
}

/* What is read back is what was united. */
static void files_keep_it(void **state)
{
	uint64_t seed = 7;
	for (int round = 0; round < 200; round++) {
		CLEANUP_TRACE_FILE struct trace_file f = {0}, again = {0};
		CLEANUP_BUF struct buf text = {0}, second = {0};
		struct err e = {0};
		draw_trace(&seed, &f);
		assert_int_equal(trace_file_write(&f, &text, NULL), 0);
		if (trace_file_parse(text.data, text.len, &again, &e) < 0)
			fail_msg("%s", e.msg);
		assert_int_equal(trace_file_write(&again, &second, NULL), 0);
		assert_string_equal(text.data, second.data);
	}
}

/* ---- single rules ---- */

static void content_one(uint64_t a, uint64_t b, uint64_t want)
{
	assert_int_equal(trace_content_unite(a, b), want);
	assert_int_equal(trace_content_unite(b, a), want);
}

static void contents(void **state)
{
	content_one(0, 0, 0);
	content_one(5, 0, 5);
	content_one(5, 5, 5);
	content_one(5, 6, TRACE_CONTENT_VARIOUS);
	content_one(TRACE_CONTENT_VARIOUS, 0, TRACE_CONTENT_VARIOUS);
	content_one(TRACE_CONTENT_VARIOUS, 5, TRACE_CONTENT_VARIOUS);
}

/* Of too many unexplained paths the same are left, in whatever order they come. */
static void many_unexplained(void **state)
{
	struct trace_file all[2] = {0};
	for (size_t i = 0; i < 2 * LIMIT_TRACE_UNEXPLAINED; i++) {
		CLEANUP_FREE char *path = mem_printf("/%04zu", i);
		trace_add_unexplained(&all[i % 2].trace, path, strlen(path));
	}
	CLEANUP_FREE char *want = united(all, "01");
	assert_united(all, "10", want);
	assert_non_null(strstr(want, "\"/0999\""));
	assert_null(strstr(want, "\"/1000\""));
	trace_file_done(&all[0]);
	trace_file_done(&all[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(order_and_number_do_not_matter),
	    cmocka_unit_test(files_keep_it),
	    cmocka_unit_test(contents),
	    cmocka_unit_test(many_unexplained),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
