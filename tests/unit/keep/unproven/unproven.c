#include "keep/unproven/unproven.h"

#include "unit.h"

#include "formats/elf_maker.h"
#include "keep/kept.h"

/* "PATH BYTES NAMED_BY WAY EXAMPLE", a line each. */
static void assert_unproven(const struct keep_set *k, const char *want)
{
	CLEANUP_KEEP_UNPROVEN struct keep_unproven u;
	CLEANUP_BUF struct buf got = {0};
	uint64_t bytes = 0;
	assert_int_equal(keep_unproven_find(k, &u, NULL), 0);
	buf_str(&got, "");
	for (size_t i = 0; i < u.count; i++) {
		const struct keep_unproven_file *f = &u.items[i];
		const struct keep_mention_namer *surest = keep_mention_surest(f->mention);
		image_index_path(k->index, f->node, &got);
		buf_printf(&got, " %d %u %s ", (int)f->bytes, f->mention->named_by,
			   keep_mention_way_name(keep_unproven_way(f)));
		keep_unproven_namer(k, surest, &got);
		buf_char(&got, '\n');
		bytes += f->bytes;
		assert_ptr_equal(keep_unproven_of(&u, f->node), f->mention);
	}
	assert_string_equal(got.data, want);
	assert_int_equal(u.bytes, bytes);
	assert_null(keep_unproven_of(&u, 0));
}

static void add_library(struct test_image *m, const char *path, const struct elf_spec *spec)
{
	CLEANUP_BUF struct buf b = {0};
	elf_make(spec, &b);
	image_bytes(m, path, b.data, b.len, 0755);
}

/* A script names two programs, one of them by a link to what is kept; two sources import a third; a program opens a
 * library by name and names a program by its path. */
static void make(struct test_image *m)
{
	image_init(m);
	image_program(m, "bin/sh", "x");
	image_program(m, "bin/box", "x");
	image_program(m, "bin/gone", "12345");
	image_program(m, "bin/apt-get", "1");
	image_program(m, "app/install.sh", "#!/absent/sh\napt-get install x\n");
	image_link(m, "bin/applet", "box");
	image_link(m, "bin/link", "gone");
	image_program(m, "app/run.sh", "#!/bin/sh\nif false; then gone; applet; link; fi\n");
	image_file(m, "usr/lib/python3.12/os.py", "import stat\n");
	image_file(m, "usr/lib/python3.12/stat.py", "\n");
	image_file(m, "usr/lib/python3.12/json.py", "import deep\n");
	image_file(m, "usr/lib/python3.12/deep.py", "\n");
	image_file(m, "usr/lib/python3.12/late.py", "def f():\n\timport pdb\n");
	image_file(m, "usr/lib/python3.12/pdb.py", "123\n");
	image_file(m, "app/a.py", "def f():\n\timport json\n");
	image_file(m, "app/b.py", "try:\n\timport json, stat\nexcept ImportError:\n\tpass\n");
	add_library(m, "app/prog", &(struct elf_spec){.imports = {"dlopen"}, .text = "libplug.so"});
	add_library(m, "app/other", &(struct elf_spec){.interp = "/gone", .text = "/bin/gone"});
	add_library(m, "app/prints", &(struct elf_spec){.imports = {"dlopen"}, .text = "libcups.so.2"});
	add_library(m, "usr/lib/libcups.so.2", &(struct elf_spec){.soname = "libcups.so.2"});
	add_library(m, "usr/lib/libplug.so", &(struct elf_spec){.soname = "libplug.so"});
	image_index(m);
}

static void keep_all(struct keep_set *k, const struct test_image *m, const char *const *paths, size_t n)
{
	for (size_t i = 0; i < n; i++)
		keep_node(k, image_node(m, paths[i]), KEEP_WHY(KEEP_TRACE, 0));
	assert_int_equal(keep_closures(k, NULL), 0);
}
#define KEEP_ALL(k, m, ...)                                                                                            \
	keep_all(k, m, (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static uint64_t size_of(const struct test_image *m, const char *path)
{
	return image_index_node(m->index, image_node(m, path))->size;
}

static void at_exact(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	make(&m);
	CLEANUP_KEEP_MENTIONS struct keep_mentions mentions = {0};
	CLEANUP_KEEP_SET struct keep_set k;
	keep_set_init(&k, m.index, NULL, KEEP_EXACT);
	k.mentions = &mentions;
	KEEP_ALL(&k, &m, "/bin/box", "/app/run.sh", "/app/a.py", "/app/b.py", "/app/prog", "/app/other",
		 "/usr/lib/python3.12/os.py");
	CLEANUP_FREE char *before = kept_text(&k);
	CLEANUP_BUF struct buf want = {0};
	/* stat.py is in the interpreter; what json.py names counts when that is kept; a link to what is dropped is told
	 * with it */
	buf_printf(&want,
		   "/usr/lib/python3.12/json.py 12 2 import /app/a.py\n"
		   "/bin/gone 5 2 command /app/run.sh\n"
		   "/bin/applet 0 1 command /app/run.sh\n"
		   "/usr/lib/libplug.so %d 1 dlopen /app/prog\n",
		   (int)size_of(&m, "/usr/lib/libplug.so"));
	assert_unproven(&k, want.data);
	assert_kept(&k, before);
	/* what an exercise used is proven: just that goes */
	KEEP_ALL(&k, &m, "/bin/gone");
	want.len = 0;
	buf_printf(&want,
		   "/usr/lib/python3.12/json.py 12 2 import /app/a.py\n"
		   "/bin/applet 0 1 command /app/run.sh\n"
		   "/bin/link 0 1 command /app/run.sh\n"
		   "/usr/lib/libplug.so %d 1 dlopen /app/prog\n",
		   (int)size_of(&m, "/usr/lib/libplug.so"));
	assert_unproven(&k, want.data);
}

/* What the closures leave out on purpose. */
static void at_closure(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	make(&m);
	CLEANUP_KEEP_MENTIONS struct keep_mentions mentions = {0};
	CLEANUP_KEEP_SET struct keep_set k;
	keep_set_init(&k, m.index, NULL, KEEP_CLOSURE);
	k.mentions = &mentions;
	k.excluded = mem_calloc(image_index_count(m.index), sizeof(*k.excluded));
	k.excluded[image_node(&m, "/usr/lib/python3.12/json.py")] = true;
	KEEP_ALL(&k, &m, "/app/a.py", "/app/b.py", "/app/prog", "/app/other", "/usr/lib/python3.12/late.py",
		 "/app/prints", "/app/install.sh");
	CLEANUP_BUF struct buf want = {0};
	buf_printf(&want,
		   "/usr/lib/python3.12/json.py 12 2 import /app/a.py\n"
		   "/usr/lib/python3.12/pdb.py 4 1 import /usr/lib/python3.12/late.py\n"
		   "/bin/apt-get 1 1 command /app/install.sh\n"
		   "/usr/lib/libcups.so.2 %d 1 dlopen /app/prints\n"
		   "/bin/gone 5 1 path /app/other\n",
		   (int)size_of(&m, "/usr/lib/libcups.so.2"));
	assert_unproven(&k, want.data);
	/* what was healed since is kept */
	KEEP_ALL(&k, &m, "/usr/lib/python3.12/pdb.py", "/usr/lib/libcups.so.2", "/bin/apt-get");
	assert_unproven(&k, "/usr/lib/python3.12/json.py 12 2 import /app/a.py\n"
			    "/bin/gone 5 1 path /app/other\n");
	/* a run used what the user excluded: that is no question */
	keep_node(&k, image_node(&m, "/usr/lib/python3.12/json.py"), KEEP_WHY(KEEP_TRACE, 0));
	assert_unproven(&k, "/bin/gone 5 1 path /app/other\n");
}

/* All that is in a directory that a source names, but what only developers need; a file with two names once. */
static void directories(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(&m, "app/a.py", "open('/app/data')\nopen('/app/data/two')\n");
	image_file(&m, "app/data/one", "1");
	image_hardlink(&m, "app/data/same", "app/data/one");
	image_hardlink(&m, "app/data/kept", "app/data/one");
	image_file(&m, "app/data/two", "22");
	image_file(&m, "app/data/three", "333");
	image_file(&m, "app/data/docs/guide", "4444");
	image_index(&m);
	CLEANUP_KEEP_SET struct keep_set k;
	keep_set_init(&k, m.index, NULL, KEEP_EXACT);
	KEEP_ALL(&k, &m, "/app/a.py", "/app/data/three");
	assert_unproven(&k, "/app/data/two 2 1 path /app/a.py\n"
			    "/app/data/kept 1 1 directory /app/a.py\n"
			    "/app/data/one 0 1 directory /app/a.py\n"
			    "/app/data/same 0 1 directory /app/a.py\n");
	KEEP_ALL(&k, &m, "/app/data/kept");
	assert_unproven(&k, "/app/data/two 2 1 path /app/a.py\n"
			    "/app/data/one 0 1 directory /app/a.py\n"
			    "/app/data/same 0 1 directory /app/a.py\n");
}

static void none(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	make(&m);
	CLEANUP_KEEP_SET struct keep_set k;
	keep_set_init(&k, m.index, NULL, KEEP_EXACT);
	assert_unproven(&k, "");
	KEEP_ALL(&k, &m, "/bin/box");
	assert_unproven(&k, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(at_exact),
	    cmocka_unit_test(at_closure),
	    cmocka_unit_test(directories),
	    cmocka_unit_test(none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
