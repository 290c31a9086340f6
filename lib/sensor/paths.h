/* sensor/paths.h - turns a path as a process of the container sees it into a path of the container's root file
 * system, and adds it to a trace. Most paths are the same in both. These differ: links of /proc
 * (/proc/PID/{root,cwd,exe,fd/N}, /dev/fd); every path of a process that changed its root or whose mounts changed;
 * and a path through a symlink that the run made, which is gone when the trace is read. The last two kinds are walked
 * in the live container, and each symlink crossed becomes an entry of its own. Private to lib/sensor/. */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "base/buf.h"
#include "sensor/call_facts.h"
#include "trace/trace.h"

#define SENSOR_PATHS_NAMES 65536 /* with more than that, every path is walked */

/* What the run changed so far; one for all tasks of a sensor. */
struct sensor_paths {
	uint8_t witness; /* enum trace_witness: who tells the calls */
	atomic_bool roots_vary, mounts_vary;
	atomic_uint n_made;   /* grows with each name in made and each change of a root or of mounts */
	pthread_mutex_t lock; /* of what follows */
	char device[32];      /* of the root's file system, as in mountinfo; "" = not known */
	struct strset made;   /* last components of what may be a symlink made by the run; up to SENSOR_PATHS_NAMES */
};

/* Paths already walked by a task. */
struct sensor_paths_walked {
	struct strset keys;
	unsigned n_made; /* of sensor_paths when they were */
};

void sensor_paths_init(struct sensor_paths *paths, uint8_t witness);
void sensor_paths_done(struct sensor_paths *paths);

/* Told at the entry of the call, before it takes effect. */
void sensor_paths_root_changes(struct sensor_paths *paths);
void sensor_paths_mounts_change(struct sensor_paths *paths, const struct sensor_call_facts *f);
void sensor_paths_link_made(struct sensor_paths *paths, const char *path); /* or may be made: the call may fail */

struct sensor_paths_place {
	struct sensor_paths *paths;
	struct sensor_paths_walked *walked;
	const struct sensor_call_facts *facts;
	uint32_t program;
	struct trace *trace;
	struct buf *first; /* receives the path that was added, if it is empty; may be NULL */
};

/* Add a path, absolute in the mount namespace of the process (as its /proc/PID links are), joined but not
 * resolved. */
void sensor_paths_add(const struct sensor_paths_place *p, const char *path, uint32_t kinds);

/* The same for a path below a directory fd, that is the root for it (RESOLVE_IN_ROOT). */
void sensor_paths_add_below(const struct sensor_paths_place *p, int dirfd, const char *path, uint32_t kinds);

/* Whether a symlink is there, now. */
bool sensor_paths_is_link(const struct sensor_paths_place *p, const char *path);

/* Reads the root of the process, "" for "/". -1 if the process is gone. */
int sensor_paths_root(const struct sensor_paths *paths, const struct sensor_call_facts *f, char root[]);
