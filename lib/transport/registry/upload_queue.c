#include "transport/registry/upload_queue.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "base/mem.h"
#include "base/thread.h"
#include "transport/registry/upload.h"

struct registry_upload_job {
	struct registry_upload_queue *queue;
	pthread_t thread;
	struct oci_descriptor d;
	int fd;
	void *data; /* instead of fd */
	char *session;
	bool known_missing;
	uint64_t sent; /* bytes of fd; under the queue's lock */
	bool ended;    /* as above */
};

/* Readable when the user asks to stop, or when we do. */
static int watch(struct registry_upload_queue *q, const struct progress *user, struct err *err)
{
	struct epoll_event in = {.events = EPOLLIN};
	q->stop_fd = eventfd(0, EFD_CLOEXEC);
	q->poll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (q->stop_fd < 0 || q->poll_fd < 0 || epoll_ctl(q->poll_fd, EPOLL_CTL_ADD, q->stop_fd, &in) < 0 ||
	    (user && user->cancel_fd >= 0 && epoll_ctl(q->poll_fd, EPOLL_CTL_ADD, user->cancel_fd, &in) < 0))
		return err_sys(err, errno, "eventfd-create", "cannot watch for the end");
	return 0;
}

int registry_upload_queue_init(struct registry_upload_queue *q, const struct progress *user, struct err *err)
{
	*q = (struct registry_upload_queue){.stop_fd = -1, .poll_fd = -1};
	pthread_mutex_init(&q->lock, NULL);
	pthread_cond_init(&q->freed, NULL);
	int r = watch(q, user, err);
	if (user)
		q->progress = *user;
	q->progress.cancel_fd = q->poll_fd;
	return r;
}

static void stop(struct registry_upload_queue *q)
{
	eventfd_write(q->stop_fd, 1);
}

static void job_free(struct registry_upload_job *j)
{
	if (j->fd >= 0)
		close(j->fd);
	free(j->data);
	free(j->session);
	free(j);
}

/* Bytes that are sent again count once. */
static void report(void *ctx, uint64_t bytes)
{
	struct registry_upload_job *j = ctx;
	struct registry_upload_queue *q = j->queue;
	pthread_mutex_lock(&q->lock);
	if (bytes > j->sent && bytes <= j->d.size) {
		q->sent += bytes - j->sent;
		j->sent = bytes;
	}
	const uint64_t sent = q->sent, total = q->total;
	pthread_mutex_unlock(&q->lock);
	(void)!progress_step(&q->progress, "publish", sent, total, "bytes", NULL); /* the sender sees a cancel itself */
}

static int send_blob(struct registry_upload_job *j, struct strlist *forsaken, struct err *err)
{
	struct registry_upload_queue *q = j->queue;
	int r = j->session || j->known_missing ? 0 : registry_has(q->client, &j->d, err);
	if (r != 0)
		return r;
	const struct registry_meter meter = {report, j};
	return registry_upload(q->client, &j->d, j->fd, j->data, steal_ptr(&j->session), &meter, &q->progress, forsaken,
			       err);
}

static void *run(void *ctx)
{
	struct registry_upload_job *j = ctx;
	struct registry_upload_queue *q = j->queue;
	CLEANUP_STRLIST struct strlist forsaken = {0};
	struct err e = {0};
	int r = send_blob(j, &forsaken, &e);
	if (r >= 0 && j->fd >= 0)
		report(j, j->d.size); /* the registry may have had it */
	if (r < 0 && e.code != ERR_CANCELLED)
		err_wrap(&e, "blob %s", j->d.digest.text);
	pthread_mutex_lock(&q->lock);
	if (r < 0 && !q->err.code) {
		q->err = e;
		stop(q); /* without this blob there is no image: stop the others */
	}
	strlist_extend(&q->forsaken, &forsaken);
	j->ended = true;
	pthread_cond_signal(&q->freed);
	pthread_mutex_unlock(&q->lock);
	return NULL;
}

/* Takes away those that ended. How many still run; *place: a free one. Under the lock. */
static size_t reap(struct registry_upload_queue *q, size_t *place)
{
	size_t running = 0;
	for (size_t i = 0; i < REGISTRY_UPLOADS_AT_ONCE; i++) {
		struct registry_upload_job *j = q->jobs[i];
		if (j && j->ended) {
			pthread_join(j->thread, NULL); /* it needs the lock no more */
			job_free(j);
			q->jobs[i] = NULL;
		}
		if (q->jobs[i])
			running++;
		else
			*place = i;
	}
	return running;
}

static void wait_until(struct registry_upload_queue *q, size_t most, size_t *place)
{
	while (reap(q, place) > most)
		pthread_cond_wait(&q->freed, &q->lock);
}

int registry_upload_queue_add(struct registry_upload_queue *q, const struct oci_descriptor *d, int fd, const void *data,
			      char *session, bool known_missing, struct err *err)
{
	size_t place = 0;
	pthread_mutex_lock(&q->lock);
	wait_until(q, REGISTRY_UPLOADS_AT_ONCE - 1, &place);
	bool failed = q->err.code;
	pthread_mutex_unlock(&q->lock);
	if (failed) {
		registry_upload_queue_forsake(q, session);
		return 0;
	}
	struct registry_upload_job *j = mem_alloc(sizeof(*j));
	*j = (struct registry_upload_job){
	    .queue = q, .d = *d, .fd = -1, .session = session, .known_missing = known_missing};
	if (data)
		j->data = mem_dup(data, (size_t)d->size);
	else if ((j->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0)) < 0) {
		job_free(j);
		return err_sys(err, errno, "descriptor-duplicate", "cannot keep the file");
	}
	pthread_mutex_lock(&q->lock);
	q->total += j->fd >= 0 ? j->d.size : 0;
	pthread_mutex_unlock(&q->lock);
	q->jobs[place] = j;
	int e = thread_start(&j->thread, run, j);
	if (e != 0) {
		q->jobs[place] = NULL;
		job_free(j);
		return err_sys(err, e, "thread-start", "cannot start a thread");
	}
	return 0;
}

static int tell(const struct registry_upload_queue *q, struct err *err)
{
	if (err && q->err.code)
		*err = q->err;
	return -(int)q->err.code;
}

int registry_upload_queue_check(struct registry_upload_queue *q, struct err *err)
{
	pthread_mutex_lock(&q->lock);
	int r = tell(q, err);
	pthread_mutex_unlock(&q->lock);
	return r;
}

int registry_upload_queue_flush(struct registry_upload_queue *q, struct err *err)
{
	size_t place;
	pthread_mutex_lock(&q->lock);
	wait_until(q, 0, &place);
	int r = tell(q, err);
	pthread_mutex_unlock(&q->lock);
	return r;
}

void registry_upload_queue_forsake(struct registry_upload_queue *q, char *session)
{
	if (!session)
		return;
	pthread_mutex_lock(&q->lock);
	strlist_take(&q->forsaken, session);
	pthread_mutex_unlock(&q->lock);
}

void registry_upload_queue_done(struct registry_upload_queue *q)
{
	stop(q);
	(void)!registry_upload_queue_flush(q, NULL); /* who wanted to know has asked */
	if (q->client)
		registry_cancel_uploads(q->client, &q->forsaken, &q->progress);
	strlist_done(&q->forsaken);
	pthread_cond_destroy(&q->freed);
	pthread_mutex_destroy(&q->lock);
	if (q->poll_fd >= 0)
		close(q->poll_fd);
	if (q->stop_fd >= 0)
		close(q->stop_fd);
}
