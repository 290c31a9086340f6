#include "keep/file.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "text/path.h"

int keep_file_open(struct keep_file *f, struct keep_set *k, uint32_t node, struct err *err)
{
	*f = (struct keep_file){.k = k, .node = node, .info = image_index_node(k->index, node)};
	f->fd = image_index_open(k->index, node, err);
	if (f->fd < 0)
		return f->fd;
	ssize_t n;
	do
		n = pread(f->fd, f->head, KEEP_HEAD, 0);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_sys(err, errno, "file-read", "cannot read");
	f->n = (size_t)n;
	return 0;
}

void keep_file_done(struct keep_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
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
