/* report/report_verify_page.h - a verdict for a person, when the images differ. */
#pragma once

#include "verify/verdict.h"

/* What differs, what was looked for and is missing, what was healed, and the log. Escaped. */
void report_verify_page(const struct verify_verdict *v, struct buf *out);
