#include "cmd/progress.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cmd/interrupt.h"
#include "cmd/progress_line.h"
#include "cmd/streams.h"
#include "run/record.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *shown_stage = ""; /* compared by text */
static const char *hand = "";
static bool live, colour, line_open;
static uint64_t began, drawn; /* of clock_ms */
static struct progress_bar bar;

#define REDRAW_MS 80

static bool due(void)
{
	const uint64_t now = clock_ms();
	if (now - drawn < REDRAW_MS)
		return false;
	drawn = now;
	return true;
}

/* Prints a separate line, on a terminal, too: it stays while slim waits and the container prints nothing. */
static void ask(void)
{
	static unsigned run;
	fprintf(stderr, "%sslim: %s: %s to end run %u\n", line_open ? "\r\033[K" : "", RUN_STAGE_BY_HAND, hand, ++run);
	line_open = false;
}

/* Under the lock. */
static void draw(void)
{
	CLEANUP_BUF struct buf line = {0};
	buf_str(&line, "\r\033[K");
	progress_line_live(&bar, clock_ms(), streams_columns(STDERR_FILENO), colour, &line);
	fwrite(line.data, 1, line.len, stderr);
	line_open = true;
}

static void step(void *ctx, const char *stage, uint64_t done, uint64_t total, const char *unit)
{
	pthread_mutex_lock(&lock);
	bool new_stage = strcmp(stage, shown_stage) != 0;
	shown_stage = stage;
	progress_bar_step(&bar, stage, done, total, unit, clock_ms());
	if (strcmp(stage, RUN_STAGE_BY_HAND) == 0) {
		if (new_stage)
			ask();
	} else if (live) {
		if (new_stage || due())
			draw();
	} else if (new_stage) {
		CLEANUP_BUF struct buf line = {0};
		progress_line_plain(stage, clock_ms() - began, &line);
		fwrite(line.data, 1, line.len, stderr);
	}
	pthread_mutex_unlock(&lock);
}

int progress_begin(struct progress *out, bool quiet, struct err *err)
{
	int cancel = interrupt_cancel_fd(err);
	if (cancel < 0)
		return cancel;
	live = streams_is_live(STDERR_FILENO);
	colour = streams_has_colour(STDERR_FILENO);
	began = clock_ms();
	progress_bar_init(&bar, PROGRESS_STAGES);
	*out = (struct progress){.step = quiet ? NULL : step, .cancel_fd = cancel};
	return 0;
}

void progress_of(enum progress_whole whole)
{
	progress_bar_init(&bar, whole);
}

void progress_finish(void)
{
	pthread_mutex_lock(&lock);
	if (line_open) {
		progress_bar_finish(&bar);
		draw();
	}
	pthread_mutex_unlock(&lock);
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
