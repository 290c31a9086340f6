/* sensor/ebpf/record_reader.h - from the records of the kernel's side to a trace and events. Private to lib/sensor/.
 * Not thread-safe: one thread, the reader's; after it was joined, any other. */
#pragma once

#include "base/idmap.h"
#include "sensor/ebpf/commands.h"
#include "sensor/events.h"
#include "sensor/facts_record.h"
#include "sensor/view.h"

struct sensor_record_reader {
	struct event_queue *events;
	struct view *view;
	struct sensor_commands *commands;
	struct trace trace;
	struct view_walked walked;
	struct record_world world;
	struct idmap programs; /* by their names in records: in the trace */
	struct idmap pending;  /* by thread: struct pending *, of one in the middle of a call */
	struct strset runtime_paths;
	uint64_t lost;
};

/* device: of rootfs, as the kernel writes it. All are borrowed. */
void sensor_record_reader_init(struct sensor_record_reader *r, int rootfs, uint32_t device, struct event_queue *events,
			       struct view *view, struct sensor_commands *commands);
void sensor_record_reader_done(struct sensor_record_reader *r);

/* One record of the ring buffer, whose callback it is: ctx is a reader. Returns 0. */
int sensor_record_reader_take(void *ctx, void *data, size_t size);

/* The program in the trace that records call so; UINT32_MAX if it is not known. */
uint32_t sensor_record_reader_program(const struct sensor_record_reader *r, uint64_t name);
