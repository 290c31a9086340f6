#include "unit.h"

#include <dirent.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "os/proc_tree.h"

static void work(void)
{
	struct timespec t;
	do
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	while (t.tv_sec == 0 && t.tv_nsec < 100000000);
}

/* A child whose own child works, and has then ended or waits. */
static void child_counts_one(bool ends)
{
	int ready[2];
	char c;
	assert_int_equal(pipe(ready), 0);
	pid_t pid = fork();
	if (pid == 0) {
		setpgid(0, 0);
		pid_t grandchild = fork();
		if (grandchild == 0) {
			work();
			if (!ends && write(ready[1], "x", 1) == 1)
				pause();
			_exit(0);
		}
		if (ends && waitpid(grandchild, NULL, 0) == grandchild && write(ready[1], "x", 1) != 1)
			_exit(1);
		pause();
	}
	assert_true(pid > 0);
	assert_int_equal(read(ready[0], &c, 1), 1);
	assert_true(proc_tree_ticks(pid) >= 5); /* of 10 */
	assert_true(proc_tree_ticks(getpid()) >= proc_tree_ticks(pid));
	kill(-pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(ready[0]);
	close(ready[1]);
}

static void descendants_count(void **state)
{
	child_counts_one(false);
	child_counts_one(true);
}

static void one_that_is_gone(void **state)
{
	assert_int_equal(proc_tree_ticks(INT32_MAX), 0);
}

#define DEADLINE_MS 60000

/* A child of which a grandchild works or waits. */
static pid_t begin(bool works)
{
	int ready[2];
	char c;
	assert_int_equal(pipe(ready), 0);
	pid_t child = fork();
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails leaves none */
		if (fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
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

/* One, and those that a sanitizer has in a process. */
static unsigned threads_of(pid_t pid)
{
	char path[64];
	unsigned n = 0;
	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	DIR *tasks = opendir(path);
	assert_non_null(tasks);
	for (const struct dirent *d; (d = readdir(tasks)) != NULL;)
		n += d->d_name[0] != '.';
	closedir(tasks);
	return n;
}

static void finish(pid_t pid)
{
	kill(child_of(pid), SIGKILL);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void work_of_descendants(void **state)
{
	struct proc_tree_load l;
	uint64_t until = clock_ms() + DEADLINE_MS;
	pid_t pid = begin(true);
	do
		assert_true(proc_tree_load(pid, &l));
	while ((l.ticks < 2 || l.busy == 0) && clock_ms() < until);
	assert_int_equal(l.tasks, threads_of(pid) + threads_of(child_of(pid)));
	assert_true(l.ticks >= 2 && l.busy == 1);
	finish(pid);
	pid = begin(false);
	do
		assert_true(proc_tree_load(pid, &l));
	while (l.busy && clock_ms() < until);
	assert_int_equal(l.busy, 0);
	finish(pid);
	assert_false(proc_tree_load(pid, &l));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(descendants_count),
	    cmocka_unit_test(one_that_is_gone),
	    cmocka_unit_test(work_of_descendants),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
