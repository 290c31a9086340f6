/* A guard whose process is killed, and one that is let go. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sensor/ebpf/kill_guard.h"

/* In the guard: says so, once, through the one descriptor that it kept. */
static bool tell(const int *fds)
{
	(void)!write(fds[0], "x", 1); /* its reader is the test */
	return false;
}

static bool tell_twice(const int *fds)
{
	static int n;
	(void)!write(fds[0], "x", 1);
	return ++n < 2;
}

static size_t told(int fd)
{
	char text[8];
	size_t n = 0;
	ssize_t got;
	while ((got = read(fd, text, sizeof(text))) > 0)
		n += (size_t)got;
	return n;
}

static void it_acts_when_its_process_is_killed(void **state)
{
	int out[2], ready[2];
	char c;
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	pid_t pid = fork();
	if (pid == 0) {
		struct ebpf_kill_guard g;
		if (ebpf_kill_guard_start(&g, tell_twice, &out[1], 1, NULL) < 0)
			_exit(1);
		close(out[1]);
		(void)!write(ready[1], "", 1);
		for (;;)
			pause();
	}
	close(out[1]);
	assert_int_equal(read(ready[0], &c, 1), 1);
	struct pollfd p = {.fd = out[0], .events = POLLIN};
	assert_int_equal(poll(&p, 1, 0), 0); /* not before */
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(told(out[0]), 2); /* ends: the guard holds it no more */
	close(out[0]);
	close(ready[0]);
	close(ready[1]);
}

static void it_ends_with_its_owner(void **state)
{
	int out[2];
	struct ebpf_kill_guard g;
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	assert_int_equal(ebpf_kill_guard_start(&g, tell, &out[1], 1, NULL), 0);
	pid_t pid = g.pid;
	close(out[1]);
	ebpf_kill_guard_done(&g);
	assert_int_equal(told(out[0]), 1);
	assert_true(kill(pid, 0) < 0 && errno == ESRCH);
	ebpf_kill_guard_done(&g);
	close(out[0]);
}

/* Whatever the limit of open files: it stands, or says that it does not. */
static void a_low_limit_is_enough_or_told(void **state)
{
	int out[2];
	struct rlimit old, low = {.rlim_cur = 50};
	struct err e = {0};
	struct ebpf_kill_guard g;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	low.rlim_max = old.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	assert_int_equal(ebpf_kill_guard_start(&g, tell, &out[1], 1, &e), 0);
	ebpf_kill_guard_done(&g);

	int fds[29];
	for (size_t i = 0; i < 29; i++)
		fds[i] = out[1];
	assert_true(ebpf_kill_guard_start(&g, tell, fds, 29, &e) < 0); /* it needs about twice as many for a moment */
	assert_int_equal(e.sys, EMFILE);
	assert_int_equal(g.pid, 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	close(out[1]);
	assert_int_equal(told(out[0]), 1);
	close(out[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(it_acts_when_its_process_is_killed),
	    cmocka_unit_test(it_ends_with_its_owner),
	    cmocka_unit_test(a_low_limit_is_enough_or_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
