#include "base/notes.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void notes_add(struct notes *n, const char *id, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;
	va_start(ap, fmt);
	int len = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (len < 0)
		return; /* only a wrong format fails */
	n->items = mem_grow(n->items, n->count, &n->cap, sizeof(*n->items));
	n->items[n->count++] = (struct note){id, text};
}

static bool has(const struct notes *n, const char *text)
{
	for (size_t i = 0; i < n->count; i++)
		if (strcmp(n->items[i].text, text) == 0)
			return true;
	return false;
}

void notes_take(struct notes *n, struct notes *from)
{
	for (size_t i = 0; i < from->count; i++) {
		if (has(n, from->items[i].text))
			continue;
		n->items = mem_grow(n->items, n->count, &n->cap, sizeof(*n->items));
		n->items[n->count++] = from->items[i];
		from->items[i].text = NULL;
	}
	notes_done(from);
}

void notes_add_again(struct notes *n, const struct note *note)
{
	n->items = mem_grow(n->items, n->count, &n->cap, sizeof(*n->items));
	n->items[n->count++] = (struct note){note->id, mem_strdup(note->text)};
}

void notes_done(struct notes *n)
{
	for (size_t i = 0; i < n->count; i++)
		free(n->items[i].text);
	free(n->items);
	*n = (struct notes){0};
}
