#include "sensor/affinity.h"

#include "base/clock.h"

#define ROW 8     /* stops of one tracee that make it likely that the next is its own too */
#define ROW_MS 20 /* in that time: who stops seldom gains nothing */

static void pin(struct affinity *a, pid_t tid)
{
	int cpu = sched_getcpu();
	cpu_set_t its, ours;
	if (cpu < 0 || cpu >= CPU_SETSIZE || sched_getaffinity(0, sizeof(ours), &ours) < 0 ||
	    sched_getaffinity(tid, sizeof(its), &its) < 0 || !CPU_ISSET(cpu, &its) || CPU_COUNT(&ours) < 2)
		return;
	CPU_ZERO(&a->one);
	CPU_SET(cpu, &a->one);
	if (sched_setaffinity(0, sizeof(a->one), &a->one) < 0)
		return;
	a->pinned = true;
	a->tid = tid;
	a->its = its;
	a->ours = ours;
	if (sched_setaffinity(tid, sizeof(a->one), &a->one) < 0)
		affinity_undo(a);
}

void affinity_stop(struct affinity *a, pid_t tid, bool syscall)
{
	if (a->last != tid) {
		affinity_undo(a);
		a->last = tid;
	}
	if (!syscall || a->pinned)
		return;
	if (a->stops++ == 0)
		a->since = clock_ms();
	if (a->stops < ROW)
		return;
	a->stops = 0;
	if (clock_ms() - a->since <= ROW_MS)
		pin(a, tid);
}

/* It may be dead already, or our masks changed from outside: nothing to do about either. */
void affinity_undo(struct affinity *a)
{
	a->stops = 0;
	if (!a->pinned)
		return;
	a->pinned = false;
	(void)sched_setaffinity(a->tid, sizeof(a->its), &a->its);
	(void)sched_setaffinity(0, sizeof(a->ours), &a->ours);
}

void affinity_born(struct affinity *a, pid_t parent, pid_t child)
{
	cpu_set_t inherited;
	/* Another stop may have been seen between the call and its event: the parent is free then, the child not. */
	if (parent == a->tid && sched_getaffinity(child, sizeof(inherited), &inherited) == 0 &&
	    CPU_EQUAL(&inherited, &a->one))
		(void)sched_setaffinity(child, sizeof(a->its), &a->its);
}

void affinity_gone(struct affinity *a, pid_t tid)
{
	if (tid != a->tid)
		return;
	if (a->pinned)
		(void)sched_setaffinity(0, sizeof(a->ours), &a->ours);
	a->pinned = false;
	a->tid = 0;
}
