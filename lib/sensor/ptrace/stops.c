#include "sensor/ptrace/stops.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#define QUIET_NS 1000000 /* without a signal: then all are asked, if one may have been lost */
#define IDLE_NS 50000000 /* and in any case */
#define REST 4           /* times as long as a round took, before the next one */

static uint64_t now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static pid_t ask(struct ptrace_stops *s, pid_t tid, int *status)
{
	s->asked++;
	return waitpid(tid, status, __WALL | __WNOTHREAD | WNOHANG);
}

void ptrace_stops_expect(struct ptrace_stops *s, pid_t tid)
{
	for (unsigned i = 0; i < PTRACE_STOPS_RECENT; i++)
		if (s->recent[i] == tid)
			return;
	s->recent[s->next_recent++ % PTRACE_STOPS_RECENT] = tid;
}

static pid_t ask_recent(struct ptrace_stops *s, int *status)
{
	for (unsigned i = 0; i < PTRACE_STOPS_RECENT; i++) {
		pid_t tid = s->recent[i] ? ask(s, s->recent[i], status) : 0;
		if (tid > 0)
			return tid;
		if (tid < 0)
			s->recent[i] = 0;
	}
	return 0;
}

/* Return the next one of the round that has stopped. A tracee that has ended takes its item out, and the last item,
 * which was asked already, takes its place. So the round goes from the end. Its last step asks for those that are not
 * known yet. */
static pid_t sweep(struct ptrace_stops *s, const struct ptrace_tracees *tracees, int *status)
{
	if (s->sweep > ptrace_tracees_count(tracees))
		s->sweep = ptrace_tracees_count(tracees);
	while (s->sweep) {
		pid_t tid = ask(s, ptrace_tracees_item(tracees, --s->sweep)->tid, status);
		if (tid > 0)
			return tid;
	}
	uint64_t now = now_us();
	s->rest = now + REST * (now - s->sweep_since);
	return ask(s, -1, status);
}

static void begin_sweep(struct ptrace_stops *s, const struct ptrace_tracees *tracees)
{
	s->sweep = ptrace_tracees_count(tracees);
	s->sweep_since = now_us();
	s->told = false;
}

static pid_t wait_in_crowd(struct ptrace_stops *s, const struct ptrace_tracees *tracees, int *status)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	for (;;) {
		pid_t tid = ask_recent(s, status);
		if (tid == 0 && s->sweep)
			tid = sweep(s, tracees, status);
		if (tid)
			return tid;
		siginfo_t info;
		const struct timespec limit = {.tv_nsec = s->told ? QUIET_NS : IDLE_NS};
		int sig = sigtimedwait(&set, &info, &limit);
		if (sig < 0 && errno == EINTR)
			return -1;
		if (sig > 0) {
			s->told = true;
			if (info.si_pid > 0 && (tid = ask(s, info.si_pid, status)) > 0)
				return tid;
		} else if (now_us() >= s->rest) {
			begin_sweep(s, tracees);
		}
	}
}

pid_t ptrace_stops_wait(struct ptrace_stops *s, const struct ptrace_tracees *tracees, int *status)
{
	s->waits++;
	if (ptrace_tracees_count(tracees) < PTRACE_STOPS_CROWD) {
		s->asked++;
		s->sweep = 0;
		return waitpid(-1, status, __WALL | __WNOTHREAD);
	}
	pid_t tid = wait_in_crowd(s, tracees, status);
	if (tid > 0)
		ptrace_stops_expect(s, tid);
	return tid;
}
