#include "unit.h"

#include <dirent.h>
#include <sched.h>

#include "image.h"
#include "keep/ahead.h"
#include "keep/closure/closures.h"

#define MANY 2000

static const struct token_lexer lexer = {.hash = true, .quotes = "'\""};

static const struct token_lexer *lexer_of(const struct keep_file *f)
{
	return keep_file_ends(f, ".py") ? &lexer : NULL;
}

/* Of all kinds: small and large texts, small and large binaries, empty ones. */
static size_t content(unsigned i, char *out)
{
	static const size_t sizes[] = {20, 700,  3000, KEEP_TEXT_SMALL - 1, KEEP_TEXT_SMALL, KEEP_TEXT_SMALL + 1,
				       0,  40000};
	const size_t n = i % 31 ? i % 5 * 40 : sizes[i / 31 % 8];
	for (size_t at = 0; at < n; at++)
		out[at] = "a 'b' = c(1)\n"[(at + i) % 13];
	if (n && i % 7 == 0)
		out[n / 2 < 200 ? n / 2 : 200] = '\0';
	return n;
}

static void make(struct test_image *m)
{
	static char data[40000];
	image_init(m);
	for (unsigned i = 0; i < MANY; i++) {
		CLEANUP_FREE char *path = mem_printf("d%u/e%u/f%u.%s", i % 3, i % 17, i, i % 4 ? "py" : "txt");
		image_bytes(m, path, data, content(i, data), 0644);
		if (i % 50 == 0) {
			CLEANUP_FREE char *link = mem_printf("d%u/l%u", i % 3, i);
			image_link(m, link, "e1");
		}
	}
	image_index(m);
}

static void use_cpus(int n, cpu_set_t *before)
{
	cpu_set_t some;
	int left = n;
	assert_int_equal(sched_getaffinity(0, sizeof(*before), before), 0);
	CPU_ZERO(&some);
	for (int cpu = 0; left && cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, before)) {
			CPU_SET(cpu, &some);
			left--;
		}
	assert_int_equal(sched_setaffinity(0, sizeof(some), &some), 0);
}

static size_t open_descriptors(void)
{
	size_t n = 0;
	DIR *d = opendir("/proc/self/fd");
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

static void same_tokens(const struct token_list *a, const struct token_list *b)
{
	assert_int_equal(a->count, b->count);
	for (size_t i = 0; i < a->count; i++) {
		assert_int_equal(a->items[i].kind, b->items[i].kind);
		assert_int_equal(a->items[i].n, b->items[i].n);
		assert_memory_equal(a->items[i].s, b->items[i].s, a->items[i].n);
	}
}

/* What a file that is opened alone shows. */
static void compare(const struct keep_file *f, uint32_t node)
{
	CLEANUP_KEEP_FILE struct keep_file alone;
	CLEANUP_BUF struct buf want = {0}, got = {0}, text = {0};
	assert_int_equal(f->node, node);
	assert_int_equal(keep_file_open(&alone, f->k, node, NULL), 0);
	assert_int_equal(f->n, alone.n);
	assert_memory_equal(f->head, alone.head, f->n);
	keep_file_bytes(&alone, 30000, &want);
	keep_file_bytes(f, 30000, &got);
	assert_int_equal(got.len, want.len);
	assert_memory_equal(got.data, want.data, got.len);
	struct token_list taken = {0}, tokens = {0};
	assert_false(keep_file_take(f, NULL, &text, &taken));
	if (keep_file_take(f, &lexer, &text, &taken)) {
		assert_int_equal(text.len, want.len);
		token_list_read(&tokens, want.data, want.len, &lexer);
		same_tokens(&taken, &tokens);
		assert_false(keep_file_take(f, &lexer, &text, &taken));
	}
	token_list_done(&taken);
	token_list_done(&tokens);
	got.len = 0;
	keep_file_bytes(f, 10, &got); /* it can be read again */
	assert_memory_equal(got.data, want.data, got.len);
}

static void all_files_one(int cpus)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	CLEANUP_KEEP_SET struct keep_set k;
	cpu_set_t before;
	size_t files = 0;
	make(&m);
	use_cpus(cpus, &before);
	keep_set_init(&k, m.index, NULL, KEEP_SAFE);
	const uint32_t all = image_index_count(m.index);
	for (uint32_t id = all / 2; id < all; id++)
		keep_node(&k, id, KEEP_WHY(KEEP_APPLICATION, IMAGE_NONE));
	const size_t descriptors = open_descriptors();
	struct keep_ahead *a = keep_ahead_new(&k, lexer_of);
	uint32_t more = all / 2; /* the queue grows meanwhile */
	for (uint32_t i = 0; i < k.n_kept; i++) {
		const struct image_node *n = image_index_node(m.index, k.queue[i]);
		if (i % 3 == 0 && more)
			keep_node(&k, --more, KEEP_WHY(KEEP_APPLICATION, IMAGE_NONE));
		if (!S_ISREG(n->mode) || !n->size)
			continue;
		struct keep_file *f;
		struct err e = {0};
		if (keep_ahead_next(a, i, &f, &e) < 0)
			fail_msg("%s", e.msg);
		compare(f, k.queue[i]);
		if (files++ % 16 == 0)
			assert_true(open_descriptors() <= descriptors + KEEP_AHEAD_BATCHES * KEEP_AHEAD_FILES + 4);
	}
	keep_ahead_free(a);
	assert_int_equal(open_descriptors(), descriptors);
	assert_int_equal(sched_setaffinity(0, sizeof(before), &before), 0);
	assert_true(files > MANY / 2);
}

static void all_files(void **state)
{
	all_files_one(1);
	all_files_one(2);
}

static void it_may_end_early(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	make(&m);
	for (uint32_t stop = 0; stop < 400; stop += 57) {
		CLEANUP_KEEP_SET struct keep_set k;
		keep_set_init(&k, m.index, NULL, KEEP_SAFE);
		for (uint32_t id = 0; id < image_index_count(m.index); id++)
			keep_node(&k, id, KEEP_WHY(KEEP_APPLICATION, IMAGE_NONE));
		struct keep_ahead *a = keep_ahead_new(&k, lexer_of);
		for (uint32_t i = 0, n = 0; n < stop; i++) {
			const struct image_node *node = image_index_node(m.index, k.queue[i]);
			struct keep_file *f;
			if (!S_ISREG(node->mode) || !node->size)
				continue;
			assert_int_equal(keep_ahead_next(a, i, &f, NULL), 0);
			n++;
		}
		keep_ahead_free(a);
	}
}

/* The one whose file is gone fails, and no other. */
static void a_lost_file(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	CLEANUP_KEEP_SET struct keep_set k;
	unsigned failed = 0;
	make(&m);
	assert_int_equal(unlinkat(image_top(&m), "d0/e4/f1517.py", 0), -1);
	assert_int_equal(unlinkat(image_top(&m), "d2/e4/f1517.py", 0), 0);
	keep_set_init(&k, m.index, NULL, KEEP_SAFE);
	for (uint32_t id = 0; id < image_index_count(m.index); id++)
		keep_node(&k, id, KEEP_WHY(KEEP_APPLICATION, IMAGE_NONE));
	struct keep_ahead *a = keep_ahead_new(&k, lexer_of);
	for (uint32_t i = 0; i < k.n_kept; i++) {
		const struct image_node *n = image_index_node(m.index, k.queue[i]);
		struct keep_file *f;
		struct err e = {0};
		if (!S_ISREG(n->mode) || !n->size || keep_ahead_next(a, i, &f, &e) == 0)
			continue;
		assert_int_equal(e.code, ERR_NOTFOUND);
		assert_non_null(strstr(e.msg, "/d2/e4/f1517.py"));
		failed++;
	}
	keep_ahead_free(a);
	assert_int_equal(failed, 1);
}

/* Sources that import each other, each a new one. */
static void make_sources(struct test_image *m)
{
	image_init(m);
	for (unsigned i = 0; i < 1200; i++) {
		CLEANUP_FREE char *path = mem_printf("srv/p%u/m%u.py", i / 40, i);
		CLEANUP_FREE char *text =
		    mem_printf("from . import m%u\nopen('/srv/data/%u.txt')\n", i % 40 < 39 ? i + 1 : i - 39, i);
		CLEANUP_FREE char *data = mem_printf("srv/data/%u.txt", i);
		image_file(m, path, text);
		image_file(m, data, "x");
	}
	image_index(m);
}

static void close_sources(const struct test_image *m, int cpus, struct keep_set *k)
{
	cpu_set_t before;
	struct err e = {0};
	use_cpus(cpus, &before);
	keep_set_init(k, m->index, NULL, KEEP_SAFE);
	for (unsigned i = 0; i < 1200; i += i < 600 ? 1 : 40) {
		CLEANUP_FREE char *path = mem_printf("/srv/p%u/m%u.py", i / 40, i);
		keep_node(k, image_node(m, path), KEEP_WHY(KEEP_TRACE, i));
	}
	if (keep_closures(k, &e) < 0)
		fail_msg("%s", e.msg);
	assert_int_equal(sched_setaffinity(0, sizeof(before), &before), 0);
}

static void the_same_with_and_without_the_thread(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	CLEANUP_KEEP_SET struct keep_set alone, both;
	make_sources(&m);
	close_sources(&m, 1, &alone);
	close_sources(&m, 2, &both);
	assert_int_equal(alone.n_kept, both.n_kept);
	assert_true(alone.n_kept > 2400); /* the whole image */
	assert_memory_equal(alone.queue, both.queue, alone.n_kept * sizeof(*alone.queue));
	for (uint32_t id = 0; id < image_index_count(m.index); id++) {
		assert_int_equal(alone.reasons[id].kind, both.reasons[id].kind);
		assert_int_equal(alone.reasons[id].by, both.reasons[id].by);
		assert_int_equal(alone.reasons[id].note, both.reasons[id].note);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(all_files),
	    cmocka_unit_test(it_may_end_early),
	    cmocka_unit_test(a_lost_file),
	    cmocka_unit_test(the_same_with_and_without_the_thread),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
