#include "runtime/tree.h"

#include "os/binfmt.h"

#define ARM64_MAGIC "7f454c460201010000000000000000000200b700"
#define ARM_MAGIC "7f454c4601010100000000000000000002002800"
#define S390X_MAGIC "7f454c4602020100000000000000000000020016"
#define LITTLE_MASK "ffffffffffffff00fffffffffffffffffeffffff"
#define BIG_MASK "fffffffffffffffffffffffffffffffffffeffff"

#define ENTRY(state, flags, magic, mask)                                                                               \
	state "\ninterpreter /usr/libexec/qemu\nflags: " flags "\noffset 0\nmagic " magic "\nmask " mask "\n"

static bool find(const char *status, const char *entry, const char *arch, char **emulator, const char **why)
{
	CLEANUP_TREE struct tree t = tree_new();
	if (status)
		tree_file(&t, "status", status);
	tree_file(&t, "register", entry); /* the kernel's own file is not one of an entry */
	tree_file(&t, "qemu", entry);
	return binfmt_find_emulator(arch, t.path, emulator, why);
}

static void one(const char *status, const char *entry, const char *arch, bool found)
{
	CLEANUP_FREE char *emulator = NULL;
	const char *why = NULL;
	assert_int_equal(find(status, entry, arch, &emulator, &why), found);
	if (found)
		assert_string_equal(emulator, "/usr/libexec/qemu");
	else
		assert_null(emulator);
}

static void entries(void **state)
{
	static const char arm64[] = ENTRY("enabled", "OCF", ARM64_MAGIC, LITTLE_MASK);
	one("enabled\n", arm64, "arm64", true);
	one("enabled\n", arm64, "arm", false);
	one("enabled\n", arm64, "amd64", false);
	one("enabled\n", arm64, "unheardof", false);
	one("enabled\n", ENTRY("enabled", "F", ARM_MAGIC, LITTLE_MASK), "arm", true);
	one("enabled\n", ENTRY("enabled", "F", S390X_MAGIC, BIG_MASK), "s390x", true);
	one("enabled\n", ENTRY("disabled", "OCF", ARM64_MAGIC, LITTLE_MASK), "arm64", false);
	one("disabled\n", arm64, "arm64", false);
	one(NULL, arm64, "arm64", false); /* binfmt_misc is not mounted */
}

static void malformed_entries(void **state)
{
	one("enabled\n", "", "arm64", false);
	one("enabled\n", "enabled\n", "arm64", false);
	one("enabled\n", ENTRY("enabled", "F", "", ""), "arm64", false);
	one("enabled\n", ENTRY("enabled", "F", "zz", "ff"), "arm64", true);         /* nothing to compare */
	one("enabled\n", ENTRY("enabled", "F", ARM64_MAGIC, "ff"), "arm64", false); /* a mask that is too short */
	one("enabled\n", "enabled\ninterpreter /usr/bin/run\nflags: F\nextension .arm\n", "arm64", false);
	one("enabled\n", "enabled\nflags: F\noffset 0\nmagic " ARM64_MAGIC "\n", "arm64", false);
	one("enabled\n", "enabled\ninterpreter /x\nflags: F\noffset 99\nmagic 7f\n", "arm64", false);
}

static void without_the_flag(void **state)
{
	CLEANUP_FREE char *emulator = NULL;
	const char *why = NULL;
	assert_false(find("enabled\n", ENTRY("enabled", "OC", ARM64_MAGIC, LITTLE_MASK), "arm64", &emulator, &why));
	assert_non_null(strstr(why, "flag F"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(entries),
	    cmocka_unit_test(malformed_entries),
	    cmocka_unit_test(without_the_flag),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
