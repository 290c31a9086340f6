/* report/needs.h - which step (exercise_step) was the first to need each file that stays: the file was first opened
 * while the step ran, or such a file needs it. Steps are counted over all runs, from 1. If a service opens a file by
 * itself between two steps, the file counts for the later step. */
#pragma once

#include "keep/set.h"
#include "packages/packages.h"
#include "report/report.h"

/* The number of the step by node of the image, 0 = none: it was needed before or after all steps, or stays for another
 * reason. free(). The trace is the one that keep was made from. */
uint16_t *report_needs_steps(const struct keep_set *k, const struct trace *t);
/* Adds up the files of each step. runs: those that the steps are of. *out: all zero before; report_done releases it. */
void report_needs_fill(const struct keep_set *k, const struct packages *p, const uint16_t *steps,
		       const struct run_results *runs, struct report_needs *out);
