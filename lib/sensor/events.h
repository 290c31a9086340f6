/* sensor/events.h - the events that a sensor reports while it records, and their queue: any thread may put one in, one
 * thread takes them out. */
#pragma once

#include <pthread.h>

#include "base/err.h"
#include "trace/trace.h"

enum sensor_event_kind {
	SENSOR_STARTED, /* the task's first filtered program was executed; pid */
	SENSOR_LISTEN,  /* a socket listens (tcp) or is bound (udp); port */
	SENSOR_ENDED,   /* the command ended and all it started; status */
};

struct sensor_event {
	enum sensor_event_kind kind;
	int task;
	pid_t pid;
	struct trace_port port;
	int status; /* exit code, or 128 + signal */
};

struct sensor_event_queue {
	pthread_mutex_t lock;
	struct sensor_event *items;
	size_t head, count, cap; /* items[head..count) wait */
	int fd;                  /* eventfd, readable while events wait */
};

int sensor_event_queue_init(struct sensor_event_queue *q, struct err *err) MUST_CHECK;
void sensor_event_queue_put(struct sensor_event_queue *q, const struct sensor_event *e);
int sensor_event_queue_take(struct sensor_event_queue *q, struct sensor_event *out); /* 1 or 0 */
void sensor_event_queue_done(struct sensor_event_queue *q);
