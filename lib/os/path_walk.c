#include "os/path_walk.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void path_walk_init(struct path_walk *w, const char *path)
{
	w->rest[0] = path;
	w->depth = w->links = w->n_copies = 0;
	w->slash = false;
}

void path_walk_done(struct path_walk *w)
{
	while (w->n_copies)
		free(w->copies[--w->n_copies]);
}

enum path_walk_step path_walk_next(struct path_walk *w, const char **name, size_t *len)
{
	const char *p;
	w->slash = false;
	for (;; w->depth--) {
		p = w->rest[w->depth];
		w->slash |= *p == '/';
		while (*p == '/')
			p++;
		if (*p)
			break;
		w->rest[w->depth] = p;
		if (w->depth == 0)
			return PATH_WALK_END;
	}
	*name = p;
	while (*p && *p != '/')
		p++;
	w->rest[w->depth] = p;
	*len = (size_t)(p - *name);
	if ((*name)[0] != '.' || *len > 2)
		return PATH_WALK_NAME;
	if (*len == 1)
		return PATH_WALK_STAY;
	return (*name)[1] == '.' ? PATH_WALK_UP : PATH_WALK_NAME;
}

bool path_walk_is_last(const struct path_walk *w)
{
	for (unsigned i = 0; i <= w->depth; i++)
		if (*w->rest[i])
			return false;
	return true;
}

bool path_walk_follow(struct path_walk *w, const char *target)
{
	if (w->links == LIMIT_SYMLINKS)
		return false;
	w->links++;
	w->rest[++w->depth] = target;
	return true;
}

bool path_walk_follow_copy(struct path_walk *w, const char *target)
{
	if (w->links == LIMIT_SYMLINKS)
		return false;
	w->copies[w->n_copies] = mem_strdup(target);
	return path_walk_follow(w, w->copies[w->n_copies++]);
}

void path_walk_up(struct buf *at)
{
	while (at->len && at->data[--at->len] != '/')
		;
	if (at->data)
		at->data[at->len] = '\0';
}
