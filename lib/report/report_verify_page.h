/* report/report_verify_page.h - shows a person how the images differ. */
#pragma once

#include "verify/verdict.h"

/* Appends differences, missing files, healed files, and the log. Everything is escaped. */
void report_verify_page(const struct verify_verdict *v, struct buf *out);
