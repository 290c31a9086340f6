/* sensor/events.h - the queue of sensor events: any thread puts, one takes. Private to lib/sensor/. */
#pragma once

#include <pthread.h>

#include "sensor/sensor.h"

struct event_queue {
	pthread_mutex_t lock;
	struct sensor_event *items;
	size_t head, count, cap; /* items[head..count) wait */
	int fd;                  /* eventfd, readable while events wait */
};

int event_queue_init(struct event_queue *q, struct err *err) MUST_CHECK;
void event_queue_put(struct event_queue *q, const struct sensor_event *e);
int event_queue_take(struct event_queue *q, struct sensor_event *out); /* 1 or 0 */
void event_queue_done(struct event_queue *q);
