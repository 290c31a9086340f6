/* sensor/ebpf/calls.h - tells the kernel's side what to do with each system call. Private to lib/sensor/. */
#pragma once

#include "base/strset.h"

/* Writes the map "calls" anew. refused: names of calls that the filter refuses. Returns 0 or a negative errno. */
int ebpf_calls_fill(int map, const struct strset *refused);
