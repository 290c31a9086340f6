#include "unit.h"

#include <fcntl.h>

#include "sensor/filter.h"

static const char *const none[] = {NULL}, *const admin[] = {"CAP_SYS_ADMIN", NULL};

static bool names(const struct sensor_filter_rule *r, const char *name)
{
	for (size_t i = 0; i < r->n_names; i++)
		if (strcmp(r->names[i], name) == 0)
			return true;
	return false;
}

static bool holds(const struct sensor_filter_rule *r, const uint64_t args[4])
{
	for (unsigned i = 0; i < r->n_conditions; i++)
		if ((args[r->conditions[i].arg] & r->conditions[i].mask) != r->conditions[i].value)
			return false;
	return true;
}

/* The one rule of a call, NULL if none has it. */
static const struct sensor_filter_rule *rule_of(const struct sensor_filter *f, const char *name, const uint64_t args[4])
{
	const struct sensor_filter_rule *found = NULL;
	for (size_t i = 0; i < f->count; i++)
		if (names(&f->rules[i], name) && holds(&f->rules[i], args)) {
			if (found)
				fail_msg("two rules for %s", name);
			found = &f->rules[i];
		}
	return found;
}

#define CWD 0xffffff9c /* AT_FDCWD, without the upper half */

static const struct {
	const char *name;
	uint64_t args[4];
	int ptrace, ebpf; /* -1 = no rule */
	uint16_t deny_errno;
} cases[] = {
    {"read", {0}, SENSOR_FILTER_ALLOW, SENSOR_FILTER_ALLOW, 0},
    {"openat", {0}, SENSOR_FILTER_TRACE, SENSOR_FILTER_ALLOW, 0},
    {"fchmodat2", {0}, SENSOR_FILTER_TRACE, SENSOR_FILTER_ALLOW, 0},
    {"unshare", {0}, SENSOR_FILTER_TRAP, SENSOR_FILTER_ERRNO, EPERM},
    {"chroot", {0}, SENSOR_FILTER_TRAP, SENSOR_FILTER_ERRNO, EPERM},
    {"clone", {0x11}, SENSOR_FILTER_ALLOW, SENSOR_FILTER_ALLOW, 0},
    {"clone", {0x3d0f00}, SENSOR_FILTER_ALLOW, SENSOR_FILTER_ALLOW, 0},
    {"clone", {0x10000011}, SENSOR_FILTER_ERRNO, SENSOR_FILTER_ERRNO, EPERM},
    {"clone", {0x02000000}, SENSOR_FILTER_ERRNO, SENSOR_FILTER_ERRNO, EPERM},
    {"clone3", {0}, SENSOR_FILTER_ERRNO, SENSOR_FILTER_ERRNO, ENOSYS},
    {"socket", {1}, SENSOR_FILTER_ALLOW, SENSOR_FILTER_ALLOW, 0},
    {"socket", {11}, SENSOR_FILTER_ALLOW, SENSOR_FILTER_ALLOW, 0},
    {"socket", {12}, SENSOR_FILTER_ERRNO, SENSOR_FILTER_ERRNO, EPERM},
    {"socket", {38}, SENSOR_FILTER_ERRNO, SENSOR_FILTER_ERRNO, EPERM},
    {"socket", {40}, SENSOR_FILTER_ERRNO, SENSOR_FILTER_ERRNO, EPERM},
    {"socket", {45}, SENSOR_FILTER_ALLOW, SENSOR_FILTER_ALLOW, 0},
    {"socket", {46}, -1, -1, 0},
    {"personality", {0x20008}, SENSOR_FILTER_TRACE, SENSOR_FILTER_ALLOW, 0},
    {"personality", {0xffffffff}, SENSOR_FILTER_TRACE, SENSOR_FILTER_ALLOW, 0},
    {"personality", {0x400000}, SENSOR_FILTER_ERRNO, SENSOR_FILTER_ERRNO, EPERM},
    {"personality", {0x40008}, SENSOR_FILTER_ERRNO, SENSOR_FILTER_ERRNO, EPERM},
    {"personality", {6}, -1, -1, 0},
    {"newfstatat", {CWD, 0, 0, 0}, SENSOR_FILTER_TRACE, SENSOR_FILTER_ALLOW, 0},
    {"newfstatat", {CWD, 0, 0, AT_EMPTY_PATH}, SENSOR_FILTER_TRACE, SENSOR_FILTER_ALLOW, 0},
    {"newfstatat", {5, 0, 0, 0}, SENSOR_FILTER_TRACE, SENSOR_FILTER_ALLOW, 0},
    {"newfstatat", {5, 0, 0, AT_EMPTY_PATH}, SENSOR_FILTER_ALLOW, SENSOR_FILTER_ALLOW, 0},
    {"newfstatat", {5, 0, 0, AT_SYMLINK_NOFOLLOW}, SENSOR_FILTER_TRACE, SENSOR_FILTER_ALLOW, 0},
    {"newfstatat", {5, 0, 0, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW}, SENSOR_FILTER_TRACE, SENSOR_FILTER_ALLOW, 0},
    {"statx", {5, 0, AT_EMPTY_PATH, 0}, SENSOR_FILTER_ALLOW, SENSOR_FILTER_ALLOW, 0},
    {"statx", {5, 0, 0, AT_EMPTY_PATH}, SENSOR_FILTER_TRACE, SENSOR_FILTER_ALLOW, 0},
    {"no_such_call", {0}, -1, -1, 0},
};

static void rules_of_each_kind(void **state)
{
	for (enum sensor_kind kind = SENSOR_PTRACE; kind <= SENSOR_EBPF; kind++) {
		CLEANUP_SENSOR_FILTER struct sensor_filter f = {0};
		sensor_filter_init(&f, kind, none);
		for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
			const struct sensor_filter_rule *r = rule_of(&f, cases[i].name, cases[i].args);
			int expected = kind == SENSOR_PTRACE ? cases[i].ptrace : cases[i].ebpf;
			if ((r ? (int)r->action : -1) != expected)
				fail_msg("kind %d, case %zu, %s: action %d", kind, i, cases[i].name,
					 r ? (int)r->action : -1);
			if (expected == SENSOR_FILTER_ERRNO)
				assert_int_equal(r->deny_errno, cases[i].deny_errno);
		}
	}
}

static void with_a_capability(void **state)
{
	static const char *const calls[] = {"unshare", "clone3", "mount", "bpf"};
	CLEANUP_SENSOR_FILTER struct sensor_filter f = {0};
	sensor_filter_init(&f, SENSOR_EBPF, admin);
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		assert_int_equal(rule_of(&f, calls[i], (uint64_t[4]){0})->action, SENSOR_FILTER_ALLOW);
	assert_int_equal(rule_of(&f, "clone", (uint64_t[4]){0x10000011})->action, SENSOR_FILTER_ALLOW);
	assert_int_equal(rule_of(&f, "kcmp", (uint64_t[4]){0})->action, SENSOR_FILTER_ERRNO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(rules_of_each_kind),
	    cmocka_unit_test(with_a_capability),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
