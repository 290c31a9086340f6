#include "sensor/ptrace/tracer.h"

#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/ptrace.h>

#include "base/log.h"
#include "base/mem.h"
#include "sensor/decode.h"
#include "sensor/filter.h"
#include "sensor/ptrace/affinity.h"
#include "sensor/ptrace/arch.h"
#include "sensor/ptrace/listen.h"
#include "sensor/ptrace/live_facts.h"
#include "sensor/ptrace/stops.h"
#include "sensor/ptrace/own_stop.h"
#include "sensor/ptrace/tracees.h"
#include "sensor/thread.h"
#include "trace/syscall_name.h"

#define OPTIONS                                                                                                        \
	(PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_TRACESECCOMP | \
	 PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL)

#ifndef SYS_SECCOMP
#define SYS_SECCOMP 1 /* si_code of a SIGSYS that a filter sent: asm-generic/siginfo.h, which glibc replaces */
#endif

struct ptrace_tracer {
	int task;
	struct sensor_event_queue *events;
	struct sensor_fanotify *witness; /* may be NULL */
	struct sensor_paths *paths;      /* of all tasks */
	const struct strset *refused;
	const atomic_ushort *step;
	pthread_t thread;
	bool joined;
	atomic_bool killed;
	atomic_int command; /* pid, 0 = not yet or no more */

	/* only the thread, or after _join */
	struct subproc_command *cmd; /* valid until start_done is posted */
	sem_t start_done;
	struct err start_err;
	struct ptrace_tracees tracees;
	size_t held; /* of them */
	struct ptrace_stops stops;
	struct ptrace_affinity affinity;
	struct trace trace;
	struct sensor_paths_walked walked;
	bool started;
	int status;
};

static void put(struct ptrace_tracer *t, enum sensor_event_kind kind, pid_t pid)
{
	struct sensor_event e = {.kind = kind, .task = t->task, .pid = pid, .status = t->status};
	sensor_event_queue_put(t->events, &e);
}

/* How to go on after a stop. */
enum resume { RESUME_CONT, RESUME_SYSCALL, RESUME_LISTEN, RESUME_HOLD };

static void resume(pid_t tid, enum resume how, int sig)
{
	/* A thread may be killed while it is stopped: ESRCH then, and its end is reported by waitpid. */
	if (how == RESUME_CONT)
		ptrace(PTRACE_CONT, tid, 0, sig);
	else if (how == RESUME_SYSCALL)
		ptrace(PTRACE_SYSCALL, tid, 0, sig);
	else if (how == RESUME_LISTEN)
		ptrace(PTRACE_LISTEN, tid, 0, 0);
}

static void note_call(struct ptrace_tracer *t, const struct ptrace_tracee *e, uint32_t audit_arch, uint64_t nr)
{
	t->trace.stops++;
	/* An orphan (below) does not know its program: the container's first has the call then. */
	trace_add_syscall(&t->trace, e->program != UINT32_MAX ? e->program : 0, audit_arch, (uint32_t)nr);
}

/* A stop for SIGSYS: true if our filter sent it, to refuse a call and tell us. A filter that returned
 * SECCOMP_RET_TRACE instead would refuse nothing: a program can load one that returns SECCOMP_RET_USER_NOTIF, which
 * comes before it, and answer that the call may go on. The signal never arrives. One trace remains: the kernel has
 * unblocked the signal, and given it its default action if it was ignored. A filter of the program's own may trap the
 * same call; the signal does not tell whose it is unless that filter sets data. */
static bool refuse_trapped(struct ptrace_tracer *t, const struct ptrace_tracee *e)
{
	siginfo_t info;
	char room[TRACE_SYSCALL_NAME];
	if (ptrace(PTRACE_GETSIGINFO, e->tid, 0, &info) < 0 || info.si_code != SYS_SECCOMP || info.si_errno)
		return false;
	const struct trace_abi *abi = trace_abi_of(info.si_arch, (uint32_t)info.si_syscall);
	const char *name = abi ? trace_syscall_name(abi, (uint32_t)info.si_syscall, room) : NULL;
	if (!name || strset_find(t->refused, name) == STRSET_NONE)
		return false;
	ptrace_arch_refuse(e->tid, SENSOR_FILTER_DENY_ERRNO);
	if (e->contained)
		strset_add(&t->trace.refused, name);
	return true;
}

static void catch_up(struct ptrace_tracer *t)
{
	if (t->witness)
		sensor_fanotify_catch_up(t->witness);
}

static bool changes_names(const struct sensor_syscall *row)
{
	return (row->kinds & TRACE_REMOVE) || row->detail == SENSOR_DETAIL_MOUNT || row->detail == SENSOR_DETAIL_ROOT;
}

/* The runtime's own exec of the container's first program is the border: what it names counts if it succeeds, what the
 * runtime's set-up named before does not. */
static void on_exec_call(struct ptrace_tracer *t, struct ptrace_tracee *e, const struct sensor_decode_call *call)
{
	CLEANUP_BUF struct buf path = {0};
	CLEANUP_TRACE struct trace scratch = {0};
	ptrace_affinity_leave(&t->affinity, e);
	sensor_decode_paths(call, e->contained ? &t->trace : &scratch, &path);
	t->trace.unreadable += scratch.unreadable;
	if (scratch.unreadable) /* the border all the same: the run goes on, and the recording fails */
		buf_str(&path, "/");
	free(e->exec_path);
	e->exec_path = path.len ? buf_steal(&path) : NULL;
	if (!e->contained && t->witness)
		sensor_fanotify_forget(t->witness, sensor_thread_process(e->tid));
}

/* A call of the container's that the decoder knows, but no exec. */
static enum resume on_call(struct ptrace_tracer *t, struct ptrace_tracee *e, const struct sensor_decode_call *call)
{
	const struct sensor_syscall *row = call->row;
	if (row->detail == SENSOR_DETAIL_PTRACE) {
		t->trace.ptraces++;
		e->traceme |= call->args[0] == PTRACE_TRACEME;
	}
	if (changes_names(row))
		catch_up(t);
	sensor_decode_paths(call, &t->trace, NULL);
	if (atomic_load(&t->paths->mounts_vary)) /* its mounts are gone when it has ended: stop before that */
		ptrace(PTRACE_SETOPTIONS, e->tid, 0, OPTIONS | PTRACE_O_TRACEEXIT);
	if (row->detail != SENSOR_DETAIL_LISTEN && !(row->kinds & TRACE_BIND))
		return RESUME_CONT;
	e->in_listen = true;
	e->sock = (int)call->args[0];
	return RESUME_SYSCALL;
}

static enum resume on_seccomp(struct ptrace_tracer *t, struct ptrace_tracee *e)
{
	struct ptrace_syscall_info info;
	if (ptrace(PTRACE_GET_SYSCALL_INFO, e->tid, sizeof(info), &info) <= 0 || info.op != PTRACE_SYSCALL_INFO_SECCOMP)
		return RESUME_CONT; /* killed meanwhile */
	if (info.seccomp.ret_data != SENSOR_FILTER_DATA_TRACE) {
		/* a filter of the program's own gives it to a tracer of its own: with none it is not there, seccomp(2)
		 */
		ptrace_arch_refuse(e->tid, ENOSYS);
		return RESUME_CONT;
	}
	if (e->contained)
		note_call(t, e, info.arch, info.seccomp.nr);
	struct ptrace_live_facts live = ptrace_live_facts(e->tid, &t->affinity);
	struct sensor_decode_call call = {
	    .facts = &live.facts,
	    .audit_arch = info.arch,
	    .program = e->program,
	    .paths = t->paths,
	    .walked = &t->walked,
	};
	uint64_t nr = info.seccomp.nr;
	for (int i = 0; i < 6; i++)
		call.args[i] = info.seccomp.args[i];
	if (ptrace_arch_unwrap(e->tid, info.arch, &nr, call.args) == -2)
		t->trace.unreadable++;
	call.row = sensor_syscalls_find(info.arch, nr);
	if (!call.row)
		return RESUME_CONT;
	if (call.row->detail == SENSOR_DETAIL_AFFINITY) {
		ptrace_affinity_undo(&t->affinity);
		e->was_pinned = false; /* what it sets now is its own */
	}
	if (call.row->detail == SENSOR_DETAIL_EXEC)
		on_exec_call(t, e, &call);
	else if (e->contained)
		return on_call(t, e, &call);
	return RESUME_CONT;
}

static void on_listening(struct ptrace_tracer *t, struct ptrace_tracee *e)
{
	e->in_listen = false;
	struct trace_port port;
	if (!ptrace_listen_port(e->tid, e->sock, &port))
		return;
	trace_add_port(&t->trace, port.number, port.udp);
	struct sensor_event ev = {.kind = SENSOR_LISTEN, .task = t->task, .pid = e->tid, .port = port};
	sensor_event_queue_put(t->events, &ev);
}

static void on_exec(struct ptrace_tracer *t, pid_t tid)
{
	unsigned long former = 0;
	ptrace(PTRACE_GETEVENTMSG, tid, 0, &former);
	if (former && (pid_t)former != tid) {
		/* Another thread than the leader did it: it has the leader's id now, all others are gone. */
		struct ptrace_tracee *f = ptrace_tracees_find(&t->tracees, (pid_t)former);
		if (f) {
			struct ptrace_tracee moved = *f;
			f->exec_path = NULL;
			ptrace_tracees_remove(&t->tracees, (pid_t)former);
			struct ptrace_tracee *leader = ptrace_tracees_get(&t->tracees, tid);
			free(leader->exec_path);
			moved.tid = tid;
			*leader = moved;
		}
	}
	struct ptrace_tracee *e = ptrace_tracees_get(&t->tracees, tid);
	if (!e->exec_path)
		return; /* a program of the runtime: no filter yet */
	uint32_t parent = e->contained ? e->program : UINT32_MAX;
	e->program = trace_program(&t->trace, e->exec_path);
	trace_add_run(&t->trace, e->program, parent);
	if (!e->contained) {
		e->contained = true;
		trace_add(&t->trace, e->exec_path, strlen(e->exec_path), TRACE_EXEC | TRACE_OPENED | TRACE_FOLLOW,
			  e->program, TRACE_BY_PTRACE);
	}
	free(e->exec_path);
	e->exec_path = NULL;
	if (atomic_load(&t->paths->mounts_vary)) /* what the kernel opened: nobody else tells its name */
		catch_up(t);
	if (!t->started) {
		t->started = true;
		t->trace.processes++;
		put(t, SENSOR_STARTED, tid);
	}
}

static void on_fork(struct ptrace_tracer *t, pid_t parent)
{
	unsigned long child = 0;
	if (ptrace(PTRACE_GETEVENTMSG, parent, 0, &child) < 0 || !child)
		return;
	struct ptrace_tracee *c = ptrace_tracees_get(&t->tracees, (pid_t)child),
			     *p = ptrace_tracees_get(&t->tracees, parent);
	c->known = true;
	c->contained = p->contained;
	c->program = p->program;
	if (!c->contained && t->witness)
		sensor_fanotify_ignore(t->witness, c->tid);
	ptrace_affinity_born(&t->affinity, p, c->tid);
	ptrace_stops_expect(&t->stops, c->tid);
	if (c->held) {
		c->held = false;
		t->held--;
		resume(c->tid, RESUME_CONT, 0);
	}
}

/* A parent died before its fork was reported: nobody will tell whose children these are. They are as contained as
 * anything once the container has started, and recording too much is the safe side. */
static void release_orphans(struct ptrace_tracer *t)
{
	for (size_t i = 0; t->held && i < ptrace_tracees_count(&t->tracees); i++) {
		struct ptrace_tracee *e = ptrace_tracees_item(&t->tracees, i);
		if (!e->held)
			continue;
		e->held = false;
		t->held--;
		e->known = true;
		e->contained = t->started;
		ptrace_affinity_born(&t->affinity, NULL, e->tid);
		resume(e->tid, RESUME_CONT, 0);
	}
}

static void kill_all(struct ptrace_tracer *t)
{
	for (size_t i = 0; i < ptrace_tracees_count(&t->tracees); i++)
		kill(ptrace_tracees_item(&t->tracees, i)->tid, SIGKILL);
}

static void on_stop(struct ptrace_tracer *t, pid_t tid, int status)
{
	int sig = WSTOPSIG(status), event = status >> 16;
	struct ptrace_tracee *e = ptrace_tracees_get(&t->tracees, tid);
	enum resume how = RESUME_CONT;
	int deliver = 0;
	t->trace.step = atomic_load(t->step);
	ptrace_affinity_stop(&t->affinity, e, event == PTRACE_EVENT_SECCOMP);
	switch (event) {
	case PTRACE_EVENT_SECCOMP:
		how = on_seccomp(t, e);
		break;
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
		t->trace.processes += e->contained;
		/* fall through */
	case PTRACE_EVENT_CLONE: /* mostly a thread */
		on_fork(t, tid);
		break;
	case PTRACE_EVENT_EXEC:
		on_exec(t, tid);
		break;
	case PTRACE_EVENT_EXIT:
		catch_up(t);
		break;
	case PTRACE_EVENT_STOP:
		if (sig == SIGSTOP || sig == SIGTSTP || sig == SIGTTIN || sig == SIGTTOU)
			how = RESUME_LISTEN; /* job control: stays stopped until SIGCONT */
		else if (!e->known) {
			t->held += !e->held;
			e->held = true;
			how = RESUME_HOLD;
		}
		break;
	default:
		if (sig == (SIGTRAP | 0x80)) {
			if (e->in_listen)
				on_listening(t, e);
		} else if (sig == SIGSYS && refuse_trapped(t, e)) {
			break;
		} else if (sig != SIGSTOP || (!e->traceme && !ptrace_own_stop(tid))) {
			/* with traceme it would stop for ever: nobody traces it */
			deliver = sig;
		}
	}
	if (atomic_load(&t->killed))
		kill(tid, SIGKILL);
	resume(tid, how, deliver);
}

static int attach(void *ctx, pid_t pid, struct err *err)
{
	struct ptrace_tracer *t = ctx;
	if (ptrace(PTRACE_SEIZE, pid, 0, OPTIONS) < 0)
		return err_sys(err, errno, "tracer-attach", "cannot trace: ptrace(PTRACE_SEIZE)");
	struct ptrace_tracee *e = ptrace_tracees_get(&t->tracees, pid);
	e->known = true;
	if (t->witness)
		sensor_fanotify_ignore(t->witness, pid);
	atomic_store(&t->command, pid);
	return 0;
}

static bool reap_one(struct ptrace_tracer *t)
{
	int status;
	pid_t tid = ptrace_stops_wait(&t->stops, &t->tracees, &status);
	if (tid < 0 && errno == EINTR)
		ptrace_affinity_tick(&t->affinity);
	if (tid < 0)
		return errno == EINTR;
	if (WIFSTOPPED(status)) {
		on_stop(t, tid, status);
		return true;
	}
	struct ptrace_tracee *e = ptrace_tracees_find(&t->tracees, tid);
	if (e && !e->contained && t->witness)
		sensor_fanotify_forget(t->witness, tid); /* its number may come again */
	if (e)
		ptrace_affinity_gone(&t->affinity, e);
	t->held -= e && e->held;
	ptrace_tracees_remove(&t->tracees, tid);
	if (tid == atomic_load(&t->command)) {
		t->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		atomic_store(&t->command, 0);
		if (atomic_load(&t->killed))
			kill_all(t);
	}
	release_orphans(t);
	return true;
}

/* subproc_start returns although nobody continues the child yet: exec closes its end of the report pipe before the
 * child stops for us. */
static void *follow(void *arg)
{
	struct ptrace_tracer *t = arg;
	struct subproc_command cmd = *t->cmd;
	cmd.attach = attach;
	cmd.attach_ctx = t;
	struct subproc proc = {0};
	int r = subproc_start(&cmd, &proc, &t->start_err);
	if (r == 0)
		close(proc.pidfd);
	sem_post(&t->start_done); /* cmd is not valid any more */
	if (r < 0)
		return NULL;
	ptrace_affinity_init(&t->affinity, &t->tracees);
	while (reap_one(t))
		;
	ptrace_affinity_done(&t->affinity);
	put(t, SENSOR_ENDED, 0);
	return NULL;
}

int ptrace_tracer_start(const struct subproc_command *cmd, int task, const struct sensor_site *site,
			const atomic_ushort *step, struct ptrace_tracer **out, struct err *err)
{
	sensor_syscalls_init();
	struct ptrace_tracer *t = mem_alloc(sizeof(*t));
	t->task = task;
	t->step = step;
	t->events = site->events;
	t->witness = site->witness;
	t->paths = site->paths; /* of all tasks */
	t->refused = site->refused;
	struct subproc_command copy = *cmd;
	t->cmd = &copy;
	sem_init(&t->start_done, 0, 0);
	if (pthread_create(&t->thread, NULL, follow, t) != 0) {
		sem_destroy(&t->start_done);
		free(t);
		return err_sys(err, EAGAIN, "thread-start", "cannot start a thread");
	}
	while (sem_wait(&t->start_done) < 0 && errno == EINTR)
		;
	t->cmd = NULL;
	if (t->start_err.code) {
		struct err e = t->start_err;
		ptrace_tracer_free(t);
		if (err)
			*err = e;
		return -(int)e.code;
	}
	*out = t;
	return 0;
}

void ptrace_tracer_kill(struct ptrace_tracer *t)
{
	atomic_store(&t->killed, true);
	pid_t command = atomic_load(&t->command);
	if (command > 0)
		kill(command, SIGKILL);
}

void ptrace_tracer_join(struct ptrace_tracer *t)
{
	if (!t->joined)
		pthread_join(t->thread, NULL);
	t->joined = true;
}

struct trace *ptrace_tracer_trace(struct ptrace_tracer *t)
{
	return &t->trace;
}

void ptrace_tracer_free(struct ptrace_tracer *t)
{
	if (!t)
		return;
	if (!t->joined) {
		ptrace_tracer_kill(t);
		ptrace_tracer_join(t);
	}
	ptrace_tracees_done(&t->tracees);
	trace_done(&t->trace);
	strset_done(&t->walked.keys);
	sem_destroy(&t->start_done);
	free(t);
}
