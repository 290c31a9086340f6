#include "keep/ahead.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/thread.h"

struct batch { /* of consecutive entries of the queue; those that are no files are left out */
	uint32_t first, end;
	unsigned n;
	struct item {
		uint32_t number;
		bool failed; /* to open: whoever asks for it tries again, and gets the error */
		struct keep_file file;
	} items[KEEP_AHEAD_FILES];
};

struct keep_ahead {
	struct keep_set *k;
	keep_ahead_lexer *lexer;
	struct image_reader reader, own; /* of the thread, of the caller */
	struct keep_file file;           /* the one that the caller opened itself */
	pthread_t thread;
	bool tried, running;
	unsigned at;  /* the place in the batch that the caller is in */
	bool holding; /* the caller is in the batch `taken` */

	pthread_mutex_t lock; /* of all below */
	pthread_cond_t filled, asked;
	uint32_t next, known;        /* the first entry that nobody took; the entries that the thread may read */
	uint64_t begun, made, taken; /* numbers of batches so far */
	bool stop;
	struct batch batches[KEEP_AHEAD_BATCHES];
};

static bool is_file(const struct keep_set *k, uint32_t number)
{
	const struct image_node *n = image_index_node(k->index, k->queue[number]);
	return S_ISREG(n->mode) && n->size;
}

/* ---- the other thread ---- */

static void batch_clear(struct batch *b)
{
	for (unsigned i = 0; i < b->n; i++)
		keep_file_done(&b->items[i].file);
	b->n = 0;
}

/* Takes the next entries, up to so many files or bytes. False: the caller took them meanwhile. With the lock held. */
static bool claim(struct keep_ahead *a, struct batch *b)
{
	uint64_t bytes = 0;
	b->first = a->next;
	for (; a->next < a->known && b->n < KEEP_AHEAD_FILES && bytes < KEEP_AHEAD_BYTES; a->next++) {
		if (!is_file(a->k, a->next))
			continue;
		const uint64_t size = image_index_node(a->k->index, a->k->queue[a->next])->size;
		bytes += size <= KEEP_TEXT_SMALL ? size : 0;
		b->items[b->n++].number = a->next;
	}
	b->end = a->next;
	return b->end > b->first;
}

static void fill(struct keep_ahead *a, struct batch *b)
{
	for (unsigned i = 0; i < b->n; i++) {
		struct item *it = &b->items[i];
		it->failed = keep_file_open_from(&it->file, a->k, a->k->queue[it->number], &a->reader, NULL) < 0;
		if (!it->failed && it->file.text)
			keep_file_split(&it->file, a->lexer(&it->file));
	}
}

static void *run_ahead(void *ctx)
{
	struct keep_ahead *a = ctx;
	pthread_mutex_lock(&a->lock);
	while (!a->stop) {
		if (a->begun - a->taken == KEEP_AHEAD_BATCHES || a->next >= a->known) {
			pthread_cond_wait(&a->asked, &a->lock);
			continue;
		}
		struct batch *b = &a->batches[a->begun % KEEP_AHEAD_BATCHES];
		pthread_mutex_unlock(&a->lock);
		batch_clear(b);
		pthread_mutex_lock(&a->lock);
		if (!claim(a, b))
			continue;
		a->begun++;
		pthread_mutex_unlock(&a->lock);
		fill(a, b);
		pthread_mutex_lock(&a->lock);
		a->made++;
		pthread_cond_signal(&a->filled);
	}
	pthread_mutex_unlock(&a->lock);
	return NULL;
}

/* ---- the caller's side ---- */

struct keep_ahead *keep_ahead_new(struct keep_set *k, keep_ahead_lexer *lexer)
{
	struct keep_ahead *a = mem_alloc(sizeof(*a));
	a->k = k;
	a->lexer = lexer;
	a->reader = a->own = IMAGE_READER(k->index);
	a->file.fd = -1;
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->filled, NULL);
	pthread_cond_init(&a->asked, NULL);
	return a;
}

void keep_ahead_free(struct keep_ahead *a)
{
	if (!a)
		return;
	pthread_mutex_lock(&a->lock);
	a->stop = true;
	pthread_cond_signal(&a->asked);
	pthread_mutex_unlock(&a->lock);
	if (a->running)
		pthread_join(a->thread, NULL);
	for (unsigned i = 0; i < KEEP_AHEAD_BATCHES; i++)
		batch_clear(&a->batches[i]);
	keep_file_done(&a->file);
	image_reader_done(&a->reader);
	image_reader_done(&a->own);
	pthread_mutex_destroy(&a->lock);
	pthread_cond_destroy(&a->filled);
	pthread_cond_destroy(&a->asked);
	free(a);
}

/* A second processor is what it is for. If it can't be started, the caller reads alone. */
static void start(struct keep_ahead *a)
{
	cpu_set_t set;
	a->tried = true;
	if (sched_getaffinity(0, sizeof(set), &set) == 0 && CPU_COUNT(&set) < 2)
		return;
	a->running = thread_start(&a->thread, run_ahead, a) == 0;
}

/* Leaves the batch that the caller is in, and enters the one that has the entry. False: no batch has it, and none will.
 */
static bool enter(struct keep_ahead *a, uint32_t number)
{
	pthread_mutex_lock(&a->lock);
	a->taken += a->holding;
	a->known = a->k->n_kept;
	if (a->known - a->next >= KEEP_AHEAD_FILES) /* the caller reads a few sooner than the thread wakes */
		pthread_cond_signal(&a->asked);
	if (a->begun == a->taken && a->next <= number)
		a->next = number + 1;
	a->holding = a->begun != a->taken;
	while (a->holding && a->made == a->taken)
		pthread_cond_wait(&a->filled, &a->lock);
	pthread_mutex_unlock(&a->lock);
	a->at = 0;
	return a->holding;
}

static struct item *find(struct keep_ahead *a, uint32_t number)
{
	struct batch *b;
	do {
		b = &a->batches[a->taken % KEEP_AHEAD_BATCHES];
		if ((!a->holding || number >= b->end) && !enter(a, number))
			return NULL;
	} while (number >= (b = &a->batches[a->taken % KEEP_AHEAD_BATCHES])->end);
	while (a->at < b->n && b->items[a->at].number < number)
		a->at++;
	return a->at < b->n && b->items[a->at].number == number ? &b->items[a->at] : NULL;
}

int keep_ahead_next(struct keep_ahead *a, uint32_t number, struct keep_file **out, struct err *err)
{
	if (!a->tried && a->k->n_kept - number >= KEEP_AHEAD_FROM)
		start(a);
	struct item *it = a->running ? find(a, number) : NULL;
	*out = it && !it->failed ? &it->file : &a->file;
	if (*out != &a->file)
		return 0;
	keep_file_done(&a->file);
	return keep_file_open_from(&a->file, a->k, a->k->queue[number], &a->own, err);
}
