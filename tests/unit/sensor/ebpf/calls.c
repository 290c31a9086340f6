/* The map that tells the kernel's side what to do with each call, written twice. */
#include "unit.h"

#include <bpf/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>

#include "base/cleanup.h"
#include "sensor/ebpf/bpf/record.h"
#include "sensor/ebpf/calls.h"

static int map;

static struct record_call call_at(uint32_t nr)
{
	struct record_call c = {0};
	assert_int_equal(bpf_map_lookup_elem(map, &nr, &c), 0);
	return c;
}

static void fill(const char *refused)
{
	struct strset names = {0};
	(void)strset_add(&names, refused);
	assert_int_equal(ebpf_calls_fill(map, &names), 0);
	strset_done(&names);
}

static void each_call_is_told(void **state)
{
	fill("mount");
	assert_int_equal(call_at(SYS_openat).flags, CALL_KNOWN | CALL_OPEN);
	assert_int_equal(call_at(SYS_openat).dir, 0);
	assert_int_equal(call_at(SYS_openat).path, 1);
	assert_int_equal(call_at(SYS_exit_group).flags, CALL_ENDS);
	assert_int_equal(call_at(SYS_read).flags, 0);
	assert_true(call_at(SYS_mount).flags & CALL_DENIED);
}

static void what_was_refused_before_is_forgotten(void **state)
{
	fill("mount");
	fill("umount2");
	assert_false(call_at(SYS_mount).flags & CALL_DENIED);
	assert_true(call_at(SYS_umount2).flags & CALL_DENIED);
}

int main(void)
{
	CLEANUP_FD int fd = map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "calls", sizeof(uint32_t),
						 sizeof(struct record_call), RECORD_ABIS * RECORD_CALLS, NULL);
	if (fd < 0) {
		const char *required = getenv("SLIM_TEST_REQUIRE");
		puts("1..0 # SKIP no eBPF");
		return required && strstr(required, "ebpf");
	}
	const struct CMUnitTest tests[] = {cmocka_unit_test(each_call_is_told),
					   cmocka_unit_test(what_was_refused_before_is_forgotten)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
