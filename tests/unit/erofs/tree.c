#include "unit.h"

#include <sys/sysmacros.h>

#include "erofs/tree.h"

#define FILE_MODE .mode = S_IFREG | 0644
#define TAR_SIZE ((uint64_t)1 << 40)

/* The last entry is refused, with this in its message. */
static void refuse(const struct layer_entry *entries, size_t n, enum err_code code, const char *why)
{
	CLEANUP_EROFS_TREE struct erofs_tree t;
	struct err err = {0};
	erofs_tree_init(&t);
	for (size_t i = 0; i + 1 < n; i++)
		assert_int_equal(erofs_tree_add(&t, &entries[i], TAR_SIZE, &err), 0);
	assert_int_equal(erofs_tree_add(&t, &entries[n - 1], TAR_SIZE, &err), -(int)code);
	if (!strstr(err.msg, why))
		fail_msg("%s", err.msg);
}
#define REFUSE(code, why, ...)                                                                                         \
	do {                                                                                                           \
		const struct layer_entry entries[] = {__VA_ARGS__};                                                    \
		refuse(entries, sizeof(entries) / sizeof(*entries), code, why);                                        \
	} while (0)

static void what_needs_unpacking(void **state)
{
	const struct layer_entry a = {.path = (char *)"a", FILE_MODE},
				 dir = {.path = (char *)"a", .mode = S_IFDIR | 0755};
	REFUSE(ERR_UNSUPPORTED, "whiteout", {.path = (char *)".wh.a", FILE_MODE});
	REFUSE(ERR_UNSUPPORTED, "whiteout", {.path = (char *)"d/.wh..wh..opq", FILE_MODE});
	REFUSE(ERR_UNSUPPORTED, "sparse map", {.path = (char *)"a", FILE_MODE, .mapped = true});
	REFUSE(ERR_UNSUPPORTED, "two entries", a, a);
	REFUSE(ERR_UNSUPPORTED, "two entries", a, dir);
	REFUSE(ERR_UNSUPPORTED, "two entries", dir, a);
	REFUSE(ERR_UNSUPPORTED, "file in the same layer", a, {.path = (char *)"a/b", FILE_MODE});
	REFUSE(ERR_UNSUPPORTED, "file in the same layer", a, {.path = (char *)"a/b/c", FILE_MODE});
	REFUSE(ERR_UNSUPPORTED, "target", {.path = (char *)"l", FILE_MODE, .hardlink = true, .link = (char *)"none"});
	REFUSE(ERR_UNSUPPORTED, "target", dir, {.path = (char *)"l", FILE_MODE, .hardlink = true, .link = (char *)"a"});
	REFUSE(ERR_UNSUPPORTED, "device", {.path = (char *)"n", .mode = S_IFCHR, .rdev = makedev(4096, 1)});
	REFUSE(ERR_UNSUPPORTED, "device", {.path = (char *)"n", .mode = S_IFBLK, .rdev = makedev(1, 1 << 20)});
	REFUSE(ERR_UNSUPPORTED, "too far", {.path = (char *)"f", FILE_MODE, .size = 1, .start = 7});
	REFUSE(ERR_UNSUPPORTED, "too far",
	       {.path = (char *)"f", FILE_MODE, .size = 1, .start = (uint64_t)UINT32_MAX * 512});
	REFUSE(ERR_CORRUPT, "ends within", {.path = (char *)"f", FILE_MODE, .size = TAR_SIZE - 512, .start = 1024});
	REFUSE(ERR_CORRUPT, "ends within", {.path = (char *)"f", FILE_MODE, .size = TAR_SIZE / 512, .start = TAR_SIZE});
}

/* Only a component's beginning makes a whiteout. */
static void names_like_whiteouts(void **state)
{
	const struct layer_entry e = {.path = (char *)"a.wh.b", FILE_MODE};
	CLEANUP_EROFS_TREE struct erofs_tree t;
	erofs_tree_init(&t);
	assert_int_equal(erofs_tree_add(&t, &e, TAR_SIZE, NULL), 0);
	assert_int_equal(t.n_regular, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_needs_unpacking),
	    cmocka_unit_test(names_like_whiteouts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
