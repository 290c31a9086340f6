#include "unit.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/strlist.h"
#include "run/machine.h"

/* A container and a clock of our own. A script is "TIME WORD; TIME WORD; ...", in milliseconds; what the machine wants
 * done is written down as "TIME action, TIME action, ...", a failure with "!". Ticks come when the deadline is there.
 * Words that set how the container is when it is looked at: heeds, ignores (the stop signal), works, rests (CPU time).
 */
struct world {
	struct run_machine machine;
	bool ignores, rests;
	uint64_t ticks;
	struct buf out;
};

static void say(struct world *w, uint64_t now, const char *what)
{
	buf_printf(&w->out, "%s%llu %s", w->out.len ? ", " : "", (unsigned long long)now, what);
}

static void tell(struct world *w, uint64_t now, struct run_event e)
{
	static const char *const actions[] = {"quit", "exercise", NULL, "signal", "kill", "kill-whole"};
	static const char *const failures[] = {NULL,           "!cancelled",     "!late",
					       "!not-started", "!not-listening", "!while-exercised",
					       "!slow",        "!unkillable",    "!lingering"};
	const struct run_step s = run_machine_event(&w->machine, &e, now);
	if (s.failure)
		say(w, now, failures[s.failure]);
	for (unsigned i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		if ((s.actions & 1u << i) && actions[i])
			say(w, now, actions[i]);
	if (s.actions & RUN_DO_LOOK) {
		w->ticks += w->rests ? 0 : 10;
		tell(w, now, (struct run_event){RUN_EVENT_LOOKED, .heeds = !w->ignores, .ticks = w->ticks});
	}
}

/* All deadlines up to now. The time of the event itself is too late for a deadline at the same time. */
static void pass_time(struct world *w, uint64_t now)
{
	while (run_machine_deadline(&w->machine) < now)
		tell(w, run_machine_deadline(&w->machine), (struct run_event){RUN_EVENT_TICK});
}

static void play(struct world *w, uint64_t now, const char *word)
{
	static const struct {
		const char *word;
		struct run_event event;
	} events[] = {
	    {"started", {RUN_EVENT_STARTED}},
	    {"started-and-gone", {RUN_EVENT_STARTED, .gone = true}},
	    {"gone", {RUN_EVENT_GONE}},
	    {"settled", {RUN_EVENT_SETTLED}},
	    {"some-ports", {RUN_EVENT_SETTLED, .ports = RUN_PORTS_SOME}},
	    {"all-ports", {RUN_EVENT_SETTLED, .ports = RUN_PORTS_ALL}},
	    {"other-port", {RUN_EVENT_SETTLED, .ports = RUN_PORTS_OTHER, .n_listen = 1}},
	    {"other-ports", {RUN_EVENT_SETTLED, .ports = RUN_PORTS_OTHER, .n_listen = 2}},
	    {"printed", {RUN_EVENT_SETTLED, .printed = true}},
	    {"printed-all-ports", {RUN_EVENT_SETTLED, .ports = RUN_PORTS_ALL, .printed = true}},
	    {"exercised", {RUN_EVENT_EXERCISED}},
	    {"exercise-fails", {RUN_EVENT_EXERCISED, .failed = true}},
	    {"continue", {RUN_EVENT_CONTINUE}},
	    {"cancel", {RUN_EVENT_CANCEL}},
	    {"fails", {RUN_EVENT_FAILED}},
	    {"ended", {RUN_EVENT_ENDED}},
	    {"tick", {RUN_EVENT_TICK}},
	};
	pass_time(w, now);
	if (strcmp(word, "heeds") == 0 || strcmp(word, "ignores") == 0) {
		w->ignores = *word == 'i';
		return;
	}
	if (strcmp(word, "works") == 0 || strcmp(word, "rests") == 0) {
		w->rests = *word == 'r';
		return;
	}
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		if (strcmp(word, events[i].word) == 0) {
			tell(w, now, events[i].event);
			return;
		}
	fail_msg("no such word: %s", word);
}

static void machine_one(const char *name, const struct run_machine_rules *rules, const char *script, const char *want)
{
	struct world w = {0};
	unsigned long long now;
	char word[32];
	int used;
	run_machine_init(&w.machine, rules, 0);
	for (const char *at = script; sscanf(at, " %llu %31[^; ]%n", &now, word, &used) == 2;) {
		play(&w, now, word);
		at += used;
		at += *at == ';';
	}
	if (w.machine.phase != RUN_PHASE_OVER)
		say(&w, now, "not over");
	if (strcmp(w.out.len ? w.out.data : "", want) != 0)
		fail_msg("%s: %s, not %s", name, w.out.len ? w.out.data : "", want);
	buf_done(&w.out);
}

#define TIMES .ready_timeout_ms = 20000, .stop_timeout_ms = 5000
static const struct run_machine_rules service = {.awaits_port = true, .has_exercises = true, TIMES};
static const struct run_machine_rules optional = {.awaits_port = true, .has_exercises = true, .may_exit = true, TIMES};
static const struct run_machine_rules portless = {.has_exercises = true, TIMES};
static const struct run_machine_rules printing = {.awaits_print = true, .has_exercises = true, TIMES};
static const struct run_machine_rules printing_only = {.awaits_print = true, TIMES};
static const struct run_machine_rules printing_service = {
    .awaits_print = true, .awaits_port = true, .has_exercises = true, TIMES};
static const struct run_machine_rules serving_job = {.may_exit = true, .may_serve = true, TIMES};
static const struct run_machine_rules serving_job_exit = {
    .may_exit = true, .may_serve = true, .until = RUN_UNTIL_EXIT, TIMES};
static const struct run_machine_rules limited = {
    .awaits_port = true, .has_exercises = true, .exercise_timeout_ms = 60000, TIMES};
static const struct run_machine_rules job = {.may_exit = true, TIMES};
static const struct run_machine_rules job_seconds = {.may_exit = true, .until = RUN_UNTIL_SECONDS, .seconds = 3, TIMES};
static const struct run_machine_rules job_at_once = {.may_exit = true, .until = RUN_UNTIL_SECONDS, TIMES};
static const struct run_machine_rules job_fd = {.may_exit = true, .until = RUN_UNTIL_FD, TIMES};
static const struct run_machine_rules stubborn = {.may_exit = true, .until = RUN_UNTIL_FD, .ignores_stop = true, TIMES};
static const struct run_machine_rules stubborn_shortly = {
    .may_exit = true, .until = RUN_UNTIL_FD, .ignores_stop = true, .ready_timeout_ms = 20000, .stop_timeout_ms = 500};
static const struct run_machine_rules until_exit = {
    .awaits_port = true, .has_exercises = true, .may_exit = true, .until = RUN_UNTIL_EXIT, TIMES};
static const struct run_machine_rules until_seconds = {
    .awaits_port = true, .has_exercises = true, .until = RUN_UNTIL_SECONDS, .seconds = 3, TIMES};
static const struct run_machine_rules until_fd = {
    .awaits_port = true, .has_exercises = true, .until = RUN_UNTIL_FD, TIMES};

struct row {
	const char *name;
	const struct run_machine_rules *rules;
	const char *script, *want;
};

static void play_rows(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		machine_one(rows[i].name, rows[i].rules, rows[i].script, rows[i].want);
}
#define PLAY(rows) play_rows(rows, sizeof(rows) / sizeof(rows[0]))

static void ready(void **state)
{
	static const struct row rows[] = {
	    {"the port listens", &service, "5 started; 6 settled; 50 all-ports; 90 exercised; 95 ended",
	     "50 exercise, 90 signal"},
	    {"it listens before its start is told", &service, "5 all-ports; 6 started; 7 exercised; 8 ended",
	     "5 exercise, 7 signal"},
	    {"the other port follows", &service, "5 started; 50 some-ports; 349 all-ports; 400 exercised; 401 ended",
	     "349 exercise, 400 signal"},
	    {"the other port never listens", &service,
	     "5 started; 50 some-ports; 60 some-ports; 400 exercised; 401 ended", "350 exercise, 400 signal"},
	    {"nothing listens", &service, "5 started; 50 settled; 19999 settled; 20001 ended",
	     "20000 !late, 20000 kill"},
	    {"it listens just in time", &service, "5 started; 20000 all-ports; 20001 exercised; 20002 ended",
	     "20000 exercise, 20001 signal"},
	    {"a port that listens at the last moment brings the others time", &service,
	     "5 started; 19990 some-ports; 20400 exercised; 20401 ended", "20290 exercise, 20400 signal"},
	    {"the runtime does not get it started in time", &job, "20001 ended",
	     "20000 !late, 20000 kill, 20001 !not-started"},
	    {"no port to wait for", &portless, "5 started; 5 settled; 90 exercised; 95 ended", "5 exercise, 90 signal"},
	    {"no port, and not started yet", &portless, "4 settled; 5 started; 6 settled; 7 exercised; 8 ended",
	     "6 exercise, 7 signal"},
	};
	PLAY(rows);
}

static void other_ports(void **state)
{
	static const struct row rows[] = {
	    {"it settles", &service, "5 started; 6 rests; 50 other-port; 4000 exercised; 4001 ended",
	     "3050 exercise, 4000 signal"},
	    {"the same port does not put it off", &service,
	     "5 started; 6 rests; 50 other-port; 2000 other-port; 4000 exercised; 4001 ended",
	     "3050 exercise, 4000 signal"},
	    {"another port does", &service,
	     "5 started; 6 rests; 50 other-port; 2000 other-ports; 6000 exercised; 6001 ended",
	     "5000 exercise, 6000 signal"},
	    {"it works, and then rests", &service, "5 started; 50 other-port; 1500 rests; 6000 exercised; 6001 ended",
	     "4450 exercise, 6000 signal"},
	    {"it works to the end of its time", &service, "5 started; 50 other-port; 20500 exercised; 20501 ended",
	     "20000 exercise, 20500 signal"},
	    {"the awaited port follows", &service,
	     "5 started; 6 rests; 50 other-port; 2500 all-ports; 2600 exercised; 2601 ended",
	     "2500 exercise, 2600 signal"},
	    {"some of the awaited ports follow", &service,
	     "5 started; 6 rests; 50 other-port; 2500 some-ports; 2900 exercised; 2901 ended",
	     "2800 exercise, 2900 signal"},
	    {"it ends meanwhile", &service, "5 started; 6 rests; 50 other-port; 1000 gone; 4000 settled; 4001 ended",
	     "4001 !not-listening"},
	    {"it is cancelled meanwhile", &service, "5 started; 6 rests; 50 other-port; 1000 cancel; 4000 ended",
	     "1000 !cancelled, 1000 kill"},
	    {"a job that serves", &serving_job, "5 started; 6 rests; 50 other-port; 4000 exercised; 4001 ended",
	     "3050 exercise, 4000 signal"},
	    {"a job that works for itself", &serving_job, "5 started; 50 other-port; 90000 ended", ""},
	    {"a job that serves and ends", &serving_job, "5 started; 6 rests; 50 other-port; 1000 ended", ""},
	    {"a job that runs to its end", &serving_job_exit, "5 started; 6 rests; 50 other-port; 90000 ended", ""},
	    {"a job without exercises", &job, "5 started; 6 rests; 50 other-port; 90000 ended", ""},
	};
	PLAY(rows);
}

static void printing_services(void **state)
{
	static const struct row rows[] = {
	    {"the line comes", &printing, "5 started; 6 settled; 50 printed; 60 exercised; 61 ended",
	     "50 exercise, 60 signal"},
	    {"ports do not count", &printing, "5 started; 6 all-ports; 20001 ended", "20000 !late, 20000 kill"},
	    {"ports count, too", &printing_service,
	     "5 started; 6 all-ports; 40 printed; 50 printed-all-ports; 60 exercised; 61 ended",
	     "50 exercise, 60 signal"},
	    {"nothing drives it", &printing_only, "5 started; 50 printed; 60 exercised; 61 ended",
	     "50 exercise, 60 signal"},
	    {"it ends first", &printing, "5 started; 50 ended", "50 !not-listening"},
	};
	PLAY(rows);
}

static void slow_exercises(void **state)
{
	static const struct row rows[] = {
	    {"in time", &limited, "5 started; 50 all-ports; 60050 exercised; 60051 ended", "50 exercise, 60050 signal"},
	    {"too slow", &limited, "5 started; 50 all-ports; 60051 exercised; 60052 ended",
	     "50 exercise, 60050 !slow, 60050 quit, 60050 signal"},
	    {"and it does not end either", &limited, "5 started; 50 all-ports; 70000 ended",
	     "50 exercise, 60050 !slow, 60050 quit, 60050 signal, 65050 kill"},
	    {"without a limit", &service, "5 started; 50 all-ports; 9999999 exercised; 9999999 ended",
	     "50 exercise, 9999999 signal"},
	};
	PLAY(rows);
}

static void early_end(void **state)
{
	static const struct row rows[] = {
	    {"a service before it listens", &service, "5 started; 6 settled; 7 ended; 7 settled", "7 !not-listening"},
	    {"one that may", &optional, "5 started; 6 settled; 7 ended", ""},
	    {"the runtime fails", &service, "7 ended", "7 !not-started"},
	    {"the runtime fails at a job", &job, "7 ended", "7 !not-started"},
	    {"a job", &job, "5 started; 5 settled; 60000 ended", ""},
	    {"a job in no time", &job, "5 started-and-gone; 5 ended; 5 settled", ""},
	    {"before it is looked at, it is not exercised", &portless, "5 started-and-gone; 5 settled; 6 ended", ""},
	    {"gone, though it listened", &optional, "5 started-and-gone; 5 all-ports; 6 ended", ""},
	    {"while it is exercised", &service, "5 started; 50 all-ports; 60 ended",
	     "50 exercise, 60 !while-exercised, 60 quit"},
	    {"while it is exercised, as it may", &optional, "5 started; 50 all-ports; 60 ended",
	     "50 exercise, 60 quit"},
	    {"after it was exercised", &until_fd, "5 started; 50 all-ports; 60 exercised; 70 ended", "50 exercise"},
	};
	PLAY(rows);
}

static void lingering(void **state)
{
	static const struct row rows[] = {
	    {"the runtime follows at once", &job, "5 started; 500 gone; 501 ended", ""},
	    {"it takes its time", &job, "5 started; 500 gone; 10499 ended", ""},
	    {"never ends after a job", &job, "5 started; 500 gone; 10501 ended", "10500 !lingering, 10500 kill-whole"},
	    {"never ends after what was over at its start", &job, "5 started-and-gone; 10006 ended",
	     "10005 !lingering, 10005 kill-whole"},
	    {"never ends while its container was exercised", &optional, "5 started; 50 all-ports; 60 gone; 10061 ended",
	     "50 exercise, 10060 !lingering, 10060 quit, 10060 kill-whole"},
	    {"never ends, even if killed", &job, "5 started; 500 gone; 20501 tick",
	     "10500 !lingering, 10500 kill-whole, 20500 !unkillable"},
	    {"gone, and then it listens", &optional, "5 started; 6 gone; 7 all-ports; 8 ended", ""},
	};
	PLAY(rows);
}

static void until(void **state)
{
	static const struct row rows[] = {
	    {"exit", &until_exit, "5 started; 50 all-ports; 60 exercised; 900000 ended", "50 exercise"},
	    {"exit: the user's continue does not count", &until_exit,
	     "5 started; 50 all-ports; 60 exercised; 70 continue; 80 ended", "50 exercise"},
	    {"seconds", &until_seconds, "5 started; 50 all-ports; 60 exercised; 3065 ended",
	     "50 exercise, 3060 signal"},
	    {"fd", &until_fd, "5 started; 50 all-ports; 60 exercised; 70000 continue; 70001 ended",
	     "50 exercise, 70000 signal"},
	    {"fd: not before the exercises are done", &until_fd,
	     "5 started; 50 all-ports; 55 continue; 60 exercised; 70 ended", "50 exercise"},
	    {"a job's seconds", &job_seconds, "5 started; 3010 ended", "3005 signal"},
	    {"a job's 0 seconds", &job_at_once, "5 started; 6 ended", "5 signal"},
	    {"a job that ends before its seconds do", &job_seconds, "5 started; 3005 ended", ""},
	    {"a job's fd", &job_fd, "5 started; 500 continue; 501 ended", "500 signal"},
	};
	PLAY(rows);
}

static void stopping(void **state)
{
	static const struct row rows[] = {
	    {"the signal would be ignored", &job_fd, "5 started; 6 ignores; 7 continue; 8 ended", "7 kill"},
	    {"it takes its time", &job_fd, "5 started; 7 continue; 5006 ended", "7 signal"},
	    {"it rests, but heeds the signal", &job_fd, "5 started; 6 rests; 7 continue; 5006 ended", "7 signal"},
	    {"it takes too long", &job_fd, "5 started; 7 continue; 5008 ended", "7 signal, 5007 kill"},
	    {"its handler gave the signal up, and it rests", &job_fd,
	     "5 started; 6 rests; 7 continue; 8 ignores; 1100 ended", "7 signal, 1007 kill"},
	    {"its handler gave the signal up, but it works", &job_fd, "5 started; 7 continue; 8 ignores; 5006 ended",
	     "7 signal"},
	    {"it works in between", &job_fd,
	     "5 started; 6 rests; 7 continue; 8 ignores; 900 works; 1100 rests; 2100 ended", "7 signal, 2007 kill"},
	};
	PLAY(rows);
}

static void stopping_what_ignored_the_signal_before(void **state)
{
	static const struct row rows[] = {
	    {"it ends by itself", &stubborn, "5 started; 7 continue; 150 ended", "7 signal"},
	    {"it rests", &stubborn, "5 started; 6 rests; 7 continue; 300 ended", "7 signal, 207 kill"},
	    {"its handler works first", &stubborn, "5 started; 7 continue; 500 rests; 700 ended", "7 signal, 607 kill"},
	    {"it works on", &stubborn, "5 started; 7 continue; 1100 ended", "7 signal, 1007 kill"},
	    {"it works on, but its time is shorter", &stubborn_shortly, "5 started; 7 continue; 600 ended",
	     "7 signal, 507 kill"},
	    {"it would not notice", &stubborn, "5 started; 6 ignores; 7 continue; 8 ended", "7 kill"},
	};
	PLAY(rows);
}

static void failing(void **state)
{
	static const struct row rows[] = {
	    {"an exercise", &service, "5 started; 50 all-ports; 60 exercise-fails; 61 ended", "50 exercise, 60 kill"},
	    {"the start of the exercises", &service, "5 started; 50 all-ports; 50 fails; 61 ended",
	     "50 exercise, 50 kill, 61 quit"},
	    {"holding the first process", &service, "5 fails; 5 started; 5 all-ports; 6 ended", "5 kill"},
	    {"again and again, which does not put the end off", &service,
	     "5 started; 6 fails; 9000 fails; 10006 fails; 20000 fails; 20007 tick",
	     "6 kill, 10006 kill-whole, 20006 !unkillable"},
	    {"a job is not waited for after a kill", &job, "4 fails; 5 started; 5 settled; 6 ended", "4 kill"},
	};
	PLAY(rows);
}

static void cancelling(void **state)
{
	static const struct row rows[] = {
	    {"while starting", &service, "3 cancel; 9 ended", "3 !cancelled, 3 kill, 9 !not-started"},
	    {"while starting, and it listens nevertheless", &service, "3 cancel; 5 started; 6 all-ports; 9 ended",
	     "3 !cancelled, 3 kill"},
	    {"while exercising", &service, "5 started; 50 all-ports; 60 cancel; 70 ended",
	     "50 exercise, 60 !cancelled, 60 kill, 70 quit"},
	    {"while exercising, and the exercises end first", &service,
	     "5 started; 50 all-ports; 60 cancel; 65 exercised; 70 ended",
	     "50 exercise, 60 !cancelled, 60 kill, 70 quit"},
	    {"while waiting", &job, "5 started; 60 cancel; 70 ended", "60 !cancelled, 60 kill"},
	    {"while stopping", &job_fd, "5 started; 6 continue; 60 cancel; 70 ended",
	     "6 signal, 60 !cancelled, 60 kill"},
	    {"again kills everything at once", &job, "5 started; 60 cancel; 61 cancel; 70 ended",
	     "60 !cancelled, 60 kill, 61 !cancelled, 61 kill-whole"},
	    {"once, after the stop took too long", &job_fd, "5 started; 7 continue; 5008 cancel; 5009 ended",
	     "7 signal, 5007 kill, 5008 !cancelled, 5008 kill-whole"},
	    {"for the third time gives no new time", &job, "5 started; 60 cancel; 61 cancel; 5000 cancel; 10062 ended",
	     "60 !cancelled, 60 kill, 61 !cancelled, 61 kill-whole, 5000 !cancelled, 10061 !unkillable"},
	    {"after the end", &job, "5 started; 60 ended; 61 cancel", ""},
	};
	PLAY(rows);
}

static void unkillable(void **state)
{
	static const struct row rows[] = {
	    {"dies of the second kill", &job_fd, "5 started; 6 ignores; 7 continue; 10008 ended",
	     "7 kill, 10007 kill-whole"},
	    {"never dies", &job_fd, "5 started; 6 ignores; 7 continue; 20008 tick; 90000 ended",
	     "7 kill, 10007 kill-whole, 20007 !unkillable"},
	    {"never dies, with exercises on their way", &service, "5 started; 50 all-ports; 60 fails; 20061 tick",
	     "50 exercise, 60 kill, 10060 kill-whole, 20060 !unkillable, 20060 quit"},
	    {"never starts and never ends", &service, "40001 tick",
	     "20000 !late, 20000 kill, 30000 kill-whole, 40000 !unkillable"},
	};
	PLAY(rows);
}

static void who_ends_it(void **state)
{
	struct run_machine m = {.phase = RUN_PHASE_WAITING};
	assert_int_equal(run_machine_end(&m), RUN_END_ITSELF);
	m.phase = RUN_PHASE_STOPPING; /* it is looked at, but not yet asked */
	assert_int_equal(run_machine_end(&m), RUN_END_ITSELF);
	m.signalled = true;
	assert_int_equal(run_machine_end(&m), RUN_END_STOPPED);
	m.phase = RUN_PHASE_KILLED;
	assert_int_equal(run_machine_end(&m), RUN_END_KILLED);
	m.phase = RUN_PHASE_KILLED_WHOLE;
	assert_string_equal(run_end_name(run_machine_end(&m)), "kill");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(who_ends_it),
	    cmocka_unit_test(ready),
	    cmocka_unit_test(slow_exercises),
	    cmocka_unit_test(early_end),
	    cmocka_unit_test(lingering),
	    cmocka_unit_test(until),
	    cmocka_unit_test(stopping_what_ignored_the_signal_before),
	    cmocka_unit_test(stopping),
	    cmocka_unit_test(failing),
	    cmocka_unit_test(cancelling),
	    cmocka_unit_test(unkillable),
	    cmocka_unit_test(other_ports),
	    cmocka_unit_test(printing_services),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
