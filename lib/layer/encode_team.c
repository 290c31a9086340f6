#include "layer/encode_team.h"

#include "base/clock.h"
#include "base/stop.h"
#include "base/thread.h"

#define MOMENT_MS 20

void layer_team_init(struct layer_team *t, void (*work)(void *ctx), void (*free)(void *ctx), void *ctx)
{
	*t = (struct layer_team){.work = work, .free = free, .ctx = ctx};
	pthread_mutex_init(&t->lock, NULL);
	pthread_cond_init(&t->asked, NULL);
	pthread_cond_init(&t->done, NULL);
}

static void team_free(struct layer_team *t)
{
	pthread_mutex_destroy(&t->lock);
	pthread_cond_destroy(&t->asked);
	pthread_cond_destroy(&t->done);
	t->free(t->ctx); /* t is a part of it */
}

static void *run(void *arg)
{
	struct layer_team *t = arg;
	t->work(t->ctx);
	pthread_mutex_lock(&t->lock);
	bool is_last = --t->n_alive == 0 && t->left_alone;
	pthread_cond_signal(&t->done);
	pthread_mutex_unlock(&t->lock);
	if (is_last)
		team_free(t);
	return NULL;
}

void layer_team_start(struct layer_team *t, size_t n)
{
	pthread_mutex_lock(&t->lock);
	while (t->n_threads < n && t->n_threads < LAYER_TEAM_MAX &&
	       thread_start(&t->threads[t->n_threads], run, t) == 0)
		t->n_alive = ++t->n_threads;
	pthread_mutex_unlock(&t->lock);
}

static void wait_a_moment(struct layer_team *t)
{
	const uint64_t ms = clock_ms() + MOMENT_MS;
	const struct timespec until = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};
	pthread_cond_clockwait(&t->done, &t->lock, CLOCK_MONOTONIC, &until);
}

int layer_team_wait(struct layer_team *t, struct err *err)
{
	wait_a_moment(t);
	return stop_check(err);
}

void layer_team_leave(struct layer_team *t)
{
	pthread_mutex_lock(&t->lock);
	t->leave = true;
	pthread_cond_broadcast(&t->asked);
	while (t->n_alive && !stop_requested())
		wait_a_moment(t);
	const bool left_alone = t->left_alone = t->n_alive > 0;
	for (size_t i = 0; left_alone && i < t->n_threads; i++)
		pthread_detach(t->threads[i]);
	pthread_mutex_unlock(&t->lock); /* a thread that is left alone may free the team from here on */
	if (left_alone)
		return;
	for (size_t i = 0; i < t->n_threads; i++)
		pthread_join(t->threads[i], NULL);
	team_free(t);
}
