#include "unit.h"

#include "dockerfile/context.h"
#include "image.h"

static void collect(void *ctx, const char *path, size_t n)
{
	struct buf *b = ctx;
	buf_printf(b, "%s%.*s", b->len ? " " : "", (int)n, path);
}

static void mark(struct test_image *m, const char *paths, enum dockerfile_need need, uint8_t *needs)
{
	CLEANUP_FREE char *copy = mem_strdup(paths);
	char *save;
	for (char *p = strtok_r(copy, " ", &save); p; p = strtok_r(NULL, " ", &save))
		needs[image_node(m, p)] = need;
}

/* used, unused: paths, separated by blanks; all others are dropped. Wants the paths with the need. */
static void each_one(struct test_image *m, const char *used, const char *unused, const struct dockerfile_step *items,
		     size_t n, enum dockerfile_need need, const char *want)
{
	CLEANUP_DOCKERFILE_CONTEXT struct dockerfile_context c;
	CLEANUP_FREE uint8_t *needs = mem_calloc(image_index_count(m->index), sizeof(*needs));
	CLEANUP_BUF struct buf got = {0};
	memset(needs, DOCKERFILE_DROPPED, image_index_count(m->index));
	mark(m, used, DOCKERFILE_USED, needs);
	mark(m, unused, DOCKERFILE_UNUSED, needs);
	const struct dockerfile_steps steps = {(struct dockerfile_step *)items, n, n};
	buf_str(&got, "");
	if (items[0].sources.count)
		dockerfile_context_read(&steps, m->index, needs, &c);
	else
		dockerfile_context_of_step(&items[0], m->index, needs, &c);
	dockerfile_context_each(&c, need, collect, &got);
	assert_string_equal(got.data, want);
}

/* sources: of each step; none = not known. */
static void one(struct test_image *m, const char *used, const struct dockerfile_step *items, size_t n, const char *want)
{
	each_one(m, used, "", items, n, DOCKERFILE_DROPPED, want);
}

static struct dockerfile_step step(size_t layer, const char *dest, const char *const *sources, size_t n)
{
	return (struct dockerfile_step){.layer = layer, .dest = (char *)dest, .sources = {(char **)sources, n, n}};
}
#define STEP(layer, dest, ...)                                                                                         \
	step(layer, dest, (const char *const[]){__VA_ARGS__},                                                          \
	     sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))
#define ONE(used, want, ...)                                                                                           \
	one(&m, used, (struct dockerfile_step[]){__VA_ARGS__},                                                         \
	    sizeof((struct dockerfile_step[]){__VA_ARGS__}) / sizeof(struct dockerfile_step), want)

static void whole_directories(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(&m, "app/base", "of the layer below");
	image_layer(&m);
	image_file(&m, "app/main.py", "1");
	image_file(&m, "app/docs/a", "1");
	image_file(&m, "app/docs/deep/b", "1");
	image_file(&m, "app/src/used", "1");
	image_file(&m, "app/src/unused", "1");
	image_file(&m, "app/src-old", "1");
	image_index(&m);
	ONE("/app/main.py /app/src/used", "docs src-old src/unused", STEP(1, "/app", "."));
	ONE("/app/main.py /app/src/used", "x/docs x/src-old x/src/unused", STEP(1, "/app/", "x/"));
	ONE("", "x", STEP(1, "/app/", "x"));
	ONE("", "docs main.py src-old src", STEP(1, "/app", "."));
	ONE("/app/main.py /app/src/used", "/app/docs /app/src-old /app/src/unused", step(1, "/app", NULL, 0));
	ONE("", "app", step(1, "/", NULL, 0));
	ONE("", "", STEP(1, "/nowhere", "."));
	ONE("", "", STEP(0, "/nowhere", "."));
}

static void what_a_later_step_made_of_it(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(&m, "app/lib/a", "1");
	image_file(&m, "app/lib/b", "1");
	image_layer(&m);
	image_file(&m, "app/lib/a", "changed");
	image_index(&m);
	ONE("/app/lib/a", "lib/b", STEP(0, "/app", "."));
	ONE("", "lib", STEP(0, "/app", "."));
}

static void files_by_name(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(&m, "app/a.txt", "1");
	image_file(&m, "app/b.txt", "1");
	image_file(&m, "app/c.md", "1");
	image_file(&m, "app/sub/d", "1");
	image_file(&m, "etc/renamed", "1");
	image_index(&m);
	ONE("/app/a.txt", "conf/b.txt", STEP(0, "/app/", "a.txt", "conf/b.txt"));
	ONE("/app/a.txt", "t/b.txt", STEP(0, "/app/", "t/*.txt"));
	ONE("/app/a.txt", "conf/b.txt src", STEP(0, "/app/", "a.txt", "conf/b.txt", "src"));
	ONE("", "a.txt", STEP(0, "/app/", "a.txt", "src", "lib")); /* which of two directories had the rest? */
	ONE("", "x/name", STEP(0, "/etc/renamed", "x/name"));
	ONE("", "", STEP(0, "/etc/renamed", "x/*"));
}

static void one_source_of_two_steps(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(&m, "etc/app/x", "1");
	image_layer(&m);
	image_file(&m, "app/conf/x", "1");
	image_file(&m, "app/conf/y", "1");
	image_index(&m);
	ONE("/etc/app/x", "conf/y", STEP(0, "/etc/app/", "conf"), STEP(1, "/app", "."));
	ONE("", "conf", STEP(0, "/etc/app/", "conf"), STEP(1, "/app", "."));
}

static void unused_but_kept(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	const struct dockerfile_step all[] = {STEP(0, "/app", ".")};
	image_init(&m);
	image_file(&m, "app/main", "1");
	image_file(&m, "app/docs/dropped", "1");
	image_file(&m, "app/docs/unused", "1");
	image_file(&m, "app/gone/dropped", "1");
	image_file(&m, "app/idle/unused", "1");
	image_file(&m, "app/mixed/dropped", "1");
	image_file(&m, "app/mixed/unused", "1");
	image_file(&m, "app/mixed/used", "1");
	image_index(&m);
	const char *used = "/app/main /app/mixed/used", *unused = "/app/docs/unused /app/idle/unused /app/mixed/unused";
	each_one(&m, used, unused, all, 1, DOCKERFILE_DROPPED, "docs/dropped gone mixed/dropped");
	each_one(&m, used, unused, all, 1, DOCKERFILE_UNUSED, "docs idle mixed/unused");
	/* copied twice: the greater need counts */
	const struct dockerfile_step twice[] = {STEP(0, "/app/idle/", "x"), STEP(0, "/app/mixed/", "x")};
	each_one(&m, used, unused, twice, 2, DOCKERFILE_UNUSED, "x/unused");
	each_one(&m, used, unused, twice, 2, DOCKERFILE_DROPPED, "x/dropped");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(whole_directories), cmocka_unit_test(what_a_later_step_made_of_it),
	    cmocka_unit_test(files_by_name),     cmocka_unit_test(one_source_of_two_steps),
	    cmocka_unit_test(unused_but_kept),
	};
	return cmocka_run_group_tests_name("dockerfile/context", tests, NULL, NULL);
}
