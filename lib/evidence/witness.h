/* evidence/witness.h - compares the two witnesses of a recording: fanotify, and ptrace or eBPF, which follow the system
 * calls. */
#pragma once

#include "evidence/evidence.h"

/* Fills the rules and the unexplained paths of trace.comparison, of a recording that was just made. Unexplained is a
 * path that only fanotify saw opened. Unexplained is also a path that only the other witness saw, if it leads to a
 * regular file of the image and fanotify would have seen the open. Fills nothing if one of the witnesses was absent.
 * trace is the evidence's. */
void evidence_witness_compare(const struct evidence *e, struct trace *trace);

/* Fills its files: how many regular files of the image each witness saw, whatever their names. */
void evidence_witness_count_files(const struct evidence *e, struct trace *trace);
