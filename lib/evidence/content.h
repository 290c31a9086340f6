/* evidence/content.h - digests of what an image has where the paths of a trace lead, so that a later image can be
 * compared with it. */
#pragma once

#include "evidence/evidence.h"

/* Sets content of every path of t, which is the trace of e. For a regular file it stands for the bytes, for a
 * directory that was listed for the names in it; for others it is 0. Reads each such file once. ERR_CANCELLED if the
 * user asks to stop. */
int evidence_content_fill(const struct evidence *e, struct trace *t, struct err *err) MUST_CHECK;
