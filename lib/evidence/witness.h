/* evidence/witness.h - the recording's two witnesses held against each other: fanotify, and the other, who follows the
 * system calls. */
#pragma once

#include "evidence/evidence.h"

/* Fills the rules and the unexplained paths of trace.comparison, of a recording that was just made: each path that
 * fanotify alone saw opened, and each that the other alone saw, if it leads to a regular file of the image and fanotify
 * would have seen it opened. Fills nothing if one of them was absent. trace is the evidence's. */
void evidence_witness_compare(const struct evidence *e, struct trace *trace);

/* Fills its files: how many regular files of the image who saw, under whatever names. */
void evidence_witness_count_files(const struct evidence *e, struct trace *trace);
