#include "sensor/ptrace/affinity.h"

#include <signal.h>
#include <unistd.h>

#define ROW 8           /* stops of one tracee that make it likely that the next is its own too */
#define ROW_US 20000    /* in that time: who stops seldom gains nothing */
#define WINDOW 256      /* stops that tell how fast they come */
#define WINDOW_US 25600 /* in that time: otherwise the stops are not what takes the time */
#define REST_MIN 16
#define REST_MAX 4096
#define IDLE_NS 20000000

static uint64_t now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static void set_timer(struct ptrace_affinity *a, long ns)
{
	struct itimerspec when = {.it_value.tv_nsec = ns};
	timer_settime(a->timer, 0, &when, NULL);
}

static void on_signal(int sig)
{
}

void ptrace_affinity_init(struct ptrace_affinity *a, struct ptrace_tracees *tracees)
{
	*a = (struct ptrace_affinity){.tracees = tracees, .next_rest = REST_MIN};
	struct sigaction interrupt = {.sa_handler = on_signal}; /* not SA_RESTART */
	struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGRTMIN};
	event._sigev_un._tid = gettid();
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	a->has_timer = sigaction(SIGRTMIN, &interrupt, NULL) == 0 && pthread_sigmask(SIG_UNBLOCK, &set, NULL) == 0 &&
		       timer_create(CLOCK_MONOTONIC, &event, &a->timer) == 0;
}

void ptrace_affinity_done(struct ptrace_affinity *a)
{
	ptrace_affinity_undo(a);
	idmap_done(&a->pinned);
	if (a->has_timer)
		timer_delete(a->timer);
	a->has_timer = false;
}

/* Take the tracer to the one CPU that it is on. */
static void leave_free(struct ptrace_affinity *a, int mode)
{
	int cpu = sched_getcpu();
	if (!a->has_timer || cpu < 0 || cpu >= CPU_SETSIZE || sched_getaffinity(0, sizeof(a->ours), &a->ours) < 0 ||
	    CPU_COUNT(&a->ours) < 2)
		return;
	CPU_ZERO(&a->one);
	CPU_SET(cpu, &a->one);
	if (sched_setaffinity(0, sizeof(a->one), &a->one) < 0)
		return;
	a->mode = mode;
	a->idle = false;
	set_timer(a, IDLE_NS);
}

/* One that may not run there, or is not ours to move, stays where it is. */
static void pin(struct ptrace_affinity *a, struct ptrace_tracee *e)
{
	cpu_set_t own, both;
	if (a->mode == PTRACE_AFFINITY_FREE || e->pinned || sched_getaffinity(e->tid, sizeof(own), &own) < 0)
		return;
	CPU_AND(&both, &own, &a->one);
	if (!CPU_COUNT(&both) || sched_setaffinity(e->tid, sizeof(a->one), &a->one) < 0)
		return;
	e->pinned = e->was_pinned = true;
	(void)idmap_add(&a->pinned, 0, (uint32_t)e->tid);
	e->own_cpus = a->theirs = own;
}

static void unpin(struct ptrace_affinity *a, struct ptrace_tracee *e)
{
	idmap_remove(&a->pinned, 0, (uint32_t)e->tid);
	if (e->pinned)
		(void)sched_setaffinity(e->tid, sizeof(e->own_cpus), &e->own_cpus); /* it may be dead */
	e->pinned = false;
}

void ptrace_affinity_undo(struct ptrace_affinity *a)
{
	a->row = a->stops = 0;
	if (a->mode == PTRACE_AFFINITY_FREE)
		return;
	a->mode = PTRACE_AFFINITY_FREE;
	while (a->pinned.count) {
		uint64_t tid = a->pinned.items[a->pinned.count - 1].key[1];
		struct ptrace_tracee *e = ptrace_tracees_find(a->tracees, (pid_t)tid);
		if (e)
			unpin(a, e);
		idmap_remove(&a->pinned, 0, tid);
	}
	(void)sched_setaffinity(0, sizeof(a->ours), &a->ours);
	set_timer(a, 0);
}

/* Whether all should be on one CPU from now on, or no more. */
static void weigh_all(struct ptrace_affinity *a, uint64_t now)
{
	if (a->stops++ == 0)
		a->since = now;
	uint64_t took = now - a->since;
	if (a->mode == PTRACE_AFFINITY_ALL && took > a->free_took) {
		ptrace_affinity_undo(a);
		a->rest = a->next_rest;
		a->next_rest = a->next_rest < REST_MAX ? a->next_rest * 2 : REST_MAX;
	} else if (a->stops == WINDOW) {
		a->stops = 0;
		if (a->mode == PTRACE_AFFINITY_ALL) {
			a->next_rest = REST_MIN;
		} else if (a->rest) {
			a->rest--;
		} else if (took < WINDOW_US) {
			a->free_took = took;
			leave_free(a, PTRACE_AFFINITY_ALL);
		}
	}
}

void ptrace_affinity_stop(struct ptrace_affinity *a, struct ptrace_tracee *e, bool syscall)
{
	a->idle = false;
	if (a->last != e->tid) {
		if (a->mode == PTRACE_AFFINITY_ONE)
			ptrace_affinity_undo(a);
		a->last = e->tid;
		a->row = 0;
	}
	if (!syscall || a->mode == PTRACE_AFFINITY_ONE)
		return;
	uint64_t now = now_us();
	if (a->row++ == 0)
		a->row_since = now;
	if (a->mode == PTRACE_AFFINITY_FREE && a->row >= ROW) {
		a->row = 0;
		if (now - a->row_since <= ROW_US)
			leave_free(a, PTRACE_AFFINITY_ONE);
	}
	if (a->mode != PTRACE_AFFINITY_ONE)
		weigh_all(a, now);
	pin(a, e);
}

void ptrace_affinity_tick(struct ptrace_affinity *a)
{
	if (a->mode == PTRACE_AFFINITY_FREE)
		return;
	if (a->idle)
		ptrace_affinity_undo(a);
	else
		set_timer(a, IDLE_NS);
	a->idle = true;
}

void ptrace_affinity_leave(struct ptrace_affinity *a, struct ptrace_tracee *e)
{
	unpin(a, e);
	if (a->mode == PTRACE_AFFINITY_ONE && a->last == e->tid)
		ptrace_affinity_undo(a);
}

void ptrace_affinity_gone(struct ptrace_affinity *a, struct ptrace_tracee *e)
{
	e->pinned = false;
	ptrace_affinity_leave(a, e);
}

void ptrace_affinity_born(struct ptrace_affinity *a, const struct ptrace_tracee *parent, pid_t child)
{
	const cpu_set_t *own = parent ? &parent->own_cpus : &a->theirs;
	cpu_set_t inherited;
	/* Other stops may have been seen between the call and its event: the parent may be free by now, the child
	 * not. */
	if ((!parent || parent->was_pinned) && CPU_COUNT(own) &&
	    sched_getaffinity(child, sizeof(inherited), &inherited) == 0 && CPU_EQUAL(&inherited, &a->one))
		(void)sched_setaffinity(child, sizeof(*own), own);
}
