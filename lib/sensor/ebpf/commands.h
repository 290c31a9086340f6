/* sensor/ebpf/commands.h - the commands that the eBPF recorder follows, and how they end. The kernel's side knows each
 * by its slot, and keeps a map of the processes that belong to it. Private to lib/sensor/. Thread-safe: one thread
 * starts and kills, the reader's sees the ends. */
#pragma once

#include <pthread.h>

#include "os/subproc.h"
#include "sensor/ebpf/bpf/record.h"
#include "sensor/ebpf/ebpf_load.h"

struct ebpf_commands {
	const struct ebpf_loaded *loaded;
	pthread_mutex_t lock; /* of slots */
	struct ebpf_command {
		enum { EBPF_COMMAND_NONE, EBPF_COMMAND_RUNS, EBPF_COMMAND_FAILED } state;
		int task;
		struct subproc proc;
		bool killed;
	} slots[RECORD_TASKS];
};

void ebpf_commands_init(struct ebpf_commands *c, const struct ebpf_loaded *loaded);
void ebpf_commands_done(struct ebpf_commands *c);

/* task: its number in events. */
int ebpf_commands_start(struct ebpf_commands *c, const struct subproc_command *cmd, int task,
			struct err *err) MUST_CHECK;
/* SIGKILL to all processes of a task. Some may fork meanwhile: _kill_again has to follow until all have ended. */
void ebpf_commands_kill(struct ebpf_commands *c, int task);
void ebpf_commands_kill_again(struct ebpf_commands *c);
/* The same of all commands. True while one of them runs. */
bool ebpf_commands_kill_all(struct ebpf_commands *c);
/* SIGKILL to all members of that map; async-signal-safe. Whether there was any. */
bool ebpf_commands_kill_members(int map);

/* Whether all that was started has ended, and nothing is to be recorded of it. */
bool ebpf_commands_are_over(struct ebpf_commands *c);

/* The task of a slot; -1 if no command runs there. */
int ebpf_commands_task(struct ebpf_commands *c, uint32_t slot);
/* The last process of a slot has ended: its task and the exit status of the command, as struct sensor_event has it.
 * False if the command never ran. */
bool ebpf_commands_end(struct ebpf_commands *c, uint32_t slot, int *status);
/* Frees the slot. */
void ebpf_commands_forget(struct ebpf_commands *c, uint32_t slot);
