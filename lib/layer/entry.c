#include "layer/entry.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define NAME_SHOWN 200 /* bytes of a path in a message */
#define ENTRY "entry \""

void layer_entry_done(struct layer_entry *e)
{
	free(e->path);
	free(e->link);
	for (size_t i = 0; i < e->n_xattrs; i++) {
		free(e->xattrs[i].name);
		free(e->xattrs[i].value);
	}
	free(e->xattrs);
	*e = (struct layer_entry){0};
}

void layer_entry_add_xattr(struct layer_entry *e, const char *name, const void *value, size_t len)
{
	size_t at = 0;
	int cmp = 1;
	while (at < e->n_xattrs && (cmp = strcmp(e->xattrs[at].name, name)) < 0)
		at++;
	if (at < e->n_xattrs && cmp == 0) {
		free(e->xattrs[at].value);
	} else {
		e->xattrs = mem_realloc(e->xattrs, e->n_xattrs + 1, sizeof(*e->xattrs));
		memmove(&e->xattrs[at + 1], &e->xattrs[at], (e->n_xattrs - at) * sizeof(*e->xattrs));
		e->n_xattrs++;
		e->xattrs[at].name = mem_strdup(name);
	}
	e->xattrs[at].value = mem_dup(value, len);
	e->xattrs[at].len = len;
}

void layer_entry_show(const char *path, size_t n, struct buf *out)
{
	if (n > NAME_SHOWN) {
		buf_str(out, "...");
		path += n - NAME_SHOWN;
		n = NAME_SHOWN;
	}
	buf_escape(out, path, n);
}

int layer_entry_wrap(const char *path, size_t n, struct err *err)
{
	CLEANUP_BUF struct buf shown = {0};
	if (err && strncmp(err->msg, ENTRY, strlen(ENTRY)) == 0)
		return -(int)err->code;
	layer_entry_show(path, n, &shown);
	return err_wrap(err, ENTRY "%s\"", shown.data ? shown.data : "");
}
