#include "unit.h"

#include "packages/frame.h"
#include "packages/trimmed.h"

#define MANIFEST "/var/lib/chisel/manifest.wall"
#define HEADER(count) "{\"jsonwall\":\"1.0\",\"schema\":\"1.0\",\"count\":" #count "}\n"
#define CONTENT(slice, path) "{\"kind\":\"content\",\"slice\":\"" slice "\",\"path\":\"" path "\"}\n"
#define PACKAGE(name)                                                                                                  \
	"{\"kind\":\"package\",\"name\":\"" name "\",\"version\":\"1:2-3\",\"sha256\":\"ab\",\"arch\":\"amd64\"}\n"
#define PATH(path, slices, more)                                                                                       \
	"{\"kind\":\"path\",\"path\":\"" path "\",\"mode\":\"0755\",\"slices\":" slices more "}\n"
#define FILE_AT(path, slices) PATH(path, slices, ",\"sha256\":\"cd\",\"size\":1")
#define LINK_AT(path, slices, inode) PATH(path, slices, ",\"sha256\":\"cd\",\"size\":1,\"inode\":" inode)
#define SLICE(name) "{\"kind\":\"slice\",\"name\":\"" name "\"}\n"

/* base has its own manifest, and shares /etc/ with tool; tool has hard links; doc is a directory and a link to one. */
#define WALL                                                                                                           \
	HEADER(35)                                                                                                     \
	CONTENT("base_chisel", MANIFEST)                                                                               \
	CONTENT("base_etc", "/etc/")                                                                                   \
	CONTENT("doc_all", "/doc")                                                                                     \
	CONTENT("doc_all", "/usr/share/doc/")                                                                          \
	CONTENT("libc6_conf", "/etc/libc.conf")                                                                        \
	CONTENT("libc6_libs", "/lib/libc.so.6")                                                                        \
	CONTENT("tool_bins", "/usr/bin/alias")                                                                         \
	CONTENT("tool_bins", "/usr/bin/other2")                                                                        \
	CONTENT("tool_bins", "/usr/bin/other3")                                                                        \
	CONTENT("tool_bins", "/usr/bin/tool")                                                                          \
	CONTENT("tool_bins", "/usr/bin/tool2")                                                                         \
	CONTENT("tool_etc", "/etc/")                                                                                   \
	PACKAGE("base")                                                                                                \
	PACKAGE("doc")                                                                                                 \
	PACKAGE("libc6")                                                                                               \
	PACKAGE("tool")                                                                                                \
	PATH("/doc", "[\"doc_all\"]", ",\"link\":\"/usr/share/doc\"")                                                  \
	PATH("/etc/", "[\"base_etc\",\"tool_etc\"]", "")                                                               \
	FILE_AT("/etc/libc.conf", "[\"libc6_conf\"]")                                                                  \
	FILE_AT("/lib/libc.so.6", "[\"libc6_libs\"]")                                                                  \
	PATH("/usr/bin/alias", "[\"tool_bins\"]", ",\"link\":\"tool\"")                                                \
	LINK_AT("/usr/bin/other2", "[\"tool_bins\"]", "2")                                                             \
	LINK_AT("/usr/bin/other3", "[\"tool_bins\"]", "2")                                                             \
	LINK_AT("/usr/bin/tool", "[\"tool_bins\"]", "1")                                                               \
	LINK_AT("/usr/bin/tool2", "[\"tool_bins\"]", "1")                                                              \
	PATH("/usr/share/doc/", "[\"doc_all\"]", "")                                                                   \
	PATH(MANIFEST, "[\"base_chisel\"]", "")                                                                        \
	SLICE("base_chisel")                                                                                           \
	SLICE("base_etc")                                                                                              \
	SLICE("doc_all")                                                                                               \
	SLICE("libc6_conf")                                                                                            \
	SLICE("libc6_libs")                                                                                            \
	SLICE("tool_bins")                                                                                             \
	SLICE("tool_etc")

static void add_wall(struct test_image *m, const char *text)
{
	CLEANUP_BUF struct buf packed = {0};
	packages_frame_write(text, strlen(text), &packed);
	image_bytes(m, &MANIFEST[1], packed.data, packed.len, 0644);
}

static void add_files(struct test_image *m)
{
	static const char *const files[] = {"usr/lib/libc.so.6", "etc/libc.conf",  "usr/bin/tool",
					    "usr/bin/tool2",     "usr/bin/other2", "usr/bin/other3"};
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		image_file(m, files[i], "x");
	image_link(m, "lib", "usr/lib");
	image_link(m, "usr/bin/alias", "tool");
	image_dir(m, "usr/share/doc");
	image_link(m, "doc", "/usr/share/doc");
}

static void make(struct test_image *m, const char *wall)
{
	image_init(m);
	add_files(m);
	add_wall(m, wall);
	image_index(m);
}

static void is_read(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	make(&m, WALL);
	CLEANUP_PACKAGES struct packages p;
	assert_int_equal(packages_read(m.index, &p, NULL), 0);
	assert_int_equal(p.count, 4);
	assert_string_equal(p.items[2].name, "libc6");
	assert_string_equal(p.items[2].version, "1:2-3");
	assert_string_equal(p.items[2].architecture, "amd64");
	assert_string_equal(packages_manager_names[p.items[2].manager], "dpkg");
	assert_string_equal(owner(&p, &m, "/usr/lib/libc.so.6"), "libc6"); /* through the symlink /lib */
	assert_string_equal(owner(&p, &m, "/etc/libc.conf"), "libc6");
	assert_string_equal(owner(&p, &m, "/usr/bin/alias"), "tool");
	assert_string_equal(owner(&p, &m, "/usr/share/doc"), "doc");
	assert_string_equal(owner(&p, &m, "/etc"), "base");
	assert_string_equal(owner(&p, &m, MANIFEST), "base");
	assert_string_equal(owner(&p, &m, "/usr/bin"), "");
	assert_true(p.has_database);
	assert_true(p.database[image_node(&m, MANIFEST)]);
	assert_int_equal(p.unread.count, 0);
	assert_true(packages_may_read(MANIFEST));
}

/* The manifest's new bytes when only these paths remain. */
static void trim(const struct test_image *m, const char *const *paths, struct buf *packed)
{
	CLEANUP_PACKAGES struct packages p;
	assert_int_equal(packages_read(m->index, &p, NULL), 0);
	CLEANUP_FREE bool *kept = mem_calloc(image_index_count(m->index), sizeof(*kept));
	kept[0] = true;
	for (; *paths; paths++)
		kept[image_node(m, *paths)] = true;
	struct packages_edits edits = {0};
	assert_int_equal(packages_trim(&p, m->index, kept, &edits, NULL), 0);
	const struct packages_edit *e = packages_edits_find(&edits, image_node(m, MANIFEST));
	assert_non_null(e);
	buf_append(packed, e->content.data, e->content.len);
	packages_edits_done(&edits);
}

static void becomes(const char *wall, const char *const *paths, const char *want)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	CLEANUP_BUF struct buf packed = {0}, got = {0};
	make(&m, wall);
	trim(&m, paths, &packed);
	assert_int_equal(packages_frame_read(packed.data, packed.len, 1 << 20, "it", &got, NULL), 0);
	assert_string_equal(got.data, want);
}

/* Of two hard links one is left, and is none; those of the second pair become the first. */
#define TRIMMED                                                                                                        \
	HEADER(18)                                                                                                     \
	CONTENT("base_chisel", MANIFEST)                                                                               \
	CONTENT("base_etc", "/etc/")                                                                                   \
	CONTENT("tool_bins", "/usr/bin/other2")                                                                        \
	CONTENT("tool_bins", "/usr/bin/other3")                                                                        \
	CONTENT("tool_bins", "/usr/bin/tool")                                                                          \
	CONTENT("tool_etc", "/etc/")                                                                                   \
	PACKAGE("base")                                                                                                \
	PACKAGE("tool")                                                                                                \
	PATH("/etc/", "[\"base_etc\",\"tool_etc\"]", "")                                                               \
	LINK_AT("/usr/bin/other2", "[\"tool_bins\"]", "1")                                                             \
	LINK_AT("/usr/bin/other3", "[\"tool_bins\"]", "1")                                                             \
	FILE_AT("/usr/bin/tool", "[\"tool_bins\"]")                                                                    \
	PATH(MANIFEST, "[\"base_chisel\"]", "")                                                                        \
	SLICE("base_chisel")                                                                                           \
	SLICE("base_etc")                                                                                              \
	SLICE("tool_bins")                                                                                             \
	SLICE("tool_etc")

static void trimming(void **state)
{
	static const char *const paths[] = {
	    "/etc", "/usr", "/usr/bin", "/usr/bin/tool", "/usr/bin/other2", "/usr/bin/other3", NULL};
	becomes(WALL, paths, TRIMMED);
}

#define WITHOUT_FILES                                                                                                  \
	HEADER(8)                                                                                                      \
	CONTENT("base_chisel", MANIFEST)                                                                               \
	CONTENT("base_etc", "/etc/")                                                                                   \
	PACKAGE("base")                                                                                                \
	PATH("/etc/", "[\"base_etc\"]", "")                                                                            \
	PATH(MANIFEST, "[\"base_chisel\"]", "")                                                                        \
	SLICE("base_chisel")                                                                                           \
	SLICE("base_etc")

/* A directory, or a symlink to one, is nobody's. */
static void directories(void **state)
{
	becomes(WALL, (const char *const[]){"/doc", "/usr/share/doc", "/etc", NULL}, WITHOUT_FILES);
}

/* Lines in any order, a wrong count, lines that are no entries, and a slice that no package has. */
#define DISORDERLY                                                                                                     \
	HEADER(1)                                                                                                      \
	SLICE("tool_etc")                                                                                              \
	"x\n{\"kind\":\"new\"}\n" FILE_AT("/etc/libc.conf", "[\"none_x\"]")                                            \
	    PATH("/etc/libc.conf", "[\"none_x\",1,\"tool_etc\"]", ",\"new\":\"<\"") PACKAGE("tool")                    \
		CONTENT("tool_etc", "/etc/libc.conf") CONTENT("none_x", "/etc/libc.conf") SLICE("none_x")

#define ORDERLY                                                                                                        \
	HEADER(6)                                                                                                      \
	CONTENT("tool_etc", "/etc/libc.conf")                                                                          \
	"{\"kind\":\"new\"}\n" PACKAGE("tool") PATH("/etc/libc.conf", "[\"tool_etc\"]", ",\"new\":\"\\u003c\"")        \
	    SLICE("tool_etc")

static void disorder(void **state)
{
	becomes(DISORDERLY, (const char *const[]){"/etc/libc.conf", NULL}, ORDERLY);
}

/* Packed as slim would not pack it, with a count that slim would not write. */
static void nothing_is_removed(void **state)
{
	static const char text[] = HEADER(9) CONTENT("libc6_conf", "/etc/libc.conf") PACKAGE("libc6")
	    FILE_AT("/etc/libc.conf", "[\"libc6_conf\"]") SLICE("libc6_conf");
	CLEANUP_TEST_IMAGE struct test_image m;
	CLEANUP_BUF struct buf packed = {0}, got = {0};
	packages_frame_write(text, 50, &packed);
	packages_frame_write(text + 50, sizeof(text) - 51, &packed);
	image_init(&m);
	add_files(&m);
	image_bytes(&m, &MANIFEST[1], packed.data, packed.len, 0644);
	image_index(&m);
	trim(&m, (const char *const[]){"/etc/libc.conf", NULL}, &got);
	assert_int_equal(got.len, packed.len);
	assert_memory_equal(got.data, packed.data, packed.len);
}

/* A status without lists, as tools make it for scanners, is about the same packages. */
static void status_beside_it(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	add_files(&m);
	add_wall(&m, WALL);
	image_file(&m, "var/lib/dpkg/status",
		   "Package: tool\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1:2-3\n\n"
		   "Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1:2-3\n");
	image_index(&m);
	CLEANUP_PACKAGES struct packages p;
	assert_int_equal(packages_read(m.index, &p, NULL), 0);
	assert_int_equal(p.count, 4);
	assert_string_equal(owner(&p, &m, "/usr/lib/libc.so.6"), "libc6");
	CLEANUP_FREE char *got = trimmed(&m, (const char *const[]){"/usr/lib/libc.so.6", NULL});
	assert_non_null(strstr(got, "/var/lib/dpkg/status: Package: libc6\nStatus: install ok installed\n"));
	assert_null(strstr(got, "tool"));
}

static void unread(void **state)
{
	static const char *const texts[] = {"", "\n", "not packed", "\x28\xb5\x2f\xfd"};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		CLEANUP_TEST_IMAGE struct test_image m;
		CLEANUP_PACKAGES struct packages p;
		image_init(&m);
		add_files(&m);
		image_file(&m, &MANIFEST[1], texts[i]);
		image_index(&m);
		assert_int_equal(packages_read(m.index, &p, NULL), 0);
		assert_int_equal(p.count, 0);
		assert_int_equal(p.unread.count, 1);
		CLEANUP_FREE char *got = trimmed(&m, (const char *const[]){"/etc/libc.conf", NULL});
		assert_string_equal(got, "");
	}
}

static void hostile(void **state)
{
	static const char *const lines[] = {
	    PACKAGE(""),
	    PACKAGE("a") PATH("../etc/libc.conf", "[\"a_b\"]", ""),
	    PACKAGE("a") PATH("etc/libc.conf", "[\"a_b\"]", ""),
	    PACKAGE("a") PATH("/etc/../../etc/libc.conf", "[\"a_b\",\"a\",\"_\",\"\",null,{}]", ",\"inode\":-1"),
	    PACKAGE("a") PATH("/etc/libc.conf", "{\"a_b\":1}", ""),
	    PACKAGE("a") PATH("/etc/libc.conf", "\"a_b\"", ",\"inode\":[]"),
	    "{\"kind\":\"package\"}\n{\"kind\":\"path\"}\n{\"kind\":\"slice\"}\n{\"kind\":\"content\"}\n{}",
	    "{\"kind\":1}",
	    "{\"kind\":\"package\",\"name\":[],\"arch\":{}}\n{\"kind\":\"path\",\"path\":1,\"slices\":2}",
	    "\n\n{\n}\n[]\n1\nnull\n\"x\"",
	};
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		CLEANUP_TEST_IMAGE struct test_image m;
		CLEANUP_PACKAGES struct packages p;
		CLEANUP_FREE char *wall = mem_printf("%s%s", HEADER(1), lines[i]);
		CLEANUP_BUF struct buf got = {0};
		make(&m, wall);
		assert_int_equal(packages_read(m.index, &p, NULL), 0);
		assert_true(p.count <= 1);
		trim(&m, (const char *const[]){"/etc/libc.conf", NULL}, &got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(is_read),  cmocka_unit_test(trimming),         cmocka_unit_test(directories),
	    cmocka_unit_test(disorder), cmocka_unit_test(status_beside_it), cmocka_unit_test(nothing_is_removed),
	    cmocka_unit_test(unread),   cmocka_unit_test(hostile),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
