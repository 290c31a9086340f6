#include "runtime/tree.h"

#include "runtime/limits.h"

#define REFUSED UINT64_MAX

struct limit_case {
	const char *text;
	uint64_t value;
};

static void parse_one(int (*parse)(const char *, uint64_t *, struct err *), const struct limit_case *c)
{
	struct err err = {0};
	uint64_t got;
	int r = parse(c->text, &got, &err);
	if (c->value == REFUSED) {
		assert_int_equal(r, -ERR_INVAL);
		assert_string_equal(err.id, "option-value-invalid");
		return;
	}
	if (r < 0 || got != c->value)
		fail_msg("%s: %d %s, %llu", c->text, r, err.msg, (unsigned long long)got);
}

static void as_docker_takes_them(void **state)
{
	static const struct limit_case memory[] = {
	    {"512m", 512ull << 20},
	    {"2g", 2ull << 30},
	    {"2G", 2ull << 30},
	    {"2GiB", 2ull << 30},
	    {"6291456", 6 << 20},
	    {"8192k", 8 << 20},
	    {"0", 0},
	    {"-1", 0},
	    {"5m", REFUSED},
	    {"", REFUSED},
	    {"1.5g", REFUSED},
	    {"m", REFUSED},
	    {"-2", REFUSED},
	    {"2x", REFUSED},
	    {"99999999t", REFUSED},
	};
	static const struct limit_case pids[] = {
	    {"100", 100},  {"1", 1},        {"0", 0},        {"-1", 0},
	    {"", REFUSED}, {"1k", REFUSED}, {"00", REFUSED}, {"9999999999", REFUSED},
	};
	static const struct limit_case cpus[] = {
	    {"1.5", 150000}, {"2", 200000},    {".5", 50000},      {"0.01", 1000},  {"0", 0},
	    {"1.", 100000},  {"", REFUSED},    {"0.001", REFUSED}, {"-2", REFUSED}, {"1e3", REFUSED},
	    {".", REFUSED},  {"0x1", REFUSED}, {"inf", REFUSED},
	};
	for (size_t i = 0; i < sizeof(memory) / sizeof(*memory); i++)
		parse_one(runtime_limit_parse_memory, &memory[i]);
	for (size_t i = 0; i < sizeof(pids) / sizeof(*pids); i++)
		parse_one(runtime_limit_parse_pids, &pids[i]);
	for (size_t i = 0; i < sizeof(cpus) / sizeof(*cpus); i++)
		parse_one(runtime_limit_parse_cpus, &cpus[i]);
}

static void defaults_leave_room_for_the_machine(void **state)
{
	const struct runtime_limits l = runtime_limits_default();
	const uint64_t all = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
	assert_true(l.memory > all / 2 && l.memory < all / 5 * 4);
	assert_true(l.pids > 0 && l.pids <= 32768);
	assert_int_equal(l.cpu_micros, 0);
}

static void what_the_machine_cannot_enforce(void **state)
{
	const struct runtime_limits wanted = {1 << 30, 100, 150000};
	const struct runtime_cgroups all = {.memory = true, .pids = true, .cpu = true}, none = {0};
	CLEANUP_FREE char *missing = NULL, *nothing = NULL;
	struct runtime_limits l = runtime_limits_possible(&wanted, &all, &nothing);
	assert_memory_equal(&l, &wanted, sizeof(l));
	assert_null(nothing);
	l = runtime_limits_possible(&wanted, &none, &missing);
	assert_true(!l.memory && !l.pids && !l.cpu_micros);
	assert_string_equal(missing, "memory, processes, CPU time");
	l = runtime_limits_possible(&(struct runtime_limits){0}, &none, &nothing); /* nobody wants any */
	assert_null(nothing);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(as_docker_takes_them),
	    cmocka_unit_test(defaults_leave_room_for_the_machine),
	    cmocka_unit_test(what_the_machine_cannot_enforce),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
