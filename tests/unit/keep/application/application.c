#include "unit.h"

#include "keep/application/application.h"
#include "keep/kept.h"

#define LIST "var/lib/dpkg/info/base.list"

/* A distribution's layer with one package, and what is written above it. */
static void make(struct test_image *m)
{
	image_init(m);
	image_file(m, "var/lib/dpkg/status", "Package: base\nStatus: install ok installed\nVersion: 1\n");
	image_file(m, LIST, "/etc/base.conf\n/usr/lib/base.so\n");
	image_file(m, "etc/base.conf", "x");
	image_file(m, "usr/lib/base.so", "x");
	image_file(m, "etc/made-by-base", "x");
	(void)image_layer(m);
}

/* What safe adds, when a run used these paths. */
static void adds(struct test_image *m, const char *const *used, const char *want, struct keep_application *out)
{
	image_index(m);
	CLEANUP_KEEP_SET struct keep_set k;
	CLEANUP_PACKAGES struct packages p;
	keep_set_init(&k, m->index, NULL, KEEP_SAFE);
	for (; used && *used; used++)
		(void)keep_path(&k, *used, true, KEEP_WHY(KEEP_TRACE, 0));
	assert_int_equal(packages_read(m->index, &p, NULL), 0);
	struct keep_application a;
	keep_application_add(&k, &p, &a);
	CLEANUP_BUF struct buf got = {0};
	buf_str(&got, "");
	for (uint32_t id = 0; id < image_index_count(m->index); id++) {
		if (k.reasons[id].kind != KEEP_APPLICATION)
			continue;
		buf_str(&got, got.len ? " " : "");
		image_index_path(m->index, id, &got);
	}
	if (strcmp(got.data, want) != 0)
		fail_msg("got  %s\nwant %s", got.data, want);
	if (out)
		*out = a;
	else
		keep_application_done(&a);
}

static void authors_files(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	make(&m);
	image_file(&m, "app/index.py", "x");
	image_dir(&m, "app/uploads");
	image_file(&m, "etc/app.conf", "x");
	image_file(&m, "etc/base.conf", "changed");
	(void)image_layer(&m); /* one that installs: only what lies where authors put theirs is not its leftovers */
	image_file(&m, "var/lib/dpkg/info/more.list", "/usr/lib/more.so\n");
	image_file(&m, "etc/made-by-more", "x");
	image_file(&m, "usr/local/bin/tool", "x");
	image_file(&m, "srv/x", "x");
	adds(&m, NULL, "/app/index.py /app/uploads /etc/app.conf /etc/base.conf /srv/x /usr/local/bin/tool", NULL);
}

static void one_layer_for_all(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(&m, "var/lib/dpkg/status", "Package: base\nStatus: install ok installed\nVersion: 1\n");
	image_file(&m, LIST, "/usr/lib/base.so\n");
	image_file(&m, "usr/lib/base.so", "x");
	image_file(&m, "etc/made-by-base", "x");
	image_file(&m, "app/a", "x");
	adds(&m, NULL, "/app/a", NULL);
}

static void without_a_distribution(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(&m, "server", "x");
	image_file(&m, "etc/ssl/ca.pem", "x");
	adds(&m, NULL, "/server /etc/ssl/ca.pem", NULL);
}

/* Whose it is cannot be told, but that it is a distribution's. */
static void unread_database(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(&m, "var/lib/rpm/Packages", "Berkeley DB");
	image_file(&m, "usr/lib/base.so", "x");
	(void)image_layer(&m);
	image_file(&m, "app/a", "x");
	adds(&m, NULL, "/app/a", NULL);
}

static void leftovers(void **state)
{
	static const char *const used[] = {"/app/src/x.ts", "/tool/target/release/run", NULL};
	static const struct {
		const char *path;
		bool stays;
	} files[] = {
	    {"app/.git/HEAD", false},
	    {"app/__pycache__/a.pyc", false},
	    {"app/node_modules/x/index.js", false},
	    {"app/tests/t.py", false},
	    {"app/worlds/test/x", true}, /* of no project */
	    {"app/worlds/other/x", true},
	    {"app/main.go", false},
	    {"app/static/main.go", true}, /* served */
	    {"app/a.js", true},
	    {"app/a.js.map", false},
	    {"app/level.map", true}, /* of nothing beside it */
	    {"app/a.dll", true},
	    {"app/a.pdb", false},
	    {"app/stored.pdb", true},
	    {"app/other.ts", true},  /* the run reads such files itself */
	    {"app/src/x.ts", false}, /* kept for the run's sake */
	    {"app/page.html", true},
	    {"root/.cache/pip/x", false},
	    {"root/.npm/x", false},
	    {"tmp/x", false},
	    {"usr/share/doc/x/copyright", false},
	    {"tool/Cargo.toml", true},
	    {"tool/target/release/run", false},
	    {"tool/target/release/other", true}, /* of a directory that is in use */
	    {"other/Cargo.toml", true},
	    {"other/target/release/run", false},
	};
	CLEANUP_TEST_IMAGE struct test_image m;
	make(&m);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		image_file(&m, files[i].path, "x");
	image_index(&m);
	CLEANUP_KEEP_SET struct keep_set k;
	CLEANUP_PACKAGES struct packages p;
	keep_set_init(&k, m.index, NULL, KEEP_SAFE);
	for (size_t i = 0; used[i]; i++)
		(void)keep_path(&k, used[i], true, KEEP_WHY(KEEP_TRACE, 0));
	assert_int_equal(packages_read(m.index, &p, NULL), 0);
	struct keep_application a;
	keep_application_add(&k, &p, &a);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		CLEANUP_FREE char *path = mem_printf("/%s", files[i].path);
		if ((k.reasons[image_node(&m, path)].kind == KEEP_APPLICATION) != files[i].stays)
			fail_msg("%s %s", path, files[i].stays ? "is missing" : "is kept");
	}
	keep_application_done(&a);
}

static void runtimes(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	make(&m);
	image_program(&m, "opt/jdk/bin/java", "x");
	image_file(&m, "opt/jdk/lib/modules", "x");
	image_file(&m, "opt/jdk/lib/src.zip", "x");
	image_program(&m, "usr/local/bin/node", "x");
	image_file(&m, "usr/local/include/node/node.h", "x");
	image_file(&m, "usr/local/lib/node_modules/npm/index.js", "x");
	(void)image_layer(&m); /* the author's, in the same prefix */
	image_program(&m, "usr/local/bin/entrypoint.sh", "x");
	image_link(&m, "usr/local/bin/tsc", "../lib/node_modules/typescript/tsc");
	image_file(&m, "usr/local/lib/node_modules/typescript/tsc", "x");
	adds(&m, NULL, "/usr/local/bin/entrypoint.sh", NULL);
}

static void limit(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	make(&m);
	image_file(&m, "app/run", "x");
	image_file(&m, "app/models/big", "");
	image_file(&m, "app/models/small", "x");
	CLEANUP_FD int fd = openat(image_top(&m), "app/models/big", O_WRONLY | O_CLOEXEC);
	assert_int_equal(ftruncate(fd, 40 << 20), 0);
	struct keep_application a;
	adds(&m, (const char *const[]){"/app/run", NULL}, "", &a);
	assert_int_equal(a.n_trees, 2);
	assert_int_equal(a.trees[0].node, image_node(&m, "/app/models"));
	assert_true(a.trees[0].dropped);
	assert_int_equal(a.trees[0].bytes, (40 << 20) + 1);
	assert_int_equal(a.bytes, 0);
	keep_application_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(authors_files),
	    cmocka_unit_test(one_layer_for_all),
	    cmocka_unit_test(without_a_distribution),
	    cmocka_unit_test(leftovers),
	    cmocka_unit_test(unread_database),
	    cmocka_unit_test(runtimes),
	    cmocka_unit_test(limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
