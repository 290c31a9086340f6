#include "sensor/ebpf/commands.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "os/proc_status.h"

void ebpf_commands_init(struct ebpf_commands *c, const struct ebpf_loaded *loaded)
{
	c->loaded = loaded;
	pthread_mutex_init(&c->lock, NULL);
}

void ebpf_commands_done(struct ebpf_commands *c)
{
	pthread_mutex_destroy(&c->lock);
}

/* ---- killing ---- */

static bool kill_slot(int map, uint32_t slot, bool all)
{
	uint64_t key, *from = NULL;
	bool some = false;
	struct record_member m;
	while (bpf_map_get_next_key(map, from, &key) == 0) {
		from = &key;
		if (bpf_map_lookup_elem(map, &key, &m) < 0 || (!all && m.task != slot) || m.process <= 1)
			continue;
		some = true;
		kill((pid_t)m.process, SIGKILL);
	}
	return some;
}

bool ebpf_commands_kill_members(int map)
{
	return kill_slot(map, 0, true);
}

void ebpf_commands_kill(struct ebpf_commands *c, int task)
{
	for (uint32_t i = 0; i < RECORD_TASKS; i++) {
		struct ebpf_command *s = &c->slots[i];
		pthread_mutex_lock(&c->lock);
		bool hit = s->state == EBPF_COMMAND_RUNS && s->task == task;
		s->killed |= hit;
		pthread_mutex_unlock(&c->lock);
		if (hit)
			(void)kill_slot(c->loaded->members, i, false); /* the reader does it again */
	}
}

void ebpf_commands_kill_again(struct ebpf_commands *c)
{
	for (uint32_t i = 0; i < RECORD_TASKS; i++) {
		pthread_mutex_lock(&c->lock);
		bool killed = c->slots[i].state == EBPF_COMMAND_RUNS && c->slots[i].killed;
		pthread_mutex_unlock(&c->lock);
		if (killed)
			(void)kill_slot(c->loaded->members, i, false);
	}
}

bool ebpf_commands_kill_all(struct ebpf_commands *c)
{
	bool some = false;
	pthread_mutex_lock(&c->lock);
	for (size_t i = 0; i < RECORD_TASKS; i++) {
		some |= c->slots[i].state == EBPF_COMMAND_RUNS;
		c->slots[i].killed = true;
	}
	pthread_mutex_unlock(&c->lock);
	if (some)
		(void)ebpf_commands_kill_members(c->loaded->members);
	return some;
}

bool ebpf_commands_are_over(struct ebpf_commands *c)
{
	bool over = true;
	pthread_mutex_lock(&c->lock);
	for (size_t i = 0; i < RECORD_TASKS; i++)
		over &= c->slots[i].state == EBPF_COMMAND_NONE;
	pthread_mutex_unlock(&c->lock);
	return over;
}

/* ---- start and end ---- */

struct attaching {
	const struct ebpf_loaded *loaded;
	uint32_t slot;
	bool counted;
};

static int attach(void *ctx, pid_t pid, struct err *err)
{
	struct attaching *a = ctx;
	uint64_t one = 1;
	struct proc_status status;
	(void)proc_status_read(pid, &status); /* one that is gone has no filters */
	struct record_thread thread = {.task = a->slot, .filters = status.seccomp_filters};
	CLEANUP_FD int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (pidfd < 0 || bpf_map_update_elem(a->loaded->living, &a->slot, &one, BPF_ANY) < 0 ||
	    bpf_map_update_elem(a->loaded->threads, &pidfd, &thread, BPF_NOEXIST) < 0)
		return err_sys(err, errno, "ebpf-start", "cannot follow the command with eBPF");
	a->counted = true;
	return 0;
}

int ebpf_commands_start(struct ebpf_commands *c, const struct subproc_command *cmd, int task, struct err *err)
{
	struct attaching a = {.loaded = c->loaded};
	pthread_mutex_lock(&c->lock);
	while (a.slot < RECORD_TASKS && c->slots[a.slot].state != EBPF_COMMAND_NONE)
		a.slot++;
	if (a.slot == RECORD_TASKS) {
		pthread_mutex_unlock(&c->lock);
		return err_set(err, ERR_LIMIT, "too-many-commands", "%d commands run at the same time", RECORD_TASKS);
	}
	struct ebpf_command *s = &c->slots[a.slot];
	*s = (struct ebpf_command){.task = task};
	struct subproc_command copy = *cmd;
	copy.attach = attach;
	copy.attach_ctx = &a;
	int r = subproc_start(&copy, &s->proc, err);
	/* one that failed after it was counted tells its end all the same */
	s->state = r == 0 ? EBPF_COMMAND_RUNS : a.counted ? EBPF_COMMAND_FAILED : EBPF_COMMAND_NONE;
	pthread_mutex_unlock(&c->lock);
	return r;
}

int ebpf_commands_task(struct ebpf_commands *c, uint32_t slot)
{
	const struct ebpf_command *s = &c->slots[slot % RECORD_TASKS];
	pthread_mutex_lock(&c->lock);
	int task = s->state == EBPF_COMMAND_RUNS ? s->task : -1;
	pthread_mutex_unlock(&c->lock);
	return task;
}

bool ebpf_commands_end(struct ebpf_commands *c, uint32_t slot, int *status)
{
	const struct ebpf_command *s = &c->slots[slot % RECORD_TASKS];
	pthread_mutex_lock(&c->lock); /* held by _start until it knows what became of its command */
	struct subproc proc = s->proc;
	bool runs = s->state == EBPF_COMMAND_RUNS;
	pthread_mutex_unlock(&c->lock);
	return runs && subproc_wait(&proc, -1, NULL, status, NULL) == 0;
}

void ebpf_commands_forget(struct ebpf_commands *c, uint32_t slot)
{
	pthread_mutex_lock(&c->lock);
	c->slots[slot % RECORD_TASKS].state = EBPF_COMMAND_NONE;
	pthread_mutex_unlock(&c->lock);
}
