#include "keep/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "text/path.h"

/* The first bytes, up to max; a regular file gives fewer only at its end. */
static ssize_t read_first(int fd, char *out, size_t max, struct err *err)
{
	ssize_t n;
	do
		n = pread(fd, out, max, 0);
	while (n < 0 && errno == EINTR);
	return n < 0 ? err_sys(err, errno, "file-read", "cannot read") : n;
}

static int read_head(struct keep_file *f, struct err *err)
{
	ssize_t n = read_first(f->fd, f->head, KEEP_HEAD, err);
	f->n = n < 0 ? 0 : (size_t)n;
	return n < 0 ? (int)n : 0;
}

static int read_text(struct keep_file *f, struct err *err)
{
	CLEANUP_BUF struct buf bytes = {0};
	buf_reserve(&bytes, (size_t)f->info->size);
	ssize_t n = read_first(f->fd, bytes.data, (size_t)f->info->size, err);
	if (n < 0)
		return (int)n;
	f->n = (size_t)n < KEEP_HEAD ? (size_t)n : KEEP_HEAD;
	memcpy(f->head, bytes.data, f->n);
	if ((uint64_t)n != f->info->size || memchr(f->head, '\0', f->n))
		return 0;
	bytes.len = (size_t)n;
	bytes.data[n] = '\0';
	f->text = mem_alloc(sizeof(*f->text));
	f->text->bytes = bytes;
	bytes = (struct buf){0};
	return 0;
}

int keep_file_open(struct keep_file *f, struct keep_set *k, uint32_t node, struct err *err)
{
	*f = (struct keep_file){.k = k, .node = node, .info = image_index_node(k->index, node)};
	f->fd = image_index_open(k->index, node, err);
	return f->fd < 0 ? f->fd : read_head(f, err);
}

int keep_file_open_from(struct keep_file *f, struct keep_set *k, uint32_t node, struct image_reader *from,
			struct err *err)
{
	*f = (struct keep_file){.k = k, .node = node, .info = image_index_node(k->index, node)};
	f->fd = image_reader_open(from, node, err);
	if (f->fd < 0)
		return f->fd;
	return f->info->size <= KEEP_TEXT_SMALL ? read_text(f, err) : read_head(f, err);
}

void keep_file_done(struct keep_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
	if (!f->text)
		return;
	buf_done(&f->text->bytes);
	token_list_done(&f->text->tokens);
	free(f->text);
	f->text = NULL;
}

void keep_file_split(struct keep_file *f, const struct token_lexer *lexer)
{
	if (!lexer)
		return;
	f->text->lexer = lexer;
	token_list_read(&f->text->tokens, f->text->bytes.data, f->text->bytes.len, lexer);
}

bool keep_file_take(const struct keep_file *f, const struct token_lexer *lexer, struct buf *text,
		    struct token_list *tokens)
{
	struct keep_file_text *t = f->text;
	if (!t || !lexer || t->lexer != lexer)
		return false;
	*text = t->bytes;
	*tokens = t->tokens;
	*t = (struct keep_file_text){0};
	return true;
}

bool keep_file_ends(const struct keep_file *f, const char *ending)
{
	return path_ends_with(f->info->name, ending);
}

bool keep_file_runs_by(const struct keep_file *f, const char *name)
{
	if (f->n < 3 || f->head[0] != '#' || f->head[1] != '!' || keep_file_ends(f, ".sample"))
		return false;
	const char *stop = memchr(f->head, '\n', f->n), *end = stop ? stop : f->head + f->n;
	for (const char *p = f->head + 2; (size_t)(end - p) >= strlen(name); p++)
		if ((p[-1] == '/' || p[-1] == ' ' || p[-1] == '!') && memcmp(p, name, strlen(name)) == 0)
			return true;
	return false;
}

void keep_file_bytes(const struct keep_file *f, size_t max, struct buf *out)
{
	if (f->info->size < max)
		max = (size_t)f->info->size;
	if (f->text && f->text->bytes.len) {
		buf_append(out, f->text->bytes.data, max);
		return;
	}
	buf_reserve(out, max);
	while (out->len < max) {
		ssize_t n = pread(f->fd, out->data + out->len, max - out->len, (off_t)out->len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break; /* a source that can't be read names nothing */
		out->len += (size_t)n;
	}
	out->data[out->len] = '\0';
}
