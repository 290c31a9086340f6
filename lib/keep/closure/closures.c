#include "keep/closure/closures.h"

#include <string.h>

#include "formats/elf_object.h"
#include "image/file.h"
#include "keep/ahead.h"
#include "keep/closure/aliases.h"
#include "keep/closure/closure.h"
#include "keep/mentions.h"
#include "keep/source/config_names.h"

static const struct keep_closure *const closures[] = {
    &keep_closure_elf,    &keep_closure_script,  &keep_closure_names, &keep_closure_rules, &keep_closure_paths,
    &keep_closure_shell,  &keep_closure_python,  &keep_closure_node,  &keep_closure_perl,  &keep_closure_ruby,
    &keep_closure_php,    &keep_closure_java,    &keep_closure_spawn, &keep_closure_data,  &keep_closure_cli,
    &keep_closure_erlang, &keep_closure_r,       &keep_closure_lua,   &keep_closure_tcl,   &keep_closure_trees,
    &keep_closure_basics, &keep_closure_depended};
#define N_CLOSURES (sizeof(closures) / sizeof(closures[0]))

/* What the closures of one call remember. */
struct closing {
	struct image_files files[N_CLOSURES]; /* with several names, that one by content has run for */
	void *state[N_CLOSURES];
	struct keep_ahead *ahead;
};

/* Called in another thread. */
static const struct token_lexer *lexer_of(const struct keep_file *f)
{
	for (size_t i = 0; i < N_CLOSURES; i++)
		if (closures[i]->lexer && closures[i]->level <= f->k->level && closures[i]->applies(f))
			return closures[i]->lexer;
	return NULL;
}

static int close_one(const struct keep_file *f, struct closing *c, struct err *err)
{
	struct keep_set *k = f->k;
	const uint32_t node = f->node;
	int r = 0;
	if (k->mentions)
		k->mentions->from = elf_object_kind_of((const unsigned char *)f->head, f->n) ? KEEP_MENTION_FROM_ELF
				    : memchr(f->head, '\0', f->n)                            ? KEEP_MENTION_FROM_BINARY
											     : KEEP_MENTION_FROM_TEXT;
	for (size_t i = 0; r == 0 && i < N_CLOSURES; i++) {
		const struct keep_closure *l = closures[i];
		if (l->level > k->level || (k->tells && l->unnamed) ||
		    (k->reasons[node].kind == KEEP_SCRIPTS && !l->starts) || !l->applies(f) ||
		    (l->by_content && f->info->nlink > 1 && !image_files_add(&c->files[i], k->index, node)))
			continue;
		r = l->run(f, &c->state[i], err);
	}
	return r;
}

/* Close the nodes that are kept from number *done on, and all that they add. */
static int close_kept(struct keep_set *k, uint32_t *done, struct closing *c, struct err *err)
{
	for (; *done < k->n_kept; ++*done) { /* n_kept grows */
		uint32_t id = k->queue[*done];
		const struct image_node *node = image_index_node(k->index, id);
		if (!S_ISREG(node->mode) || !node->size)
			continue;
		struct keep_file *f;
		int r = keep_ahead_next(c->ahead, *done, &f, err);
		if (r == 0)
			r = close_one(f, c, err);
		if (r < 0) {
			CLEANUP_BUF struct buf path = {0};
			image_index_path(k->index, id, &path);
			return err_wrap(err, "what %s needs", path.data);
		}
	}
	return 0;
}

static void closing_done(struct closing *c)
{
	keep_ahead_free(c->ahead);
	for (size_t i = 0; i < N_CLOSURES; i++) {
		if (c->state[i] && closures[i]->free_state)
			closures[i]->free_state(c->state[i]);
		image_files_done(&c->files[i]);
	}
}

static void close_config(struct keep_set *k)
{
	if (k->mentions)
		k->mentions->from = KEEP_MENTION_FROM_TEXT;
	if (k->level >= KEEP_CLOSURE)
		keep_config_names(k);
}

int keep_closures(struct keep_set *k, struct err *err)
{
	struct closing c = {.ahead = keep_ahead_new(k, lexer_of)};
	int r = 0;
	if (k->mentions)
		keep_mentions_clear(k->mentions); /* every file is looked at again */
	close_config(k);
	struct keep_aliases *aliases = k->level >= KEEP_CLOSURE ? keep_aliases_new(k->index) : NULL;
	uint32_t done = 0;
	do {
		r = close_kept(k, &done, &c, err);
		if (r == 0 && aliases)
			keep_aliases_add(aliases, k);
	} while (r == 0 && done < k->n_kept);
	keep_aliases_free(aliases);
	closing_done(&c);
	return r;
}

int keep_closures_tell(const struct keep_set *k, struct keep_mentions *mentions, struct err *err)
{
	struct closing c = {0};
	struct keep_set told = *k; /* it borrows all but its notes */
	told.level = KEEP_CLOSURE;
	told.notes = (struct strset){0};
	told.left_out = (struct keep_left_out){0};
	told.trees = NULL;
	told.mentions = mentions;
	told.tells = true;
	uint32_t done = 0;
	c.ahead = keep_ahead_new(&told, lexer_of);
	close_config(&told);
	int r = close_kept(&told, &done, &c, err);
	closing_done(&c);
	strset_done(&told.notes);
	return r;
}
