#include "run/bridge/host_thread.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"

struct run_host_thread {
	pthread_t thread;
	pthread_mutex_t lock; /* of all below */
	pthread_cond_t changed;
	int (*fn)(void *arg); /* what is to be called, or is; NULL = nothing */
	void *arg;
	int result;
	bool ends;
};

static void *serve(void *arg)
{
	struct run_host_thread *t = arg;
	pthread_mutex_lock(&t->lock);
	while (!t->ends) {
		if (!t->fn) {
			pthread_cond_wait(&t->changed, &t->lock);
			continue;
		}
		int (*fn)(void *) = t->fn;
		pthread_mutex_unlock(&t->lock);
		int r = fn(t->arg);
		pthread_mutex_lock(&t->lock);
		t->result = r;
		t->fn = NULL;
		pthread_cond_broadcast(&t->changed);
	}
	pthread_mutex_unlock(&t->lock);
	return NULL;
}

int run_host_thread_start(struct run_host_thread **out, struct err *err)
{
	struct run_host_thread *t = mem_alloc(sizeof(*t));
	pthread_mutex_init(&t->lock, NULL);
	pthread_cond_init(&t->changed, NULL);
	int e = pthread_create(&t->thread, NULL, serve, t);
	if (e) {
		free(t);
		return err_sys(err, e, "thread-start", "start a thread for commands of this machine");
	}
	*out = t;
	return 0;
}

int run_host_thread_call(struct run_host_thread *t, int (*fn)(void *arg), void *arg)
{
	pthread_mutex_lock(&t->lock);
	t->fn = fn;
	t->arg = arg;
	pthread_cond_broadcast(&t->changed);
	while (t->fn)
		pthread_cond_wait(&t->changed, &t->lock);
	int r = t->result;
	pthread_mutex_unlock(&t->lock);
	return r;
}

void run_host_thread_end(struct run_host_thread *t)
{
	if (!t)
		return;
	pthread_mutex_lock(&t->lock);
	t->ends = true;
	pthread_cond_broadcast(&t->changed);
	pthread_mutex_unlock(&t->lock);
	pthread_join(t->thread, NULL);
	pthread_mutex_destroy(&t->lock);
	pthread_cond_destroy(&t->changed);
	free(t);
}
