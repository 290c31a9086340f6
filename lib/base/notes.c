#include "base/notes.h"

#include <stdio.h>
#include <stdlib.h>

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

void notes_done(struct notes *n)
{
	for (size_t i = 0; i < n->count; i++)
		free(n->items[i].text);
	free(n->items);
	*n = (struct notes){0};
}
