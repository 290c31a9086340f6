#include "unit.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sensor/ptrace/affinity.h"

#define CHILDREN 2

struct fixture {
	struct ptrace_tracees tracees;
	struct ptrace_affinity affinity;
	pid_t pids[CHILDREN];
	cpu_set_t all;
};

static bool has_mask(pid_t pid, const cpu_set_t *expected)
{
	cpu_set_t now;
	assert_return_code(sched_getaffinity(pid, sizeof(now), &now), errno);
	return CPU_EQUAL(&now, expected);
}

static struct ptrace_tracee *child(struct fixture *f, int i)
{
	return ptrace_tracees_find(&f->tracees, f->pids[i]);
}

static int set_up(void **state)
{
	static struct fixture f;
	f = (struct fixture){0};
	sched_getaffinity(0, sizeof(f.all), &f.all);
	for (int i = 0; i < CHILDREN; i++) {
		f.pids[i] = fork();
		if (f.pids[i] == 0)
			for (;;)
				pause();
		ptrace_tracees_get(&f.tracees, f.pids[i]);
	}
	ptrace_affinity_init(&f.affinity, &f.tracees);
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	ptrace_affinity_done(&f->affinity);
	for (int i = 0; i < CHILDREN; i++) {
		kill(f->pids[i], SIGKILL);
		while (waitpid(f->pids[i], NULL, 0) < 0 && errno == EINTR)
			;
	}
	ptrace_tracees_done(&f->tracees);
	return 0;
}

static bool one_cpu(const struct fixture *f)
{
	return CPU_COUNT(&f->all) < 2; /* nothing to choose */
}

static void stop_in_a_row(struct fixture *f, int i)
{
	while (f->affinity.mode != PTRACE_AFFINITY_ONE)
		ptrace_affinity_stop(&f->affinity, child(f, i), true);
}

/* The machine may be too busy for it to be fast at first. */
static void stop_in_turns(struct fixture *f)
{
	for (int i = 0; f->affinity.mode != PTRACE_AFFINITY_ALL; i++)
		ptrace_affinity_stop(&f->affinity, child(f, i % CHILDREN), true);
}

static void one_in_a_row_is_pinned_until_another_stops(void **state)
{
	struct fixture *f = *state;
	if (one_cpu(f))
		skip();
	ptrace_affinity_stop(&f->affinity, child(f, 0), true);
	assert_true(has_mask(f->pids[0], &f->all));
	stop_in_a_row(f, 0);
	assert_int_equal(CPU_COUNT(&f->affinity.one), 1);
	assert_true(has_mask(f->pids[0], &f->affinity.one));
	assert_true(has_mask(0, &f->affinity.one));
	assert_true(has_mask(f->pids[1], &f->all));
	ptrace_affinity_stop(&f->affinity, child(f, 1), false);
	assert_true(has_mask(f->pids[0], &f->all));
	assert_true(has_mask(0, &f->all));
}

static void stops_of_no_syscall_pin_nobody(void **state)
{
	struct fixture *f = *state;
	for (int i = 0; i < 1000; i++)
		ptrace_affinity_stop(&f->affinity, child(f, 0), false);
	assert_int_equal(f->affinity.mode, PTRACE_AFFINITY_FREE);
}

static void all_are_pinned_while_that_is_faster(void **state)
{
	struct fixture *f = *state;
	if (one_cpu(f))
		skip();
	stop_in_turns(f);
	f->affinity.free_took = UINT64_MAX; /* anything is faster */
	for (int i = 0; i < 2 * CHILDREN; i++)
		ptrace_affinity_stop(&f->affinity, child(f, i % CHILDREN), true);
	for (int i = 0; i < CHILDREN; i++)
		assert_true(has_mask(f->pids[i], &f->affinity.one));
	f->affinity.free_took = 0; /* nothing is */
	while (f->affinity.mode == PTRACE_AFFINITY_ALL)
		ptrace_affinity_stop(&f->affinity, child(f, 0), true);
	for (int i = 0; i < CHILDREN; i++)
		assert_true(has_mask(f->pids[i], &f->all));
	assert_true(f->affinity.rest > 0);
}

static void idle_ones_are_freed(void **state)
{
	struct fixture *f = *state;
	if (one_cpu(f))
		skip();
	stop_in_a_row(f, 0);
	ptrace_affinity_tick(&f->affinity);
	ptrace_affinity_stop(&f->affinity, child(f, 0), true);
	ptrace_affinity_tick(&f->affinity);
	assert_int_equal(f->affinity.mode, PTRACE_AFFINITY_ONE);
	ptrace_affinity_tick(&f->affinity);
	assert_true(has_mask(f->pids[0], &f->all));
	/* and the tick comes by itself */
	sigset_t tick;
	sigemptyset(&tick);
	sigaddset(&tick, SIGRTMIN);
	sigprocmask(SIG_BLOCK, &tick, NULL); /* kept until it is waited for */
	stop_in_a_row(f, 0);
	for (int ticks = 0; ticks < 2; ticks++) {
		assert_int_equal(sigwaitinfo(&tick, NULL), SIGRTMIN);
		ptrace_affinity_tick(&f->affinity);
	}
	assert_int_equal(f->affinity.mode, PTRACE_AFFINITY_FREE);
}

static void children_inherit_the_own_mask(void **state)
{
	struct fixture *f = *state;
	if (one_cpu(f))
		skip();
	stop_in_a_row(f, 0);
	/* the second is the first's child, born while it was pinned and told of after it was freed */
	assert_return_code(sched_setaffinity(f->pids[1], sizeof(f->affinity.one), &f->affinity.one), errno);
	ptrace_affinity_undo(&f->affinity);
	ptrace_affinity_born(&f->affinity, child(f, 0), f->pids[1]);
	assert_true(has_mask(f->pids[1], &f->all));
	/* a child of one that was never pinned has what its parent chose */
	assert_return_code(sched_setaffinity(f->pids[0], sizeof(f->affinity.one), &f->affinity.one), errno);
	ptrace_affinity_born(&f->affinity, child(f, 1), f->pids[0]);
	assert_true(has_mask(f->pids[0], &f->affinity.one));
}

static void who_is_gone_frees_the_tracer(void **state)
{
	struct fixture *f = *state;
	if (one_cpu(f))
		skip();
	stop_in_a_row(f, 0);
	ptrace_affinity_gone(&f->affinity, child(f, 0));
	assert_true(has_mask(0, &f->all));
	assert_true(has_mask(f->pids[0], &f->affinity.one)); /* left alone: the id may be another's */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(one_in_a_row_is_pinned_until_another_stops, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(stops_of_no_syscall_pin_nobody, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(all_are_pinned_while_that_is_faster, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(idle_ones_are_freed, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(children_inherit_the_own_mask, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(who_is_gone_frees_the_tracer, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
