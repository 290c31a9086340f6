/* sensor/ebpf/commands.h - the commands that the eBPF recorder follows, and how they end. The kernel's side knows each
 * by its slot, and keeps in a map which processes belong to it. Private to lib/sensor/. Thread-safe: one thread starts
 * and kills, the reader's sees the ends. */
#pragma once

#include <pthread.h>

#include "os/subproc.h"
#include "sensor/ebpf/bpf/record.h"
#include "sensor/ebpf/ebpf_load.h"

struct sensor_commands {
	const struct ebpf_loaded *loaded;
	pthread_mutex_t lock; /* of slots */
	struct sensor_command {
		enum { COMMAND_NONE, COMMAND_RUNS, COMMAND_FAILED } state;
		int task;
		struct subproc proc;
		bool killed;
	} slots[RECORD_TASKS];
};

void sensor_commands_init(struct sensor_commands *c, const struct ebpf_loaded *loaded);
void sensor_commands_done(struct sensor_commands *c);

/* task: its number in events. */
int sensor_commands_start(struct sensor_commands *c, const struct subproc_command *cmd, int task,
			  struct err *err) MUST_CHECK;
/* SIGKILL to all processes of a task. Some may fork meanwhile: _kill_again has to follow until all have ended. */
void sensor_commands_kill(struct sensor_commands *c, int task);
void sensor_commands_kill_again(struct sensor_commands *c);
/* The same of all commands. True while one of them runs. */
bool sensor_commands_kill_all(struct sensor_commands *c);
/* SIGKILL to all members of that map; async-signal-safe. Whether there was any. */
bool sensor_commands_kill_members(int map);

/* The task of a slot; -1 if no command runs there. */
int sensor_commands_task(struct sensor_commands *c, uint32_t slot);
/* The last process of a slot has ended: its task and the exit status of the command, as struct sensor_event has it.
 * False if the command never ran. */
bool sensor_commands_end(struct sensor_commands *c, uint32_t slot, int *status);
/* Frees the slot. */
void sensor_commands_forget(struct sensor_commands *c, uint32_t slot);
