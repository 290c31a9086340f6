#include "cmd/progress_bar.h"

#include <stdio.h>
#include <string.h>

#include "pipeline/build/platforms.h"
#include "run/record.h"

#define SPEED_MS 1000 /* a speed is known after this time */

#define MOST_PHASES 7

/* The phases of each verb, in order, with rough shares of its time. */
static const struct phase {
	const char *stage; /* NULL = the end */
	unsigned weight;
} phases[][MOST_PHASES + 1] = {
    [PROGRESS_STAGES] = {{0}},
    [PROGRESS_BUILD] =
	{{"unpack", 30}, {"record", 22}, {"keep", 10}, {"pack", 10}, {"verify", 18}, {"check", 2}, {"publish", 8}},
    [PROGRESS_RECORD] = {{"unpack", 50}, {"record", 50}},
    [PROGRESS_VERIFY] = {{"unpack", 35}, {"record", 30}, {"verify", 35}},
    [PROGRESS_PROBE] = {{"record", 100}},
};

/* The stages of a container that runs, in a phase, and how much of the phase is done when they begin and end. */
static const struct {
	const char *stage, *words;
	double from, to;
} stages[] = {
    {"start", "Starting the container", 0, 0.1},
    {"exercise", "Exercising the container", 0.1, 0.8},
    {"run", "Running the container", 0.1, 0.8},
    {RUN_STAGE_BY_HAND, "Waiting for you", 0.1, 0.8},
    {"stop", "Stopping the container", 0.8, 1},
    {"repeat", "Running the container again", 0.1, 0.8},
    {"unpack", "Fetching and unpacking the image", 0, 1},
    {"keep", "Choosing the files to keep", 0, 1},
    {"pack", "Packing the slim image", 0, 1},
    {"verify", "Verifying", 0, 1},
    {"check", "Checking the result", 0, 1},
    {"publish", "Publishing the result", 0, 1},
    {"read", "Reading the layers", 0, 1},
    {PIPELINE_PLATFORM_STAGE, "Building the next platform", 0, 1},
};
#define STAGES (sizeof(stages) / sizeof(stages[0]))
#define RUN_STAGES 6 /* the first of them */

void progress_bar_init(struct progress_bar *b, enum progress_whole whole)
{
	*b = (struct progress_bar){.whole = whole, .part = whole == PROGRESS_STAGES ? -1 : 0};
}

static const struct phase *phase_at(const struct progress_bar *b)
{
	return &phases[b->whole][b->phase];
}

static size_t stage_of(const char *name)
{
	size_t i = 0;
	while (i < STAGES && strcmp(stages[i].stage, name) != 0)
		i++;
	return i;
}

/* The phase that a stage begins; one that comes again stays in the phase that has come since. */
static size_t phase_of(const struct progress_bar *b, const char *stage, size_t number)
{
	const struct phase *all = phases[b->whole];
	const char *name = number < RUN_STAGES ? "record" : stage;
	size_t phase = 0;
	while (all[phase].stage && strcmp(all[phase].stage, name) != 0)
		phase++;
	return all[phase].stage && phase > b->phase ? phase : b->phase;
}

static double fraction(const struct progress_bar *b)
{
	if (!b->total)
		return 0;
	return b->done < b->total ? (double)b->done / (double)b->total : 1;
}

static double part_of_whole(const struct progress_bar *b, size_t number)
{
	double before = 0, within = 0, all = 0;
	for (size_t i = 0; phases[b->whole][i].stage; i++) {
		before += i < b->phase ? phases[b->whole][i].weight : 0;
		all += phases[b->whole][i].weight;
	}
	if (number < RUN_STAGES)
		within = stages[number].from + (stages[number].to - stages[number].from) * fraction(b);
	else if (strcmp(phase_at(b)->stage, b->stage) == 0)
		within = fraction(b);
	return (before + phase_at(b)->weight * within) / all;
}

void progress_bar_step(struct progress_bar *b, const char *stage, uint64_t done, uint64_t total, const char *unit,
		       uint64_t now_ms)
{
	const size_t number = stage_of(stage);
	if (strcmp(b->stage, stage) != 0 || b->total != total) {
		snprintf(b->stage, sizeof(b->stage), "%s", stage);
		b->began_ms = now_ms;
		b->began_done = done;
	}
	b->done = done;
	b->total = total;
	b->in_bytes = strcmp(unit, "bytes") == 0;
	if (b->whole == PROGRESS_STAGES) {
		b->part = total ? fraction(b) : -1;
		return;
	}
	if (strcmp(stage, PIPELINE_PLATFORM_STAGE) == 0) {
		b->build = done;
		b->builds = total;
		b->phase = 0;
		return;
	}
	b->phase = phase_of(b, stage, number);
	double part = part_of_whole(b, number);
	if (b->builds)
		part = ((double)b->build + part) / (double)b->builds;
	b->part = part > b->part ? part : b->part;
}

void progress_bar_finish(struct progress_bar *b)
{
	b->part = 1;
}

bool progress_bar_left(const struct progress_bar *b, uint64_t now_ms, uint64_t *seconds)
{
	const uint64_t took = now_ms - b->began_ms;
	if (!b->in_bytes || took < SPEED_MS || b->done <= b->began_done || b->done >= b->total)
		return false;
	const double speed = (double)(b->done - b->began_done) / (double)took;
	*seconds = (uint64_t)((double)(b->total - b->done) / speed / 1000 + 0.999);
	return true;
}

const char *progress_bar_words(const struct progress_bar *b)
{
	const size_t number = stage_of(b->stage);
	return number < STAGES ? stages[number].words : b->stage;
}

bool progress_bar_verifies(const struct progress_bar *b)
{
	const char *phase = phase_at(b)->stage;
	return phase && strcmp(phase, "verify") == 0 && strcmp(b->stage, "verify") != 0;
}
