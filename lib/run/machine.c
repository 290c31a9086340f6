#include "run/machine.h"

static const struct run_step nothing;

static struct run_step act(unsigned actions)
{
	return (struct run_step){.actions = actions};
}

bool run_machine_is_job(const struct run_machine_rules *rules)
{
	return !rules->awaits_port && !rules->awaits_print && !rules->has_exercises;
}

const char *run_end_name(enum run_end end)
{
	static const char *const names[] = {
	    [RUN_END_ITSELF] = "itself", [RUN_END_STOPPED] = "stop-signal", [RUN_END_KILLED] = "kill"};
	return names[end];
}

enum run_end run_machine_end(const struct run_machine *m)
{
	if (m->phase == RUN_PHASE_KILLED || m->phase == RUN_PHASE_KILLED_WHOLE)
		return RUN_END_KILLED;
	return m->signalled ? RUN_END_STOPPED : RUN_END_ITSELF;
}

void run_machine_init(struct run_machine *m, const struct run_machine_rules *rules, uint64_t now)
{
	*m = (struct run_machine){
	    .rules = *rules,
	    .born = now,
	    .deadline = now + rules->ready_timeout_ms,
	    .linger_until = RUN_MACHINE_NEVER,
	    .look_at = RUN_MACHINE_NEVER,
	};
}

uint64_t run_machine_deadline(const struct run_machine *m)
{
	uint64_t first = m->deadline < m->linger_until ? m->deadline : m->linger_until;
	return first < m->look_at ? first : m->look_at;
}

/* ---- the end ---- */

static struct run_step kill_first(struct run_machine *m, uint64_t now)
{
	m->phase = RUN_PHASE_KILLED;
	m->look_at = RUN_MACHINE_NEVER;
	m->deadline = now + RUN_MACHINE_KILL_MS;
	return act(RUN_DO_KILL);
}

static struct run_step kill_whole(struct run_machine *m, uint64_t now)
{
	m->phase = RUN_PHASE_KILLED_WHOLE;
	m->look_at = RUN_MACHINE_NEVER;
	m->deadline = now + RUN_MACHINE_KILL_MS;
	m->linger_until = RUN_MACHINE_NEVER;
	return act(RUN_DO_KILL_WHOLE);
}

static unsigned quit(struct run_machine *m)
{
	unsigned actions = m->exercising ? RUN_DO_QUIT : 0;
	m->exercising = false;
	return actions;
}

static struct run_step give_up(struct run_machine *m)
{
	m->phase = RUN_PHASE_OVER;
	m->deadline = m->linger_until = m->look_at = RUN_MACHINE_NEVER;
	return (struct run_step){quit(m), RUN_FAILURE_UNKILLABLE};
}

static struct run_step on_gone(struct run_machine *m, uint64_t now)
{
	m->gone = true;
	m->linger_until = now + RUN_MACHINE_LINGER_MS;
	return nothing;
}

static struct run_step on_lingering(struct run_machine *m, uint64_t now)
{
	unsigned actions = quit(m);
	struct run_step s = kill_whole(m, now);
	s.actions |= actions;
	s.failure = RUN_FAILURE_LINGERING;
	return s;
}

static struct run_step on_cancel(struct run_machine *m, uint64_t now)
{
	struct run_step s = nothing;
	if (m->phase < RUN_PHASE_KILLED)
		s = kill_first(m, now);
	else if (m->phase == RUN_PHASE_KILLED)
		s = kill_whole(m, now);
	s.failure = RUN_FAILURE_CANCELLED;
	return s;
}

static struct run_step on_ended(struct run_machine *m)
{
	enum run_phase was = m->phase;
	struct run_step s = {.actions = quit(m)};
	m->phase = RUN_PHASE_OVER;
	m->deadline = m->linger_until = m->look_at = RUN_MACHINE_NEVER;
	if (!m->started)
		s.failure = RUN_FAILURE_NOT_STARTED;
	else if (was == RUN_PHASE_EXERCISING && !m->rules.may_exit)
		s.failure = RUN_FAILURE_WHILE_EXERCISED;
	else if (was == RUN_PHASE_STARTING && (m->rules.awaits_port || m->rules.awaits_print) && !m->rules.may_exit)
		s.failure = RUN_FAILURE_NOT_LISTENING;
	return s;
}

/* ---- stopping ---- */

static struct run_step stop(struct run_machine *m)
{
	m->phase = RUN_PHASE_STOPPING;
	m->look_at = m->deadline = RUN_MACHINE_NEVER;
	m->idle = 0;
	return act(RUN_DO_LOOK);
}

static struct run_step send_signal(struct run_machine *m, uint64_t now)
{
	uint64_t patience = m->rules.stop_timeout_ms;
	if (m->rules.ignores_stop && patience > RUN_MACHINE_IDLE_MS)
		patience = RUN_MACHINE_IDLE_MS;
	m->signalled = true;
	m->stop_until = now + patience;
	m->deadline = now + RUN_MACHINE_LOOK_MS;
	return act(RUN_DO_SIGNAL);
}

/* Some handlers only set the signal back to its default and send it again. The kernel ignores that for the first
 * process of a container. So a process that no longer heeds the signal, and is idle, will not end. */
static struct run_step on_stop_looked(struct run_machine *m, const struct run_event *e, uint64_t now)
{
	const bool rests = e->ticks == m->ticks;
	m->ticks = e->ticks;
	if (!m->signalled)
		return e->heeds ? send_signal(m, now) : kill_first(m, now);
	m->idle = rests && !e->heeds ? m->idle + 1 : 0;
	if (now >= m->stop_until || m->idle * RUN_MACHINE_LOOK_MS >= RUN_MACHINE_IDLE_MS ||
	    (rests && m->rules.ignores_stop))
		return kill_first(m, now);
	uint64_t next = now + RUN_MACHINE_LOOK_MS;
	m->deadline = next < m->stop_until ? next : m->stop_until;
	return nothing;
}

/* ---- from the start to the stop ---- */

static struct run_step wait_for_end(struct run_machine *m, uint64_t now)
{
	m->phase = RUN_PHASE_WAITING;
	m->deadline = m->rules.until == RUN_UNTIL_SECONDS ? now + m->rules.seconds * 1000ull : RUN_MACHINE_NEVER;
	return nothing;
}

static struct run_step exercise(struct run_machine *m, uint64_t now)
{
	m->phase = RUN_PHASE_EXERCISING;
	m->look_at = RUN_MACHINE_NEVER;
	m->deadline = m->rules.exercise_timeout_ms ? now + m->rules.exercise_timeout_ms : RUN_MACHINE_NEVER;
	m->exercising = true;
	return act(RUN_DO_EXERCISE);
}

static struct run_step on_started(struct run_machine *m, const struct run_event *e, uint64_t now)
{
	m->started = true;
	if (e->gone)
		(void)on_gone(m, now);
	if (m->phase == RUN_PHASE_STARTING && run_machine_is_job(&m->rules))
		return wait_for_end(m, now);
	return nothing;
}

/* ---- a service that listens on other ports than those awaited ---- */

static bool may_settle(const struct run_machine *m)
{
	if (m->phase == RUN_PHASE_WAITING)
		return m->rules.may_serve && !m->served &&
		       (m->rules.until == RUN_UNTIL_EXERCISED || m->rules.until == RUN_UNTIL_SECONDS);
	return m->phase == RUN_PHASE_STARTING;
}

/* The awaited port may follow, as long as the service works or opens ports. */
static struct run_step on_other_ports(struct run_machine *m, const struct run_event *e, uint64_t now)
{
	if (!may_settle(m) || (m->look_at != RUN_MACHINE_NEVER && m->n_listen == e->n_listen))
		return nothing;
	m->n_listen = e->n_listen;
	m->idle = 0;
	m->look_at = now + RUN_MACHINE_LOOK_MS;
	return nothing;
}

static struct run_step on_settle_looked(struct run_machine *m, const struct run_event *e, uint64_t now)
{
	m->idle = e->ticks - m->ticks <= RUN_MACHINE_WORK_TICKS ? m->idle + 1 : 0;
	m->ticks = e->ticks;
	if (m->idle * RUN_MACHINE_LOOK_MS >= RUN_MACHINE_SETTLE_MS)
		return exercise(m, now);
	m->look_at = now + RUN_MACHINE_LOOK_MS;
	return nothing;
}

static struct run_step on_looked(struct run_machine *m, const struct run_event *e, uint64_t now)
{
	if (m->phase == RUN_PHASE_STOPPING)
		return on_stop_looked(m, e, now);
	if (may_settle(m) && !m->gone)
		return on_settle_looked(m, e, now);
	m->look_at = RUN_MACHINE_NEVER;
	return nothing;
}

/* The container is ready when a port listens and it has printed what is awaited; if nothing is awaited, when it has
 * started. */
static struct run_step on_settled(struct run_machine *m, const struct run_event *e, uint64_t now)
{
	const struct run_machine_rules *rules = &m->rules;
	if (m->gone)
		return nothing;
	if (m->phase == RUN_PHASE_WAITING && e->ports == RUN_PORTS_OTHER)
		return on_other_ports(m, e, now);
	if (m->phase != RUN_PHASE_STARTING || (rules->awaits_print && !e->printed))
		return nothing;
	if (!rules->awaits_port)
		return m->started && !run_machine_is_job(rules) ? exercise(m, now) : nothing;
	if (e->ports == RUN_PORTS_ALL)
		return exercise(m, now);
	if (e->ports == RUN_PORTS_OTHER)
		return on_other_ports(m, e, now);
	if (e->ports == RUN_PORTS_SOME && !m->more_ports_until) {
		m->deadline = m->more_ports_until = now + RUN_MACHINE_MORE_PORTS_MS;
		m->look_at = RUN_MACHINE_NEVER;
	}
	return nothing; /* the tick at the deadline goes on */
}

static struct run_step on_exercised(struct run_machine *m, const struct run_event *e, uint64_t now)
{
	if (m->phase != RUN_PHASE_EXERCISING)
		return nothing;
	m->exercising = false;
	m->served = true;
	if (e->failed)
		return kill_first(m, now);
	return m->rules.until == RUN_UNTIL_EXERCISED ? stop(m) : wait_for_end(m, now);
}

static struct run_step on_late(struct run_machine *m, uint64_t now)
{
	if ((m->more_ports_until || m->look_at != RUN_MACHINE_NEVER) && !m->gone)
		return exercise(m, now);
	struct run_step s = kill_first(m, now);
	s.failure = RUN_FAILURE_LATE;
	return s;
}

/* Everything done so far counts; the container ends as it would have after the last exercise. */
static struct run_step on_slow(struct run_machine *m)
{
	unsigned actions = quit(m);
	struct run_step s = stop(m);
	s.actions |= actions;
	s.failure = RUN_FAILURE_SLOW;
	return s;
}

static struct run_step on_tick(struct run_machine *m, uint64_t now)
{
	if (now >= m->linger_until)
		return on_lingering(m, now);
	if (now < m->deadline && now < m->look_at)
		return nothing;
	if (now < m->deadline)
		return act(RUN_DO_LOOK); /* the answer sets the next time */
	switch (m->phase) {
	case RUN_PHASE_STARTING:
		return on_late(m, now);
	case RUN_PHASE_EXERCISING:
		return on_slow(m);
	case RUN_PHASE_WAITING:
		return stop(m);
	case RUN_PHASE_STOPPING:
		m->deadline = RUN_MACHINE_NEVER; /* until the answer */
		return act(RUN_DO_LOOK);
	case RUN_PHASE_KILLED:
		return kill_whole(m, now);
	case RUN_PHASE_KILLED_WHOLE:
		return give_up(m);
	default:
		return nothing;
	}
}

struct run_step run_machine_event(struct run_machine *m, const struct run_event *e, uint64_t now)
{
	if (m->phase == RUN_PHASE_OVER)
		return nothing;
	switch (e->kind) {
	case RUN_EVENT_STARTED:
		return on_started(m, e, now);
	case RUN_EVENT_SETTLED:
		return on_settled(m, e, now);
	case RUN_EVENT_EXERCISED:
		return on_exercised(m, e, now);
	case RUN_EVENT_GONE:
		return on_gone(m, now);
	case RUN_EVENT_LOOKED:
		return on_looked(m, e, now);
	case RUN_EVENT_CONTINUE:
		return m->phase == RUN_PHASE_WAITING && m->rules.until == RUN_UNTIL_FD ? stop(m) : nothing;
	case RUN_EVENT_CANCEL:
		return on_cancel(m, now);
	case RUN_EVENT_FAILED:
		return m->phase < RUN_PHASE_KILLED ? kill_first(m, now) : nothing;
	case RUN_EVENT_ENDED:
		return on_ended(m);
	case RUN_EVENT_TICK:
		return on_tick(m, now);
	}
	return nothing;
}
