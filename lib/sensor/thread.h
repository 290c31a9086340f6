/* sensor/thread.h - reads from the host's /proc what belongs to a thread of the container: its process, its links, and
 * the links that it finds in its own /proc. Private to lib/sensor/. */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

/* The process that it belongs to; tid itself if the thread is gone. */
pid_t sensor_thread_process(pid_t tid);

/* Target of /proc/TID/NAME ("cwd", "root", "fd/3") into buf, NUL-terminated; its length or -1. */
ssize_t sensor_thread_link(pid_t tid, const char *name, char buf[PATH_MAX]);

/* Target of the link that the thread finds as /proc/WHO/NAME ("self", "17/task/18"), as above. -1 also for a file that
 * came from outside the container. */
ssize_t sensor_thread_proc_link(pid_t tid, const char *who, const char *name, char buf[PATH_MAX]);

/* The device of the file system that its root lies on, "major:minor". False if the thread is gone. */
bool sensor_thread_device(pid_t tid, char device[32]);
