#include "unit.h"

#include "image.h"
#include "verify/heal.h"

struct fixture {
	struct test_image original, slim;
	struct trace recorded, seen; /* of the original's run, of the slim one's */
	struct evidence evidence;    /* recorded, in the original */
	struct verify_heal_case heal;
	struct keep_set k;
	struct oci_image_config config;
	struct verify_verdict v;
};

/* What both images have; the slim one lacks the rest. */
static void common(struct test_image *m)
{
	image_init(m);
	image_file(m, "app/main.py", "x");
	image_file(m, "app/plugins/base.py", "x");
	image_dir(m, "empty");
}

static void fixture_init(struct fixture *f)
{
	*f = (struct fixture){0};
	common(&f->slim);
	common(&f->original);
	image_file(&f->original, "app/lib/one.py", "x");
	image_file(&f->original, "app/lib/two.py", "x");
	image_file(&f->original, "app/lib/notes.txt", "x");
	image_file(&f->original, "app/plugins/blue.py", "x");
	image_file(&f->original, "app/plugins/red.py", "x");
	image_file(&f->original, "app/plugins/readme.txt", "x");
	image_link(&f->original, "app/current", "lib");
	image_index(&f->original);
	image_index(&f->slim);
	keep_set_init(&f->k, f->original.index, &f->config, KEEP_EXACT);
	(void)keep_path(&f->k, "/app/main.py", true, KEEP_WHY(KEEP_TRACE, 0));
	(void)keep_path(&f->k, "/app/plugins/base.py", true, KEEP_WHY(KEEP_TRACE, 0));
}

static void fixture_done(struct fixture *f)
{
	verify_verdict_done(&f->v);
	keep_set_done(&f->k);
	verify_heal_case_done(&f->heal);
	evidence_done(&f->evidence);
	trace_done(&f->recorded);
	trace_done(&f->seen);
	image_done(&f->original);
	image_done(&f->slim);
}

static void see(struct trace *t, const char *path, uint32_t kinds)
{
	trace_add(t, path, strlen(path), kinds, trace_program(t, "/bin/prog"), TRACE_BY_PTRACE);
}

/* What was seen is to be judged. */
static void resolve(struct fixture *f)
{
	verify_heal_case_done(&f->heal);
	evidence_done(&f->evidence);
	assert_int_equal(evidence_init(&f->evidence, f->original.index, &f->recorded, NULL), 0);
	evidence_presence_fill(&f->evidence, &f->recorded);
	assert_int_equal(verify_heal_case_init(&f->heal, &f->evidence, f->slim.index, &f->seen, NULL), 0);
}

static void lookups_are(struct fixture *f, const char *want)
{
	CLEANUP_HEAL_LOOKUPS struct verify_heal_lookups l = {0};
	CLEANUP_BUF struct buf b = {0};
	resolve(f);
	verify_heal_lookups_find(&f->heal, &l);
	for (size_t i = 0; i < l.count; i++) {
		assert_string_equal(l.items[i].program, "/bin/prog");
		buf_printf(&b, "%s\n", l.items[i].path);
	}
	assert_string_equal(b.len ? b.data : "", want);
}

static void healed_are(struct fixture *f, unsigned round, const char *want)
{
	CLEANUP_HEAL_LOOKUPS struct verify_heal_lookups l = {0};
	CLEANUP_BUF struct buf b = {0};
	resolve(f);
	verify_heal_lookups_find(&f->heal, &l);
	uint32_t n = verify_heal_keep_lookups(&f->k, &l, round, &f->v);
	assert_int_equal(n > 0, *want != '\0');
	for (size_t i = 0; i < f->v.n_healed; i++)
		buf_printf(&b, "%s\n", f->v.healed[i].path);
	assert_string_equal(b.len ? b.data : "", want);
}

static void what_counts_as_a_lookup(void **state)
{
	struct fixture f;
	fixture_init(&f);
	see(&f.seen, "/app/main.py", TRACE_OPEN);                  /* there */
	see(&f.seen, "/app/none.py", TRACE_STAT);                  /* nowhere */
	see(&f.seen, "/app/lib/one.py", TRACE_OPEN);               /* only in the original */
	see(&f.seen, "/app/current/two.py", TRACE_STAT);           /* through a symlink */
	see(&f.seen, "/app/current", TRACE_STAT | TRACE_NOFOLLOW); /* the symlink itself */
	see(&f.seen, "/proc/cpuinfo", TRACE_OPEN);                 /* the runtime's */
	lookups_are(&f, "/app/current\n/app/current/two.py\n/app/lib/one.py\n");
	fixture_done(&f);
}

static void what_the_original_found_in_a_listed_directory(void **state)
{
	struct fixture f;
	fixture_init(&f);
	see(&f.recorded, "/app/plugins/red.py", TRACE_OPEN);
	see(&f.recorded, "/app/lib/one.py", TRACE_OPEN); /* its directory was not listed */
	lookups_are(&f, "");
	see(&f.seen, "/app/plugins", TRACE_OPEN | TRACE_LIST);
	lookups_are(&f, "/app/plugins/red.py\n");
	fixture_done(&f);
}

static void healing_a_lookup(void **state)
{
	struct fixture f;
	fixture_init(&f);
	see(&f.seen, "/app/lib/one.py", TRACE_OPEN);
	healed_are(&f, 1, "/app/lib/one.py\n");
	uint32_t node = image_node(&f.original, "/app/lib/one.py");
	assert_int_equal(f.k.reasons[node].kind, KEEP_HEALED);
	assert_string_equal(strset_get(&f.k.notes, f.k.reasons[node].note), "/bin/prog looked for /app/lib/one.py");
	assert_true(keep_has(&f.k, image_node(&f.original, "/app/lib")));
	assert_false(keep_has(&f.k, image_node(&f.original, "/app/lib/two.py")));
	fixture_done(&f);
}

static void later_rounds_take_the_neighbours(void **state)
{
	struct fixture f;
	fixture_init(&f);
	see(&f.seen, "/app/lib/one.py", TRACE_OPEN);
	healed_are(&f, 2, "/app/lib/one.py\n/app/lib/two.py\n");
	fixture_done(&f);
}

static void a_directory_to_be_listed_comes_with_its_files(void **state)
{
	struct fixture f;
	fixture_init(&f);
	see(&f.seen, "/app/lib", TRACE_OPEN | TRACE_LIST);
	healed_are(&f, 1, "/app/lib\n/app/lib/notes.txt\n/app/lib/one.py\n/app/lib/two.py\n");
	fixture_done(&f);
}

static void what_the_user_left_out_stays_out(void **state)
{
	struct fixture f;
	fixture_init(&f);
	f.k.excluded = mem_calloc(image_index_count(f.original.index), sizeof(*f.k.excluded));
	uint32_t node = image_node(&f.original, "/app/lib/one.py");
	f.k.excluded[node] = true;
	see(&f.seen, "/app/lib/one.py", TRACE_OPEN);
	assert_true(verify_heal_is_left_out(&f.k, node));
	assert_false(verify_heal_is_left_out(NULL, node));
	healed_are(&f, 1, "");
	assert_false(keep_has(&f.k, node));
	fixture_done(&f);
}

static void listed_one(const char *text, const char *want)
{
	struct fixture f;
	CLEANUP_BUF struct buf said = {0}, b = {0};
	fixture_init(&f);
	buf_str(&said, text);
	see(&f.seen, "/app/plugins", TRACE_OPEN | TRACE_LIST);
	see(&f.seen, "/empty", TRACE_OPEN | TRACE_LIST);
	resolve(&f);
	(void)verify_heal_keep_listed(&f.k, &f.heal, &said, 1, &f.v);
	for (size_t i = 0; i < f.v.n_healed; i++)
		buf_printf(&b, "%s\n", f.v.healed[i].path);
	assert_string_equal(b.len ? b.data : "", want);
	fixture_done(&f);
}

static void a_listed_directory(void **state)
{
	listed_one("ModuleNotFoundError: No module named 'plugins.blue'", "/app/plugins/blue.py\n");
	listed_one("nothing is blueish", "/app/plugins/blue.py\n/app/plugins/red.py\n"); /* as base.py, which is kept */
	listed_one("", "/app/plugins/blue.py\n/app/plugins/red.py\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_counts_as_a_lookup),
	    cmocka_unit_test(what_the_original_found_in_a_listed_directory),
	    cmocka_unit_test(healing_a_lookup),
	    cmocka_unit_test(later_rounds_take_the_neighbours),
	    cmocka_unit_test(a_directory_to_be_listed_comes_with_its_files),
	    cmocka_unit_test(what_the_user_left_out_stays_out),
	    cmocka_unit_test(a_listed_directory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
