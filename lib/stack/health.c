#include "stack/health.h"

#include <poll.h>
#include <string.h>

#include "base/clock.h"
#include "os/fd.h"

/* Docker's, but for the pause before the first check, which is short: a stack starts as soon as it can. */
#define INTERVAL_MS 30000
#define RETRIES 3
#define FIRST_MS 100 /* then doubled, up to the interval */

static void fill_argv(const struct strlist *test, const struct strlist *shell, struct strlist *argv)
{
	if (test->count < 2)
		return; /* NONE */
	if (strcmp(test->items[0], "CMD-SHELL") == 0) {
		strlist_extend(argv, shell);
		strlist_add(argv, test->items[1]);
	} else if (strcmp(test->items[0], "CMD") == 0) {
		for (size_t i = 1; i < test->count; i++)
			strlist_add(argv, test->items[i]);
	}
}

void stack_health_fill(const struct compose_healthcheck *check, const struct oci_image_config *config,
		       struct stack_health *out)
{
	*out = (struct stack_health){.interval = INTERVAL_MS, .retries = RETRIES};
	if (check && check->disabled)
		return;
	const bool own = check && check->test.count > 0;
	fill_argv(own ? &check->test : &config->healthcheck, &config->shell, &out->argv);
	if (!check)
		return;
	out->interval = check->interval ? check->interval : out->interval;
	out->retries = check->retries ? check->retries : out->retries;
	out->start_period = check->start_period;
	out->start_interval = check->start_interval;
}

void stack_health_done(struct stack_health *h)
{
	strlist_done(&h->argv);
}

/* 1 = nobody waits any more; 0 = the time has passed. */
static int pause_for(uint64_t ms, int stop, const struct progress *progress)
{
	struct pollfd fds[2] = {{.fd = stop, .events = POLLIN},
				{.fd = progress ? progress->cancel_fd : -1, .events = POLLIN}};
	return fd_poll(fds, 2, ms > 60000 ? 60000 : (int)ms) > 0;
}

/* A check of the first seconds is cheap, and an interval of 30 s would have the stack wait for nothing. */
static uint64_t next_pause(const struct stack_health *h, uint64_t pause, bool starting)
{
	const uint64_t most = starting && h->start_interval ? h->start_interval : h->interval;
	return pause * 2 < most ? pause * 2 : most;
}

static int unhealthy(unsigned failures, const struct err *why, int status, struct err *err)
{
	return why ? err_set(err, ERR_UNPROVEN, "compose-service-unhealthy", "its health check failed %u times: %s",
			     failures, why->msg)
		   : err_set(err, ERR_UNPROVEN, "compose-service-unhealthy",
			     "its health check failed %u times, the last time with status %d", failures, status);
}

int stack_health_await(const struct stack_health *h, const struct exercise_target *t, int stop, struct err *err)
{
	const uint64_t began = clock_ms();
	/* an engine takes the service for unhealthy only then */
	const uint64_t until = began + h->start_period + h->interval * h->retries;
	unsigned failures = 0;
	for (uint64_t pause = FIRST_MS;;) {
		struct err failure = {0};
		int status = -1;
		int r = t->exec(t->exec_ctx, h->argv.items, &status, NULL, &failure);
		if (r == 0 && status == 0)
			return 1;
		if (r == -ERR_CANCELLED)
			return 0;
		const uint64_t now = clock_ms();
		const bool starting = now < began + h->start_period;
		failures += !starting;
		if (failures >= h->retries && now >= until)
			return unhealthy(failures, r < 0 ? &failure : NULL, status, err);
		if (pause_for(pause, stop, t->progress))
			return 0;
		pause = next_pause(h, pause, starting);
	}
}
