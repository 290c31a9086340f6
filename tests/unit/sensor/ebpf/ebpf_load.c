/* The kernel's side alone: nobody reads what it writes, and it says that it lost some. */
#include "unit.h"

#include <bpf/bpf.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sensor/ebpf/bpf/record.h"
#include "sensor/ebpf/ebpf_load.h"

static struct ebpf_loaded *loaded;

/* Executed under a filter, so as a container's. */
static int act(unsigned calls)
{
	char path[256];
	struct stat st;
	for (unsigned i = 0; i < calls; i++) {
		snprintf(path, sizeof(path), "/nowhere/%0200u", i);
		(void)!stat(path, &st);
	}
	return 0;
}

static void launch(int go, const char *calls)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog filter = {1, &allow};
	char c;
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (read(go, &c, 1) == 1 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0)
		execl("/proc/self/exe", "act", calls, NULL);
	_exit(1);
}

static uint64_t counter(uint32_t which)
{
	uint64_t n = 0;
	assert_int_equal(bpf_map_lookup_elem(loaded->counters, &which, &n), 0);
	return n;
}

static void run(const char *calls)
{
	int go[2], status;
	assert_int_equal(pipe(go), 0);
	pid_t pid = fork();
	if (pid == 0)
		launch(go[0], calls);
	CLEANUP_FD int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	struct record_thread thread = {.task = 1};
	assert_int_equal(bpf_map_update_elem(loaded->threads, &pidfd, &thread, BPF_ANY), 0);
	assert_int_equal(write(go[1], "", 1), 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	close(go[0]);
	close(go[1]);
}

static void attach_all(void)
{
	struct err err = {0};
	assert_int_equal(ebpf_attach(loaded, 0, 0, &(struct strset){0}, &err), 0);
}

static void what_does_not_fit_is_counted(void **state)
{
	attach_all();
	run("1000");
	uint64_t few = counter(COUNT_RECORDS);
	assert_true(few >= 1000);
	assert_int_equal(counter(COUNT_LOST), 0);
	run("1000"); /* seen before */
	assert_true(counter(COUNT_RECORDS) < few + 500);
	assert_int_equal(counter(COUNT_LOST), 0);
	run("150000"); /* of more than 300 bytes each, into 32 MB */
	assert_true(counter(COUNT_LOST) > 0);
	assert_int_equal(ebpf_missed(loaded), 0);
}

static void the_next_recording_begins_anew(void **state)
{
	attach_all();
	run("1000");
	const uint64_t first = counter(COUNT_RECORDS);
	ebpf_detach(loaded);
	run("1000"); /* nobody follows */
	assert_int_equal(counter(COUNT_RECORDS), first);
	assert_int_equal(ebpf_empty(loaded), 0);
	for (uint32_t i = 0; i < COUNTERS; i++)
		assert_int_equal(counter(i), 0);
	uint64_t key;
	assert_true(bpf_map_get_next_key(loaded->used, NULL, &key) < 0);
	attach_all();
	run("1000"); /* seen before, but not in this recording */
	assert_true(counter(COUNT_RECORDS) >= 1000);
	assert_int_equal(ebpf_missed(loaded), 0);
	ebpf_detach(loaded);
	assert_int_equal(ebpf_empty(loaded), 0);
}

int main(int argc, char **argv)
{
	struct err err = {0};
	if (argc > 1)
		return act((unsigned)atoi(argv[1]));
	if (ebpf_load(&loaded, &err) < 0) {
		const char *required = getenv("SLIM_TEST_REQUIRE");
		fprintf(stderr, "%s\n", err.msg);
		puts("1..0 # SKIP no eBPF");
		return required && strstr(required, "ebpf");
	}
	const struct CMUnitTest tests[] = {cmocka_unit_test(the_next_recording_begins_anew),
					   cmocka_unit_test(what_does_not_fit_is_counted)};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	ebpf_unload(loaded);
	return failed;
}
