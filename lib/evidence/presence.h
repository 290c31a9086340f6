/* evidence/presence.h - which of a trace's paths the image has. */
#pragma once

#include "evidence/evidence.h"

/* Whether a path of the trace leads to something of the image: enum trace_found. Unknown if it leads into /proc, /sys
 * or /dev: the runtime fills these, not the image. follow as for evidence_way. */
uint8_t evidence_presence_of(const struct evidence *e, size_t path, bool follow);
/* The same for a path that the trace need not have. */
uint8_t evidence_presence_look(const struct evidence *e, const char *path, bool follow);

/* Sets found of every path of t, which is the trace of e: whether it leads to something of the image, followed as the
 * run did (if it did both, either counts). */
void evidence_presence_fill(const struct evidence *e, struct trace *t);
