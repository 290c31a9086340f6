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
	bool added;
	const size_t id = strset_add_len(&l->paths, path, strlen(path), &added);
	if (added) {
		l->items = mem_grow(l->items, l->count, &l->cap, sizeof(*l->items));
		l->items[l->count++] = (struct inspect_text){0};
	}
	struct inspect_text *text = &l->items[id];
	free(text->data);
	l->bytes -= text->n;
	*text = (struct inspect_text){0};
	if (n > INSPECT_TEXTS_MAX - l->bytes)
		return;
	l->bytes += n;
	*text = (struct inspect_text){mem_dup(data, n), n};
}

const struct inspect_text *inspect_texts_find(const struct inspect_texts *t, size_t place, const char *path)
{
	const struct inspect_texts_layer *l = &t->layers[place];
	const size_t id = strset_find(&l->paths, path);
	return id != STRSET_NONE && l->items[id].data ? &l->items[id] : NULL;
}

void inspect_texts_done(struct inspect_texts *t)
{
	for (size_t i = 0; i < t->n_layers; i++) {
		for (size_t j = 0; j < t->layers[i].count; j++)
			free(t->layers[i].items[j].data);
		free(t->layers[i].items);
		strset_done(&t->layers[i].paths);
	}
	free(t->layers);
	*t = (struct inspect_texts){0};
}
