#include "sensor/affinity.h"

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

static void set_timer(struct affinity *a, long ns)
{
	struct itimerspec when = {.it_value.tv_nsec = ns};
	timer_settime(a->timer, 0, &when, NULL);
}

static void on_signal(int sig)
{
}

void affinity_init(struct affinity *a, struct tracees *tracees)
{
	*a = (struct affinity){.tracees = tracees, .next_rest = REST_MIN};
	struct sigaction interrupt = {.sa_handler = on_signal}; /* not SA_RESTART */
	struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGRTMIN};
	event._sigev_un._tid = gettid();
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	a->has_timer = sigaction(SIGRTMIN, &interrupt, NULL) == 0 && pthread_sigmask(SIG_UNBLOCK, &set, NULL) == 0 &&
		       timer_create(CLOCK_MONOTONIC, &event, &a->timer) == 0;
}

void affinity_done(struct affinity *a)
{
	affinity_undo(a);
	if (a->has_timer)
		timer_delete(a->timer);
	a->has_timer = false;
}

/* Take the tracer to the one CPU that it is on. */
static void leave_free(struct affinity *a, int mode)
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
static void pin(struct affinity *a, struct tracee *e)
{
	cpu_set_t own, both;
	if (a->mode == AFFINITY_FREE || e->pinned || sched_getaffinity(e->tid, sizeof(own), &own) < 0)
		return;
	CPU_AND(&both, &own, &a->one);
	if (!CPU_COUNT(&both) || sched_setaffinity(e->tid, sizeof(a->one), &a->one) < 0)
		return;
	e->pinned = e->was_pinned = true;
	e->own_cpus = a->theirs = own;
}

static void unpin(struct tracee *e)
{
	if (e->pinned)
		(void)sched_setaffinity(e->tid, sizeof(e->own_cpus), &e->own_cpus); /* it may be dead */
	e->pinned = false;
}

void affinity_undo(struct affinity *a)
{
	a->row = a->stops = 0;
	if (a->mode == AFFINITY_FREE)
		return;
	a->mode = AFFINITY_FREE;
	for (size_t i = 0; i < tracees_count(a->tracees); i++)
		unpin(tracees_item(a->tracees, i));
	(void)sched_setaffinity(0, sizeof(a->ours), &a->ours);
	set_timer(a, 0);
}

/* Whether all should be on one CPU from now on, or no more. */
static void weigh_all(struct affinity *a, uint64_t now)
{
	if (a->stops++ == 0)
		a->since = now;
	uint64_t took = now - a->since;
	if (a->mode == AFFINITY_ALL && took > a->free_took) {
		affinity_undo(a);
		a->rest = a->next_rest;
		a->next_rest = a->next_rest < REST_MAX ? a->next_rest * 2 : REST_MAX;
	} else if (a->stops == WINDOW) {
		a->stops = 0;
		if (a->mode == AFFINITY_ALL) {
			a->next_rest = REST_MIN;
		} else if (a->rest) {
			a->rest--;
		} else if (took < WINDOW_US) {
			a->free_took = took;
			leave_free(a, AFFINITY_ALL);
		}
	}
}

void affinity_stop(struct affinity *a, struct tracee *e, bool syscall)
{
	a->idle = false;
	if (a->last != e->tid) {
		if (a->mode == AFFINITY_ONE)
			affinity_undo(a);
		a->last = e->tid;
		a->row = 0;
	}
	if (!syscall || a->mode == AFFINITY_ONE)
		return;
	uint64_t now = now_us();
	if (a->row++ == 0)
		a->row_since = now;
	if (a->mode == AFFINITY_FREE && a->row >= ROW) {
		a->row = 0;
		if (now - a->row_since <= ROW_US)
			leave_free(a, AFFINITY_ONE);
	}
	if (a->mode != AFFINITY_ONE)
		weigh_all(a, now);
	pin(a, e);
}

void affinity_tick(struct affinity *a)
{
	if (a->mode == AFFINITY_FREE)
		return;
	if (a->idle)
		affinity_undo(a);
	else
		set_timer(a, IDLE_NS);
	a->idle = true;
}

void affinity_leave(struct affinity *a, struct tracee *e)
{
	unpin(e);
	if (a->mode == AFFINITY_ONE && a->last == e->tid)
		affinity_undo(a);
}

void affinity_gone(struct affinity *a, struct tracee *e)
{
	e->pinned = false;
	affinity_leave(a, e);
}

void affinity_born(struct affinity *a, const struct tracee *parent, pid_t child)
{
	const cpu_set_t *own = parent ? &parent->own_cpus : &a->theirs;
	cpu_set_t inherited;
	/* Other stops may have been seen between the call and its event: the parent may be free by now, the child not.
	 */
	if ((!parent || parent->was_pinned) && CPU_COUNT(own) &&
	    sched_getaffinity(child, sizeof(inherited), &inherited) == 0 && CPU_EQUAL(&inherited, &a->one))
		(void)sched_setaffinity(child, sizeof(*own), own);
}
