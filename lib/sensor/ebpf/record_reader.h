/* sensor/ebpf/record_reader.h - turns the records of the kernel's side into a trace and events. Private to lib/sensor/.
 * Not thread-safe: for the reader's thread, and for any other once that was joined. */
#pragma once

#include "base/idmap.h"
#include "sensor/ebpf/commands.h"
#include "sensor/ebpf/record_facts.h"
#include "sensor/events.h"
#include "sensor/paths.h"

struct ebpf_record_reader {
	struct sensor_event_queue *events;
	struct sensor_paths *paths;
	struct ebpf_commands *commands;
	struct trace trace;
	struct sensor_paths_walked walked;
	struct ebpf_record_world world;
	struct idmap programs; /* by their names in records: in the trace */
	struct idmap pending;  /* by thread: struct pending *, of one in the middle of a call */
	struct strset runtime_paths;
	uint64_t lost;
};

/* device: of rootfs, as the kernel writes it. All are borrowed. */
void ebpf_record_reader_init(struct ebpf_record_reader *r, int rootfs, uint32_t device,
			     struct sensor_event_queue *events, struct sensor_paths *paths,
			     struct ebpf_commands *commands);
void ebpf_record_reader_done(struct ebpf_record_reader *r);

/* One record of the ring buffer, whose callback it is: ctx is a reader. */
void ebpf_record_reader_take(void *ctx, const void *data, size_t size);

/* The program in the trace that records call so; UINT32_MAX if it is not known. */
uint32_t ebpf_record_reader_program(const struct ebpf_record_reader *r, uint64_t name);
