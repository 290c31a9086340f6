/* sensor/ebpf/totals.h - adds up what the kernel's side only counts in its maps: the calls of each program, how often
 * one executed another, the processes, what was lost. Private to lib/sensor/. */
#pragma once

#include "sensor/ebpf/ebpf_load.h"
#include "sensor/ebpf/record_reader.h"

/* Adds all of it to the reader's trace, after the last record. */
void ebpf_totals_add(const struct ebpf_loaded *loaded, struct ebpf_record_reader *r);
