/* run/machine.h - decides when a container is exercised, stopped and killed, without touching it.
 * Events and the time go in, actions come out; run/record.c watches the container and performs the actions.
 * Phases: starting, exercising, waiting, stopping, killed, killed whole, over. A phase that is not needed is skipped.
 * Times are milliseconds of a clock that never goes back. The end is bounded: 2 * RUN_MACHINE_KILL_MS
 * after the first kill the run is over, even if the container survives. Once the container is gone, the run is over
 * even if the runtime's command never ends. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RUN_MACHINE_NEVER UINT64_MAX
#define RUN_MACHINE_MORE_PORTS_MS 300 /* how long the other exposed ports may take to listen after the first */
#define RUN_MACHINE_LOOK_MS 200       /* between two looks at a container that was asked to stop */
#define RUN_MACHINE_SETTLE_MS 3000    /* without work and a new port, of a service that listens on other ports only */
#define RUN_MACHINE_WORK_TICKS 2      /* of CPU time between two looks, at most, of a service without work */
#define RUN_MACHINE_IDLE_MS 1000      /* without CPU time, of one that no longer heeds the stop signal */
#define RUN_MACHINE_KILL_MS 10000     /* between the first kill, the second, and giving up */
#define RUN_MACHINE_LINGER_MS 10000   /* how long the runtime's command may outlive the container */

/* When the run ends, once the exercises are done. */
enum run_until {
	RUN_UNTIL_EXERCISED, /* at once; a container that nothing exercises runs to its own end */
	RUN_UNTIL_EXIT,      /* the container ends by itself */
	RUN_UNTIL_SECONDS,
	RUN_UNTIL_FD, /* the user continues: RUN_EVENT_CONTINUE */
};

enum run_phase {
	RUN_PHASE_STARTING,
	RUN_PHASE_EXERCISING,
	RUN_PHASE_WAITING, /* for what enum run_until says */
	RUN_PHASE_STOPPING,
	RUN_PHASE_KILLED,       /* its first process, and with it all others */
	RUN_PHASE_KILLED_WHOLE, /* each process that the sensor knows, the runtime too */
	RUN_PHASE_OVER,
};

enum run_ports {
	RUN_PORTS_NONE,
	RUN_PORTS_OTHER, /* only such as are not awaited: taken once the service has settled */
	RUN_PORTS_SOME,
	RUN_PORTS_ALL,
};

enum run_event_kind {
	RUN_EVENT_STARTED,   /* the container's first process runs; gone: it has ended meanwhile */
	RUN_EVENT_SETTLED,   /* all that was seen so far was told; ports, n_listen, printed */
	RUN_EVENT_EXERCISED, /* the exercises are done; failed: one of them is an error of the run */
	RUN_EVENT_GONE,      /* the container's first process has ended */
	RUN_EVENT_LOOKED,    /* answers RUN_DO_LOOK; heeds, ticks */
	RUN_EVENT_CONTINUE,  /* the user ends the waiting */
	RUN_EVENT_CANCEL,    /* the user wants to stop; again: at once */
	RUN_EVENT_FAILED,    /* an action or the watching failed */
	RUN_EVENT_ENDED,     /* the container and the runtime's command are gone */
	RUN_EVENT_TICK,      /* time has passed; may be sent at any time */
};

struct run_event {
	enum run_event_kind kind;
	bool gone, failed;
	bool heeds;           /* the first process would notice the stop signal */
	enum run_ports ports; /* which of the awaited ones listen */
	size_t n_listen;      /* how many ports listen, any */
	bool printed;         /* all that it is waited for to print */
	uint64_t ticks;       /* CPU time that the container has used */
};

/* What to do, in this order. */
enum run_action {
	RUN_DO_QUIT = 1 << 0,       /* stop the exercises; their log is kept */
	RUN_DO_EXERCISE = 1 << 1,   /* start the exercises */
	RUN_DO_LOOK = 1 << 2,       /* see how the container is, and tell at once: RUN_EVENT_LOOKED */
	RUN_DO_SIGNAL = 1 << 3,     /* send the stop signal */
	RUN_DO_KILL = 1 << 4,       /* kill the first process */
	RUN_DO_KILL_WHOLE = 1 << 5, /* kill everything */
};

enum run_failure {
	RUN_FAILURE_NONE,
	RUN_FAILURE_CANCELLED,
	RUN_FAILURE_LATE,            /* it was not ready in time */
	RUN_FAILURE_NOT_STARTED,     /* the runtime ended without starting it */
	RUN_FAILURE_NOT_LISTENING,   /* it ended before it was ready */
	RUN_FAILURE_WHILE_EXERCISED, /* it ended then */
	RUN_FAILURE_SLOW,            /* the exercises did not end in time */
	RUN_FAILURE_UNKILLABLE,      /* it still runs; nothing waits for it any more */
	RUN_FAILURE_LINGERING,       /* it ended, but the runtime's command did not */
};

struct run_step {
	unsigned actions; /* of enum run_action */
	enum run_failure failure;
};

enum run_end {
	RUN_END_ITSELF,  /* nobody asked it to end */
	RUN_END_STOPPED, /* after the stop signal */
	RUN_END_KILLED,  /* by slim; its status says nothing about the program */
};

struct run_machine_rules {
	bool awaits_port, awaits_print, has_exercises;
	bool may_serve; /* a job that listens, and has settled, is a service after all, which is exercised */
	bool may_exit;  /* the container may end before it listens or while it is exercised */
	/* It ignored the stop signal in an earlier run of the same kind: once it rests after the signal, or after
	 * RUN_MACHINE_IDLE_MS, it is killed. */
	bool ignores_stop;
	enum run_until until;
	unsigned seconds;
	unsigned ready_timeout_ms, stop_timeout_ms;
	uint64_t exercise_timeout_ms; /* for all exercises together; 0 = none */
};

struct run_machine {
	struct run_machine_rules rules;
	enum run_phase phase;
	uint64_t born, deadline; /* of the phase */
	uint64_t linger_until;   /* once the container is gone */
	uint64_t look_at;        /* to see whether it has settled; RUN_MACHINE_NEVER = it need not */
	size_t n_listen;
	bool started, gone, exercising;
	bool served;               /* it was exercised */
	uint64_t more_ports_until; /* 0 = the first port does not listen yet */
	bool signalled;
	uint64_t stop_until, ticks;
	unsigned idle; /* looks in a row */
};

/* now: when the runtime's command is started. */
void run_machine_init(struct run_machine *m, const struct run_machine_rules *rules, uint64_t now);
struct run_step run_machine_event(struct run_machine *m, const struct run_event *e, uint64_t now);
/* When to send RUN_EVENT_TICK; RUN_MACHINE_NEVER = no time is waited for. */
uint64_t run_machine_deadline(const struct run_machine *m);
/* "itself", "stop-signal", "kill". */
const char *run_end_name(enum run_end end);
/* Who ends the container, as far as the events go: whether it would end by itself, by the stop signal or by a kill. */
enum run_end run_machine_end(const struct run_machine *m);
/* Whether nothing drives the container: it is known by its output. */
bool run_machine_is_job(const struct run_machine_rules *rules);
