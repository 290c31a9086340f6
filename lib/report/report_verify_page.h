/* report/report_verify_page.h - shows a person in what the images differ. */
#pragma once

#include "verify/verdict.h"

/* Appends what differs, which files are missing, what was healed, and the log. Escaped. */
void report_verify_page(const struct verify_verdict *v, struct buf *out);
