/* report/step/step.h - one step of an exercise, as every report shows it. */
#pragma once

#include <jansson.h>

#include "base/buf.h"
#include "exercise/exercise.h"

/* The object that slim-report(5) describes, without first_to_need. */
json_t *report_step_json(const struct exercise_step *s);
/* Its status: "200", "exit 1", "ok", "no answer". */
void report_step_status(const struct exercise_step *s, char out[32]);
/* True if a person should look at it: an error, an answer that was not expected, a status of an error. */
bool report_step_is_failed(const struct exercise_step *s);
/* Appends what comes from outside, escaped, and cut (at a character) when it is longer than max. NULL = nothing. */
void report_step_text(struct buf *out, const char *s, size_t max);
/* "12.3 kB"; returns out. */
const char *report_step_size(uint64_t bytes, char out[32]);
