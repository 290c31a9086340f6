/* cmd/progress_bar.h - how far a verb is: the stages that lib/ and probe/ report, as parts of one whole. Pure.
 * Shape: of a verb with phases, each stage lies in a phase, and phases have weights. The part that is done never falls,
 * also if a stage comes again. Without phases each stage is a whole of its own.
 * If several platforms are built, each is an equal part of the whole: the stage PIPELINE_PLATFORM_STAGE begins one.
 * Lifetime: _init, then any number of _step. Not thread-safe. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum progress_whole { PROGRESS_STAGES, PROGRESS_BUILD, PROGRESS_RECORD, PROGRESS_VERIFY, PROGRESS_PROBE };

struct progress_bar {
	enum progress_whole whole;
	uint64_t build, builds; /* of several platforms: how many are done; 0 = there is one */
	size_t phase;           /* of a build; the last one that began */
	double part;            /* 0 to 1; below 0 = not known */
	char stage[32];         /* the last one */
	uint64_t done, total;
	bool in_bytes;
	uint64_t began_ms, began_done; /* of the stage */
};

/* whole: the verb whose stages are one whole; PROGRESS_STAGES = none. */
void progress_bar_init(struct progress_bar *b, enum progress_whole whole);
/* A report, as struct progress has it, at now (ms of any clock that never falls). */
void progress_bar_step(struct progress_bar *b, const char *stage, uint64_t done, uint64_t total, const char *unit,
		       uint64_t now_ms);
void progress_bar_finish(struct progress_bar *b);
/* The seconds that the stage still takes at its speed so far. False if that is not known: only bytes have a speed, and
 * only after a while. */
bool progress_bar_left(const struct progress_bar *b, uint64_t now_ms, uint64_t *seconds);
/* What slim does, in words: "Packing the slim image". Borrowed. */
const char *progress_bar_words(const struct progress_bar *b);
/* Whether the stage belongs to a verification. */
bool progress_bar_verifies(const struct progress_bar *b);
