#include "unit.h"

#include "base/mem.h"
#include "erofs/format.h"
#include "erofs/xattrs.h"
#include "os/privilege.h"

#define REGULAR (S_IFREG | 0644)

/* The xattr of a file of this mode as "PREFIX:NAME", "" = it is not stored, NULL = refused. */
static void one(mode_t mode, const char *name, const char *want)
{
	CLEANUP_BUF struct buf out = {0}, got = {0};
	struct layer_xattr x = {(char *)name, (void *)"value", 5};
	const struct layer_entry e = {.path = (char *)"f", .mode = mode, .xattrs = &x, .n_xattrs = 1};
	struct err err = {0};
	int r = erofs_xattrs_append(&e, &out, &err);
	assert_int_equal(r, want ? 0 : -ERR_UNSUPPORTED);
	buf_str(&got, "");
	if (out.len) {
		const struct erofs_xattr *s = (const void *)(out.data + sizeof(struct erofs_xattr_header));
		buf_printf(&got, "%u:%.*s", s->prefix, s->name_len, (const char *)(s + 1));
		assert_memory_equal((const char *)(s + 1) + s->name_len, "value", 5);
	}
	assert_int_equal(out.len % 4, 0);
	if (want)
		assert_string_equal(got.data, want);
}

static void prefixes(void **state)
{
	one(REGULAR, "user.a", "1:a");
	one(REGULAR, "security.capability", "6:capability");
	one(REGULAR, "system.posix_acl_access", "2:");
	one(S_IFDIR | 0755, "system.posix_acl_default", "3:");
	one(REGULAR, "system.posix_acl_default", NULL);
}

/* As the store keeps them. */
static void stand_ins(void **state)
{
	if (!privilege_is_full())
		skip();
	one(REGULAR, "trusted.a", "4:a");
	one(REGULAR, "trusted.overlay.opaque", "");
	one(REGULAR, "trusted.slim.split", "");
	one(REGULAR, "trusted.slim.a", "4:slim.xattr.trusted.slim.a");
	one(REGULAR, "com.example.x", "4:slim.xattr.com.example.x");
	one(REGULAR, "system.other", "4:slim.xattr.system.other");
	one(REGULAR, "user.", "4:slim.xattr.user.");
	one(S_IFLNK | 0777, "user.a", "4:slim.xattr.user.a");
	one(S_IFLNK | 0777, "security.a", "6:a");
	one(S_IFLNK | 0777, "system.posix_acl_access", "4:slim.xattr.system.posix_acl_access");
}

static void too_long(void **state)
{
	CLEANUP_FREE char *value = mem_alloc(65536), *name = mem_alloc(300);
	struct layer_xattr many[6];
	struct layer_entry e = {.path = (char *)"f", .mode = REGULAR, .xattrs = many};
	memset(name, 'n', 255);
	memcpy(name, "user.", 5);
	for (size_t i = 0; i < 6; i++)
		many[i] = (struct layer_xattr){(char *)"user.a", value, 65535};
	for (e.n_xattrs = 0; e.n_xattrs <= 6; e.n_xattrs++) { /* three whole ones fit, and no more than 262 kB */
		CLEANUP_BUF struct buf out = {0};
		assert_int_equal(erofs_xattrs_append(&e, &out, NULL), e.n_xattrs < 4 ? 0 : -ERR_UNSUPPORTED);
	}
	e.n_xattrs = 1;
	many[0].len = 65536;
	CLEANUP_BUF struct buf out = {0};
	assert_int_equal(erofs_xattrs_append(&e, &out, NULL), -ERR_UNSUPPORTED);
	many[0] = (struct layer_xattr){name, (void *)"", 0};
	assert_int_equal(erofs_xattrs_append(&e, &out, NULL), 0);
	name[255] = 'n';
	assert_int_equal(erofs_xattrs_append(&e, &out, NULL), -ERR_UNSUPPORTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(prefixes),
	    cmocka_unit_test(stand_ins),
	    cmocka_unit_test(too_long),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
