#include "keep/rules/glob_index.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "text/glob.h"

#define NONE UINT32_MAX

static const char *last_component(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

static bool is_plain(const char *name)
{
	return *name && !strpbrk(name, "*?");
}

static void add_wild(struct keep_glob_index *x, uint32_t pattern, const char *last)
{
	struct keep_glob_wild *w = &x->wild[x->n_wild++];
	*w = (struct keep_glob_wild){.pattern = pattern};
	if (!*last || strcmp(last, "**") == 0)
		return;
	w->last = last;
	w->n = (uint32_t)strlen(last);
	w->before = (uint32_t)strcspn(last, "*?");
	while (w->after < w->n && !strchr("*?", last[w->n - 1 - w->after]))
		w->after++;
}

void keep_glob_index_init(struct keep_glob_index *x, const char *const *patterns, uint32_t count)
{
	*x = (struct keep_glob_index){
	    .patterns = patterns,
	    .count = count,
	    .first = mem_calloc(count, sizeof(*x->first)),
	    .next = mem_calloc(count, sizeof(*x->next)),
	    .wild = mem_calloc(count, sizeof(*x->wild)),
	};
	for (uint32_t i = 0; i < count; i++)
		if (!is_plain(last_component(patterns[i])))
			add_wild(x, i, last_component(patterns[i]));
	for (uint32_t i = count; i-- > 0;) { /* from the end, so that each chain is in order */
		const char *name = last_component(patterns[i]);
		if (!is_plain(name))
			continue;
		bool added;
		size_t id = strset_add_len(&x->names, name, strlen(name), &added);
		x->next[i] = added ? NONE : x->first[id];
		x->first[id] = i;
	}
}

void keep_glob_index_done(struct keep_glob_index *x)
{
	strset_done(&x->names);
	free(x->first);
	free(x->next);
	free(x->wild);
	*x = (struct keep_glob_index){0};
}

/* Most names fail at the ends. */
static bool may_match(const struct keep_glob_wild *w, const char *name, size_t n)
{
	return !w->last || (n >= w->before && memcmp(name, w->last, w->before) == 0 && n >= w->after &&
			    memcmp(name + n - w->after, w->last + w->n - w->after, w->after) == 0 &&
			    glob_match_name(w->last, w->n, name, n));
}

uint32_t keep_glob_index_next(const struct keep_glob_index *x, const char *path, uint32_t from)
{
	const char *name = last_component(path);
	size_t n = strlen(name), id = strset_find_len(&x->names, name, n);
	uint32_t plain = id == STRSET_NONE ? NONE : x->first[id], found = x->count;
	while (plain != NONE && (plain < from || !glob_match_end(x->patterns[plain], path)))
		plain = x->next[plain];
	if (plain != NONE)
		found = plain;
	for (size_t i = 0; i < x->n_wild && x->wild[i].pattern < found; i++)
		if (x->wild[i].pattern >= from && may_match(&x->wild[i], name, n) &&
		    glob_match_end(x->patterns[x->wild[i].pattern], path))
			return x->wild[i].pattern;
	return found;
}
