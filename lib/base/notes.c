#include "base/notes.h"

#include <stdio.h>

void notes_add(struct notes *n, const char *fmt, ...)
{
	char *note = NULL;
	va_list ap;
	va_start(ap, fmt);
	int len = vasprintf(&note, fmt, ap);
	va_end(ap);
	if (len >= 0) /* only a wrong format fails */
		strlist_take(&n->list, note);
}

void notes_done(struct notes *n)
{
	strlist_done(&n->list);
}
