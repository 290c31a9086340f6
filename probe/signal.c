#include "probe/probe.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "os/signal_name.h"
#include "probe/command.h"
#include "base/clock.h"

int probe_signal_parse(const char *text, struct probe_signal *out, struct err *err)
{
	size_t n = strcspn(text, "@");
	const char *when = text[n] ? text + n + 1 : NULL;
	struct probe_signal s = {.name = mem_strndup(text, n)};
	s.number = signal_name_number(s.name);
	bool known = !when || strcmp(when, "start") == 0 || strcmp(when, "after-probe") == 0;
	if (when)
		s.when = *when == 's' ? PROBE_SIGNAL_AT_START : PROBE_SIGNAL_AFTER_PROBE;
	if (s.number && known && s.number != SIGKILL && s.number != SIGSTOP) {
		*out = s;
		return 0;
	}
	free(s.name);
	return err_set(
	    err, ERR_INVAL, "option-value-invalid",
	    "--signal takes SIGNAL, SIGNAL@start or SIGNAL@after-probe, such as HUP or USR1@start, not \"%s\"", text);
}

static int run(void *ctx, const struct exercise_target *t, struct exercise_log *log, struct err *err)
{
	const struct probe_signal *s = ctx;
	struct exercise_answer none = {0};
	struct err failure = {0};
	uint64_t began = clock_ms();
	int r = t->signal(t->exec_ctx, s->number, &failure);
	probe_command_log(log, EXERCISE_SIGNAL, s->name, began, 0, &none, &failure);
	if (r < 0 && err) {
		err_wrap(&failure, "after the signal %s", s->name);
		*err = failure;
	}
	return r;
}

void probe_signal(const struct probe_signal *s, struct exercise *out)
{
	*out = (struct exercise){.name = exercise_kind_name(EXERCISE_SIGNAL), .run = run, .ctx = (void *)s};
}
