#include "sensor/ebpf/symlinks.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum ebpf_symlinks_state ebpf_symlinks_find(const struct ebpf_symlinks *l, const char *path, const char **target)
{
	size_t id = strset_find(&l->paths, path);
	if (id == STRSET_NONE)
		return EBPF_SYMLINKS_UNKNOWN;
	*target = l->targets[id];
	return *target ? EBPF_SYMLINKS_LINK : EBPF_SYMLINKS_NONE;
}

static void put(struct ebpf_symlinks *l, const char *path, char *target)
{
	bool added;
	size_t id = strset_add_len(&l->paths, path, strlen(path), &added);
	if (added) {
		l->targets = mem_grow(l->targets, id, &l->cap, sizeof(*l->targets));
		l->targets[id] = NULL;
	}
	free(l->targets[id]);
	l->targets[id] = target;
}

void ebpf_symlinks_set(struct ebpf_symlinks *l, const char *path, const char *target)
{
	put(l, path, target ? mem_strdup(target) : NULL);
}

/* Returns the part of path behind dir: "" for dir itself; NULL if path is not below dir. */
static const char *behind(const char *path, const char *dir)
{
	size_t n = strlen(dir);
	return strncmp(path, dir, n) == 0 && (!path[n] || path[n] == '/') ? path + n : NULL;
}

struct moved {
	char *to, *target;
};

/* Take away what is at and below from; each goes to the same place below to. */
static struct moved *take(struct ebpf_symlinks *l, const char *from, const char *to, size_t *count)
{
	struct moved *out = NULL;
	size_t cap = 0;
	*count = 0;
	for (size_t id = 0; id < l->paths.count; id++) {
		const char *rest = behind(strset_get(&l->paths, id), from);
		if (!rest || (!l->targets[id] && *rest))
			continue;
		out = mem_grow(out, *count, &cap, sizeof(*out));
		out[(*count)++] = (struct moved){mem_printf("%s%s", to, rest), steal_ptr(&l->targets[id])};
	}
	return out;
}

static void give(struct ebpf_symlinks *l, struct moved *moved, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		put(l, moved[i].to, moved[i].target);
		free(moved[i].to);
	}
	free(moved);
}

void ebpf_symlinks_move(struct ebpf_symlinks *l, const char *from, const char *to)
{
	size_t n;
	struct moved *moved = take(l, from, to, &n);
	ebpf_symlinks_set(l, from, NULL);
	give(l, moved, n);
}

void ebpf_symlinks_exchange(struct ebpf_symlinks *l, const char *a, const char *b)
{
	size_t n, m;
	struct moved *from_a = take(l, a, b, &n), *from_b = take(l, b, a, &m);
	give(l, from_a, n);
	give(l, from_b, m);
}

void ebpf_symlinks_done(struct ebpf_symlinks *l)
{
	for (size_t id = 0; id < l->paths.count; id++)
		free(l->targets[id]);
	free(l->targets);
	strset_done(&l->paths);
	*l = (struct ebpf_symlinks){0};
}
