/* cmd/batch/summary.h - what came of a batch, for a person and for a program. */
#pragma once

#include "base/buf.h"
#include "cmd/batch/run.h"

/* The exit code: the worst of all images'. From the best to the worst: done, gate, differs, failed, usage. */
int batch_summary_status(const struct batch_results *r);
/* A table with a line for each image, and what failed. */
void batch_summary_text(const struct batch_results *r, struct buf *out);
/* slim.reports/v1, see slim-report(5). */
void batch_summary_json(const struct batch_results *r, struct buf *out);
/* Sets the error of the batch unless all images are done: it names those that are not. */
int batch_summary_error(const struct batch_results *r, struct err *err);
