/* evidence/presence.h - says which paths of a trace exist in the image. */
#pragma once

#include "evidence/evidence.h"

/* Whether a path of the trace leads to a node of the image: enum trace_found. Unknown if it leads into /proc, /sys or
 * /dev, because the runtime fills these. follow as for evidence_way. */
uint8_t evidence_presence_of(const struct evidence *e, size_t path, bool follow);
/* The same for any path; it need not be in the trace. */
uint8_t evidence_presence_look(const struct evidence *e, const char *path, bool follow);

/* Sets found of every path of t, which is the trace of e. The path is followed as the run followed it; if the run did
 * both, either counts. */
void evidence_presence_fill(const struct evidence *e, struct trace *t);

/* Sets known of every path of t that was not found. Slower than the above: the parents of each are looked up. */
void evidence_presence_fill_known(const struct evidence *e, struct trace *t);
