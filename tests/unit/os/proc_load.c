#include "unit.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "os/proc_load.h"

#define DEADLINE_MS 60000

/* A child of which a grandchild works or waits. */
static pid_t begin(bool works)
{
	int ready[2];
	char c;
	assert_int_equal(pipe(ready), 0);
	pid_t child = fork();
	if (child == 0) {
		if (fork() == 0) {
			(void)!write(ready[1], "x", 1);
			for (volatile unsigned i = 0;; i++)
				if (!works)
					pause();
		}
		pause();
		_exit(0);
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	close(ready[0]);
	close(ready[1]);
	setpgid(child, child);
	return child;
}

static pid_t child_of(pid_t pid)
{
	char path[64];
	int found = 0;
	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid, pid);
	FILE *f = fopen(path, "re");
	assert_non_null(f);
	assert_int_equal(fscanf(f, "%d", &found), 1);
	fclose(f);
	return found;
}

static void finish(pid_t pid)
{
	kill(child_of(pid), SIGKILL);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void descendants_count(void **state)
{
	struct proc_load l;
	uint64_t until = clock_ms() + DEADLINE_MS;
	pid_t pid = begin(true);
	do
		assert_true(proc_load_read(pid, &l));
	while ((l.ticks < 2 || l.busy == 0) && clock_ms() < until);
	assert_int_equal(l.tasks, 2);
	assert_true(l.ticks >= 2 && l.busy == 1);
	finish(pid);
	pid = begin(false);
	do
		assert_true(proc_load_read(pid, &l));
	while (l.busy && clock_ms() < until);
	assert_int_equal(l.busy, 0);
	finish(pid);
	assert_false(proc_load_read(pid, &l));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(descendants_count)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
