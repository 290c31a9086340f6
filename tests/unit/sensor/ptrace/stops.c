#include "unit.h"

#include <errno.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sensor/ptrace/stops.h"

#define CROWD (PTRACE_STOPS_CROWD + 200)
#define STOPS 3

static void child(int go)
{
	char c;
	if (read(go, &c, 1) < 0)
		_exit(1);
	for (int i = 0; i < STOPS; i++)
		raise(SIGUSR1); /* which stops it for its tracer, who takes the signal away */
	_exit(0);
}

static void start(struct ptrace_tracees *t, int go[2])
{
	assert_int_equal(pipe(go), 0);
	for (int i = 0; i < CROWD; i++) {
		pid_t pid = fork();
		if (pid == 0) {
			close(go[1]);
			child(go[0]);
		}
		assert_true(pid > 0);
		assert_int_equal(ptrace(PTRACE_SEIZE, pid, 0, PTRACE_O_EXITKILL), 0);
		(void)ptrace_tracees_get(t, pid);
	}
	close(go[0]);
}

/* All stop at once, so that most of what SIGCHLD would tell is lost. waitpid(-1) alone would look at CROWD / 2 tracees
 * for each stop. */
static void every_stop_is_found_by_few_questions(void **state)
{
	struct ptrace_tracees tracees = {0};
	struct ptrace_stops s = {0};
	int go[2], status;
	size_t stops = 0, ends = 0;
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	start(&tracees, go);
	close(go[1]);
	while (ptrace_tracees_count(&tracees)) {
		pid_t tid = ptrace_stops_wait(&s, &tracees, &status);
		assert_true(tid > 0);
		if (WIFSTOPPED(status)) {
			stops += WSTOPSIG(status) == SIGUSR1;
			assert_int_equal(ptrace(PTRACE_CONT, tid, 0, 0), 0);
			continue;
		}
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
		ptrace_tracees_remove(&tracees, tid);
		ends++;
	}
	assert_int_equal(stops, CROWD * STOPS);
	assert_int_equal(ends, CROWD);
	assert_int_equal(ptrace_stops_wait(&s, &tracees, &status), -1);
	assert_int_equal(errno, ECHILD);
	assert_true(s.asked < 32 * s.waits);
	ptrace_tracees_done(&tracees);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_stop_is_found_by_few_questions),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
