#include "pipeline/beside.h"

#include "base/thread.h"

static void *run(void *arg)
{
	struct pipeline_beside *b = arg;
	(void)!b->work(b->ctx, &b->err); /* err tells */
	return NULL;
}

int pipeline_beside_start(struct pipeline_beside *b, int (*work)(void *ctx, struct err *err), void *ctx,
			  struct err *err)
{
	*b = (struct pipeline_beside){.work = work, .ctx = ctx};
	int e = thread_start(&b->thread, run, b);
	if (e)
		return err_sys(err, e, "thread-start", "start a thread");
	b->runs = true;
	return 0;
}

int pipeline_beside_wait(struct pipeline_beside *b, struct err *err)
{
	if (b->runs)
		pthread_join(b->thread, NULL);
	b->runs = false;
	if (b->err.code && err)
		*err = b->err;
	return -(int)b->err.code;
}
