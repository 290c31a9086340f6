#include "cmd/progress.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cmd/interrupt.h"
#include "run/record.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *shown_stage = ""; /* compared by text */
static const char *hand = "";
static bool on_terminal, line_open;
static struct timespec drawn;

static bool due(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	long ms = (now.tv_sec - drawn.tv_sec) * 1000 + (now.tv_nsec - drawn.tv_nsec) / 1000000;
	if (ms < 80)
		return false;
	drawn = now;
	return true;
}

/* A line of its own, also on a terminal: it stays while the container prints nothing and slim waits. */
static void ask(void)
{
	static unsigned run;
	fprintf(stderr, "%sslim: %s: %s to end run %u\n", line_open ? "\r\033[K" : "", RUN_STAGE_BY_HAND, hand, ++run);
	line_open = false;
}

static void step(void *ctx, const char *stage, uint64_t done, uint64_t total, const char *unit)
{
	pthread_mutex_lock(&lock);
	bool new_stage = strcmp(stage, shown_stage) != 0;
	shown_stage = stage;
	if (strcmp(stage, RUN_STAGE_BY_HAND) == 0) {
		if (new_stage)
			ask();
	} else if (!on_terminal) {
		if (new_stage)
			fprintf(stderr, "slim: %s\n", stage);
	} else if (new_stage || due()) {
		line_open = true;
		if (total && strcmp(unit, "bytes") == 0)
			fprintf(stderr, "\r\033[K%s %.1f of %.1f MB", stage, (double)done / 1e6, (double)total / 1e6);
		else if (total)
			fprintf(stderr, "\r\033[K%s %llu of %llu %s", stage, (unsigned long long)done,
				(unsigned long long)total, unit);
		else
			fprintf(stderr, "\r\033[K%s", stage);
	}
	pthread_mutex_unlock(&lock);
}

int progress_begin(struct progress *out, bool quiet, struct err *err)
{
	int cancel = interrupt_cancel_fd(err);
	if (cancel < 0)
		return cancel;
	on_terminal = isatty(2);
	*out = (struct progress){.step = quiet ? NULL : step, .cancel_fd = cancel};
	return 0;
}

void progress_set_hand(const char *how)
{
	hand = how;
}

void progress_clear(void)
{
	pthread_mutex_lock(&lock);
	if (line_open)
		fprintf(stderr, "\r\033[K");
	line_open = false;
	pthread_mutex_unlock(&lock);
}
