#include "sensor/events.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/mem.h"

int sensor_event_queue_init(struct sensor_event_queue *q, struct err *err)
{
	*q = (struct sensor_event_queue){.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
	if (q->fd < 0)
		return err_sys(err, errno, "eventfd-create", "cannot create an eventfd");
	pthread_mutex_init(&q->lock, NULL);
	return 0;
}

void sensor_event_queue_put(struct sensor_event_queue *q, const struct sensor_event *e)
{
	pthread_mutex_lock(&q->lock);
	q->items = mem_grow(q->items, q->count, &q->cap, sizeof(*q->items));
	q->items[q->count++] = *e;
	eventfd_write(q->fd, 1);
	pthread_mutex_unlock(&q->lock);
}

int sensor_event_queue_take(struct sensor_event_queue *q, struct sensor_event *out)
{
	pthread_mutex_lock(&q->lock);
	int have = q->head < q->count;
	if (have)
		*out = q->items[q->head++];
	if (q->head == q->count) {
		q->head = q->count = 0;
		eventfd_t n;
		eventfd_read(q->fd, &n);
	}
	pthread_mutex_unlock(&q->lock);
	return have;
}

void sensor_event_queue_done(struct sensor_event_queue *q)
{
	if (q->fd < 0)
		return;
	close(q->fd);
	free(q->items);
	pthread_mutex_destroy(&q->lock);
	*q = (struct sensor_event_queue){.fd = -1};
}
