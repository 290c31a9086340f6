#include "unit.h"

#include "sensor/profile.h"

static const char *const none[] = {NULL};
static const char *const docker[] = {"CAP_CHOWN", "CAP_SYS_CHROOT", NULL};
static const char *const admin[] = {"CAP_CHOWN", "CAP_SYS_ADMIN", NULL};

static void refused_one(const char *const *capabilities, const char *name, bool expected)
{
	CLEANUP_STRSET struct strset refused = {0};
	sensor_profile_refused(capabilities, &refused);
	if ((strset_find(&refused, name) != STRSET_NONE) != expected)
		fail_msg("%s is %srefused", name, expected ? "not " : "");
}

static void refused_calls(void **state)
{
	static const struct {
		const char *const *capabilities;
		const char *name;
		bool refused;
	} cases[] = {
	    {docker, "read", false},
	    {docker, "openat", false},
	    {docker, "ptrace", false},
	    {docker, "unshare", true},
	    {docker, "setns", true},
	    {docker, "mount", true},
	    {docker, "kcmp", true},
	    {docker, "mbind", true},
	    {docker, "io_uring_setup", true},
	    {docker, "userfaultfd", true},
	    {docker, "keyctl", true},
	    {docker, "open_by_handle_at", true},
	    {docker, "pivot_root", true},
	    {docker, "swapon", true},
	    {docker, "open_tree_attr", true},
	    {docker, "chroot", false},
	    {none, "chroot", true},
	    {admin, "chroot", true},
	    {admin, "unshare", false},
	    {admin, "mount", false},
	    {admin, "bpf", false},
	    {admin, "pivot_root", true},
	    {admin, "io_uring_setup", true},
	    {admin, "kcmp", true},
	    /* by argument, or otherwise than with EPERM */
	    {docker, "socket", false},
	    {docker, "personality", false},
	    {docker, "clone", false},
	    {docker, "clone3", false},
	    {admin, "clone3", false},
#ifdef __x86_64__
	    {docker, "arch_prctl", false},
	    {docker, "iopl", true},
	    {docker, "vm86", true},
#endif
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		refused_one(cases[i].capabilities, cases[i].name, cases[i].refused);
}

static void count(void *ctx, const char *name, const struct sensor_profile_row *row)
{
	assert_null(strpbrk(name, " \t\n"));
	assert_true(*name);
	++*(size_t *)ctx;
}

static void names_are_words(void **state)
{
	size_t n_docker = 0, n_none = 0;
	sensor_profile_each(docker, count, &n_docker);
	sensor_profile_each(none, count, &n_none);
	assert_int_equal(n_docker, n_none + 1);
	assert_true(n_none > 350);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(refused_calls),
	    cmocka_unit_test(names_are_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
