#include "runtime/tree.h"

#include "base/limits.h"
#include "runtime/user.h"

static const char passwd[] = "# a comment: not a line\n"
			     "root:x:0:0:root:/root:/bin/sh\n"
			     "\n"
			     "broken\n"
			     "half:x:12\n"
			     "letters:x:1a:1:::\n"
			     "negative:x:-5:5::/:\n"
			     "huge:x:99999999999999999999:5::/:\n"
			     "  app:x:1000:1001:An app:/srv/app:/bin/sh  \n"
			     "app:x:1:1:the second line of a name is not used:/:\n"
			     "1000:x:7:7:a number is always an id:/seven:\n"
			     "short:x:1002:1002\n"
			     "crlf:x:1003:1003::/crlf\r\n"
			     "colons:x:1004:1004:::a:b:c\n"
			     "big:x:2147483647:2147483647::/big:\n"
			     "last:x:1005:1005::/last:";
static const char group[] = "root:x:0:\n"
			    "app:x:1001:app\n"
			    "video:x:44:other,app\n"
			    "audio:x:29:app,other\n"
			    "again:x:29:app\n"
			    "near:x:30:apple,ap,xapp\n"
			    "bad:x:no:app\n"
			    "bad:x\n"
			    "wheel:x:10:root\n"
			    "1001:x:55:\n"
			    "nomembers:x:56\n";

static const struct {
	const char *user;
	int code;
	uint32_t uid, gid;
	const char *home;
	uint32_t groups[4];
	size_t n_groups;
} cases[] = {
    {"", 0, 0, 0, "/root", {10}, 1},
    {"root", 0, 0, 0, "/root", {10}, 1},
    {"0", 0, 0, 0, "/root", {10}, 1},
    {"app", 0, 1000, 1001, "/srv/app", {29, 44}, 2},
    {"1000", 0, 1000, 1001, "/srv/app", {29, 44}, 2},
    {"app:", 0, 1000, 1001, "/srv/app", {29, 44}, 2},
    {"app:app", 0, 1000, 1001, "/srv/app", {0}, 0},
    {"app:video", 0, 1000, 44, "/srv/app", {0}, 0},
    {"app:7", 0, 1000, 7, "/srv/app", {0}, 0},
    {"app:1001", 0, 1000, 1001, "/srv/app", {0}, 0},
    {"1000:0", 0, 1000, 0, "/srv/app", {0}, 0},
    {"4242", 0, 4242, 0, "/", {0}, 0},
    {"4242:4343", 0, 4242, 4343, "/", {0}, 0},
    {"4242:audio", 0, 4242, 29, "/", {0}, 0},
    {":44", 0, 0, 44, "/root", {0}, 0},
    {"short", 0, 1002, 1002, "/", {0}, 0},
    {"crlf", 0, 1003, 1003, "/crlf", {0}, 0},
    {"colons", 0, 1004, 1004, "/", {0}, 0},
    {"big", 0, 2147483647, 2147483647, "/big", {0}, 0},
    {"last", 0, 1005, 1005, "/last", {0}, 0},
    {"app:nomembers", 0, 1000, 56, "/srv/app", {0}, 0},
    {"nobody", ERR_NOTFOUND, 0, 0, "/etc/passwd", {0}, 0},
    {"half", ERR_NOTFOUND, 0, 0, "/etc/passwd", {0}, 0},
    {"letters", ERR_NOTFOUND, 0, 0, "/etc/passwd", {0}, 0},
    {"negative", ERR_NOTFOUND, 0, 0, "/etc/passwd", {0}, 0},
    {"huge", ERR_NOTFOUND, 0, 0, "/etc/passwd", {0}, 0},
    {"-1", ERR_NOTFOUND, 0, 0, "/etc/passwd", {0}, 0},
    {"2147483648", ERR_NOTFOUND, 0, 0, "/etc/passwd", {0}, 0},
    {"app:bad", ERR_NOTFOUND, 0, 0, "/etc/group", {0}, 0},
    {"app:none", ERR_NOTFOUND, 0, 0, "/etc/group", {0}, 0},
    {"app:a:b", ERR_NOTFOUND, 0, 0, "/etc/group", {0}, 0},
};

static void every_form(void **state)
{
	CLEANUP_TREE struct tree t = tree_new();
	tree_file(&t, "etc/passwd", passwd);
	tree_file(&t, "etc/group", group);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		CLEANUP_RUNTIME_USER struct runtime_user u = {0};
		struct err err = {0};
		int r = runtime_user_lookup(t.fd, cases[i].user, &u, &err);
		if (r != -cases[i].code)
			fail_msg("user \"%s\": %d %s", cases[i].user, r, err.msg);
		if (r < 0) {
			assert_non_null(strstr(err.msg, cases[i].home));
			continue;
		}
		assert_int_equal(u.uid, cases[i].uid);
		assert_int_equal(u.gid, cases[i].gid);
		assert_string_equal(u.home, cases[i].home);
		assert_int_equal(u.n_groups, cases[i].n_groups);
		for (size_t g = 0; g < u.n_groups; g++)
			assert_int_equal(u.groups[g], cases[i].groups[g]);
	}
}

static void lookup_one(struct tree *t, const char *user, int code, uint32_t uid)
{
	CLEANUP_RUNTIME_USER struct runtime_user u = {0};
	struct err err = {0};
	int r = runtime_user_lookup(t->fd, user, &u, &err);
	if (r != -code)
		fail_msg("user \"%s\": %d %s", user, r, err.msg);
	if (r == 0)
		assert_int_equal(u.uid, uid);
}

static void no_files(void **state)
{
	CLEANUP_TREE struct tree t = tree_new();
	lookup_one(&t, "", 0, 0);
	lookup_one(&t, "65532:65532", 0, 65532);
	lookup_one(&t, "app", ERR_NOTFOUND, 0);
	lookup_one(&t, "1:app", ERR_NOTFOUND, 0);
}

/* None of these may block, or be opened at all. */
static void not_regular_files(void **state)
{
	CLEANUP_TREE struct tree t = tree_new();
	tree_mkdir(&t, "etc");
	assert_int_equal(mkfifoat(t.fd, "etc/passwd", 0644), 0);
	tree_mkdir(&t, "etc/group");
	lookup_one(&t, "", 0, 0);
	lookup_one(&t, "5", 0, 5);
	lookup_one(&t, "app", ERR_NOTFOUND, 0);
	assert_int_equal(unlinkat(t.fd, "etc/passwd", 0), 0);
	tree_symlink(&t, "passwd", "etc/passwd"); /* a loop */
	lookup_one(&t, "5", 0, 5);
}

static void symlinks_stay_in_the_root(void **state)
{
	CLEANUP_TREE struct tree t = tree_new();
	tree_file(&t, "outside", "app:x:1:1:::\n");
	tree_file(&t, "root/usr/passwd", "app:x:2:2:::\n");
	tree_mkdir(&t, "root/etc");
	tree_symlink(&t, "/usr/passwd", "root/etc/passwd");
	CLEANUP_FD int root = openat(t.fd, "root", O_PATH | O_CLOEXEC);
	struct tree inner = {.fd = root};
	lookup_one(&inner, "app", 0, 2);
	assert_int_equal(unlinkat(root, "etc/passwd", 0), 0);
	tree_symlink(&inner, "../../outside", "etc/passwd");
	lookup_one(&inner, "app", ERR_NOTFOUND, 0);
}

static void huge_file(void **state)
{
	CLEANUP_TREE struct tree t = tree_new();
	tree_file(&t, "etc/passwd", "app:x:1:1:::\n");
	CLEANUP_FD int fd = openat(t.fd, "etc/passwd", O_WRONLY | O_CLOEXEC);
	assert_int_equal(ftruncate(fd, (off_t)1 << 40), 0);
	lookup_one(&t, "app", ERR_LIMIT, 0);
	assert_int_equal(ftruncate(fd, LIMIT_PASSWD), 0);
	lookup_one(&t, "app", 0, 1); /* the NULs are one malformed line */
}

/* 65536 groups are what the kernel takes; a hostile file names more. */
static void too_many_groups(void **state)
{
	CLEANUP_TREE struct tree t = tree_new();
	CLEANUP_BUF struct buf b = {0};
	for (int i = 0; i < 70000; i++)
		buf_printf(&b, "g%d:x:%d:app\n", i, i + 10);
	tree_file(&t, "etc/passwd", "app:x:1:1:::\n");
	tree_file(&t, "etc/group", b.data);
	lookup_one(&t, "app", ERR_LIMIT, 0);
	lookup_one(&t, "app:5", 0, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_form),        cmocka_unit_test(no_files),
	    cmocka_unit_test(not_regular_files), cmocka_unit_test(symlinks_stay_in_the_root),
	    cmocka_unit_test(huge_file),         cmocka_unit_test(too_many_groups),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
