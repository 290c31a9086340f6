#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "formats/elf_content.h"
#include "formats/text_search.h"
#include "image/file.h"
#include "keep/left_out.h"
#include "keep/loader/elf_search.h"
#include "keep/rules/glob_index.h"
#include "keep/rules/glob_walk.h"
#include "keep/rules/rules.h"
#include "text/glob.h"

struct keep_rules_run {
	struct keep_rules *rules;
	struct keep_set *k;
	struct text_search *texts;
	struct keep_elf_search *search;
	const char **patterns;        /* of the rules' globs, by number */
	struct keep_glob_index globs; /* of them */
	bool *fired;                  /* by rule: patterns with a leading slash match the same again */
	bool **fired_in;              /* by rule, by directory: so do the others; NULL = in none */
	struct image_files read;      /* files with several names whose content was looked at */
};

static int by_word(const void *a, const void *b)
{
	const struct keep_rule_use *x = a, *y = b;
	return x->word != y->word ? (x->word > y->word) - (x->word < y->word)
				  : (x->rule > y->rule) - (x->rule < y->rule);
}

struct keep_rules_run *keep_rules_run_new(struct keep_rules *r, struct keep_set *k)
{
	struct keep_rules_run *run = mem_alloc(sizeof(*run));
	if (r->imports.n_uses)
		qsort(r->imports.uses, r->imports.n_uses, sizeof(*r->imports.uses), by_word);
	if (r->texts.n_uses)
		qsort(r->texts.uses, r->texts.n_uses, sizeof(*r->texts.uses), by_word);
	*run = (struct keep_rules_run){
	    .rules = r,
	    .k = k,
	    .texts = text_search_new(&r->texts.words),
	    .search = keep_elf_search_new(k->index),
	    .fired = mem_calloc(r->count, sizeof(*run->fired)),
	    .fired_in = mem_calloc(r->count, sizeof(*run->fired_in)),
	    .patterns = mem_calloc(r->n_globs, sizeof(*run->patterns)),
	};
	for (size_t i = 0; i < r->n_globs; i++)
		run->patterns[i] = r->globs[i].glob;
	keep_glob_index_init(&run->globs, run->patterns, (uint32_t)r->n_globs);
	return run;
}

void keep_rules_run_free(struct keep_rules_run *run)
{
	if (!run)
		return;
	text_search_free(run->texts);
	keep_elf_search_free(run->search);
	keep_glob_index_done(&run->globs);
	free(run->patterns);
	for (size_t i = 0; i < run->rules->count; i++)
		free(run->fired_in[i]);
	free(run->fired_in);
	free(run->fired);
	image_files_done(&run->read);
	free(run);
}

static bool matches_one(const struct strlist *globs, const char *path)
{
	for (size_t i = 0; i < globs->count; i++)
		if (glob_match_end(globs->items[i], path))
			return true;
	return false;
}

struct matched {
	const struct image_index *index;
	const struct keep_rule *rule;
	struct strlist paths;
	struct image_files files; /* regular ones */
	uint64_t size;            /* bytes of them */
};

static void on_path(void *ctx, const char *path)
{
	struct matched *m = ctx;
	if (matches_one(&m->rule->except, path))
		return;
	uint32_t node = image_index_resolve(m->index, path, true, NULL, NULL);
	if (node != IMAGE_NONE && S_ISREG(image_index_node(m->index, node)->mode)) {
		bool added = image_files_add(&m->files, m->index, node);
		m->size += added ? image_index_node(m->index, node)->size : 0;
	}
	strlist_add(&m->paths, path);
}

static void keep_matched(struct keep_rules_run *run, const struct matched *m, const struct keep_file *f)
{
	uint32_t note = m->paths.count ? keep_note(run->k, m->rule->name) : KEEP_NO_NOTE;
	struct keep_reason why = KEEP_WHY_NOTED(KEEP_RULE, f->node, note);
	if (m->rule->limit && m->size > m->rule->limit) {
		keep_leave_out_paths(run->k, &m->paths, (struct keep_limit){.bytes = m->rule->limit}, why);
		return;
	}
	for (size_t i = 0; i < m->paths.count; i++)
		(void)keep_path(run->k, m->paths.items[i], true, why);
}

static void fire(struct keep_rules_run *run, uint32_t rule, const struct keep_file *f)
{
	const struct keep_rule *r = &run->rules->items[rule];
	CLEANUP_BUF struct buf path = {0};
	image_index_path(run->k->index, f->node, &path);
	if (r->level > run->k->level || matches_one(&r->unless, path.data))
		return;
	if (!run->fired_in[rule])
		run->fired_in[rule] = mem_calloc(image_index_count(run->k->index), sizeof(**run->fired_in));
	uint32_t dir = f->info->parent;
	bool first = !run->fired[rule], first_in = !run->fired_in[rule][dir];
	run->fired[rule] = run->fired_in[rule][dir] = true;
	struct matched m = {.index = run->k->index, .rule = r};
	for (size_t i = 0; i < r->keep.count; i++)
		if (*r->keep.items[i] == '/' ? first : first_in)
			keep_glob_walk(m.index, dir, r->keep.items[i], on_path, &m);
	keep_matched(run, &m, f);
	strlist_done(&m.paths);
	image_files_done(&m.files);
}

struct content {
	struct keep_rules_run *run;
	const struct keep_file *f;
};

static void fire_uses(const struct content *c, const struct keep_rule_words *w, size_t word)
{
	size_t low = 0, high = w->n_uses;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (w->uses[mid].word < word)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < w->n_uses && w->uses[low].word == word; low++)
		fire(c->run, w->uses[low].rule, c->f);
}

static void on_import(void *ctx, const char *name)
{
	const struct content *c = ctx;
	size_t word = strset_find(&c->run->rules->imports.words, name);
	if (word != STRSET_NONE)
		fire_uses(c, &c->run->rules->imports, word);
}

static void on_text(void *ctx, size_t id, size_t at)
{
	const struct content *c = ctx;
	fire_uses(c, &c->run->rules->texts, id);
}

static void on_bytes(void *ctx, const char *data, size_t n)
{
	const struct content *c = ctx;
	text_search_run(c->run->texts, data, n, on_text, ctx);
}

/* A library's texts are searched for by its file name: libc holds most of them, and every program has it. */
static void apply_content(struct keep_rules_run *run, const struct keep_file *f)
{
	if (f->info->nlink > 1 && !image_files_add(&run->read, run->k->index, f->node))
		return;
	CLEANUP_ELF_OBJECT struct elf_object e;
	if (!elf_object_read(f->fd, &e))
		return;
	struct content c = {run, f};
	elf_content_read(f->fd, &(struct elf_content){on_import, e.soname ? NULL : on_bytes, &c});
}

static bool in_search_path(struct keep_rules_run *run, const struct keep_file *f, elf_object_kind kind)
{
	for (int musl = 0; musl < 2; musl++) {
		const struct keep_elf_dirs *dirs = keep_elf_search_system(run->search, kind, musl);
		for (size_t i = 0; i < dirs->count; i++)
			if (dirs->items[i].node == f->info->parent)
				return true;
	}
	return false;
}

/* The strongest use of the file by the runs. */
static enum keep_rule_when use_of(struct keep_rules_run *run, const struct keep_file *f, elf_object_kind kind)
{
	uint8_t why = run->k->reasons[f->node].kind;
	if (why != KEEP_TRACE && why != KEEP_HEALED)
		return KEEP_WHEN_FILE;
	return kind && !in_search_path(run, f, kind) ? KEEP_WHEN_PLUGIN : KEEP_WHEN_USED;
}

void keep_rules_apply(struct keep_rules_run *run, const struct keep_file *f)
{
	CLEANUP_BUF struct buf path = {0};
	image_index_path(run->k->index, f->node, &path);
	elf_object_kind kind = elf_object_kind_of((const unsigned char *)f->head, f->n);
	enum keep_rule_when use = use_of(run, f, kind);
	const struct keep_glob_index *globs = &run->globs;
	for (uint32_t i = 0; (i = keep_glob_index_next(globs, path.data, i)) < globs->count; i++)
		if (run->rules->globs[i].when <= use)
			fire(run, run->rules->globs[i].rule, f);
	if (kind)
		apply_content(run, f);
}
