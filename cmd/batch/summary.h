/* cmd/batch/summary.h - the outcome of a batch, for a person and for a program. */
#pragma once

#include "base/buf.h"
#include "cmd/batch/run.h"

/* The exit code: the worst of all images. From the best to the worst: done, gate, differs, failed, usage. */
int batch_summary_status(const struct batch_results *r);
/* Appends a table with a line for each image, and the errors. */
void batch_summary_text(const struct batch_results *r, struct buf *out);
/* Appends slim.reports/v1, see slim-report(5). */
void batch_summary_json(const struct batch_results *r, struct buf *out);
/* Sets an error that names the images that are not done, if there are any. */
int batch_summary_error(const struct batch_results *r, struct err *err);
