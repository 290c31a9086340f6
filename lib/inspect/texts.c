#include "inspect/texts.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void inspect_texts_init(struct inspect_texts *t, size_t n_layers)
{
	*t = (struct inspect_texts){.layers = mem_calloc(n_layers, sizeof(*t->layers)), .n_layers = n_layers};
}

void inspect_texts_add(struct inspect_texts *t, size_t place, const char *path, const char *data, size_t n)
{
	struct inspect_texts_layer *l = &t->layers[place];
	if (n > INSPECT_TEXTS_MAX - l->bytes)
		return;
	l->bytes += n;
	l->items = mem_grow(l->items, l->count, &l->cap, sizeof(*l->items));
	l->items[l->count++] = (struct inspect_text){path, mem_dup(data, n), n};
}

/* From the last one: a tar may have a path twice. */
const struct inspect_text *inspect_texts_find(const struct inspect_texts *t, size_t place, const char *path)
{
	const struct inspect_texts_layer *l = &t->layers[place];
	for (size_t i = l->count; i-- > 0;)
		if (strcmp(l->items[i].path, path) == 0)
			return &l->items[i];
	return NULL;
}

void inspect_texts_done(struct inspect_texts *t)
{
	for (size_t i = 0; i < t->n_layers; i++) {
		for (size_t j = 0; j < t->layers[i].count; j++)
			free(t->layers[i].items[j].data);
		free(t->layers[i].items);
	}
	free(t->layers);
	*t = (struct inspect_texts){0};
}
