#include "report/why_lists.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/stop.h"
#include "os/fd.h"
#include "text/json_split.h"

#define PIECE (64u << 10)

const char *const report_why_list_keys[REPORT_WHY_LISTS] = {"kept", "dropped"};

/* The first element of a path counts. */
static int add_path(void *ctx, const struct json_split_element *e, struct err *err)
{
	struct report_why_lists *w = ctx;
	struct report_why_paths *l = &w->lists[e->list];
	const char *path = json_string_value(json_object_get(e->value, "path"));
	bool added;
	if (!path)
		return 0;
	size_t id = strset_add_len(&l->paths, path, strlen(path), &added);
	if (!added)
		return 0;
	l->places = mem_grow(l->places, id, &l->cap, sizeof(*l->places));
	l->places[id] = (struct report_why_place){(uint32_t)e->at, (uint32_t)e->n,
						  json_integer_value(json_object_get(e->value, "size")),
						  (uint16_t)json_integer_value(json_object_get(e->value, "step"))};
	return 0;
}

static int end(struct json_split *s, struct report_why_lists *w, struct err *err)
{
	json_auto_t *rest = NULL;
	int r = json_split_end(s, &rest, err);
	for (size_t i = 0; r == 0 && i < REPORT_WHY_LISTS; i++)
		w->lists[i].exists = json_is_array(json_object_get(rest, report_why_list_keys[i]));
	w->runs = json_incref(json_object_get(rest, "runs"));
	w->layers = json_incref(json_object_get(rest, "layers"));
	return r;
}

static int read_file(struct json_split *s, int fd, const char *path, struct err *err)
{
	CLEANUP_FREE char *piece = mem_alloc(PIECE);
	for (;;) {
		int r = stop_check(err);
		if (r < 0)
			return r;
		ssize_t n = pread(fd, piece, PIECE, (off_t)s->at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, errno, "file-read", "cannot read %s", path);
		if (n == 0)
			return 0;
		if (s->at + (size_t)n > LIMIT_REPORT)
			return err_set(err, ERR_LIMIT, "input-too-large", "%s is larger than %u bytes", path,
				       LIMIT_REPORT);
		if ((r = json_split_add(s, piece, (size_t)n, err)) < 0)
			return r;
	}
}

bool report_why_lists_is_file(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && !S_ISDIR(st.st_mode);
}

int report_why_lists_load(const char *path, struct report_why_lists *out, struct err *err)
{
	struct stat st;
	CLEANUP_BUF struct buf text = {0};
	CLEANUP_FD int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC); /* a fifo, too */
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(err, errno, "file-open", "%s", path);
	if (!S_ISREG(st.st_mode)) {
		int r = fd_read_all(fd, LIMIT_REPORT, path, &text, err);
		return r < 0 ? r : report_why_lists_parse(&text, path, out, err);
	}
	CLEANUP_REPORT_WHY_LISTS struct report_why_lists w = REPORT_WHY_LISTS_NONE;
	CLEANUP_JSON_SPLIT struct json_split s = {report_why_list_keys, REPORT_WHY_LISTS, add_path, &w, path};
	int r = read_file(&s, fd, path, err);
	if (r < 0 || (r = end(&s, &w, err)) < 0)
		return r;
	w.fd = steal_fd(&fd);
	*out = w;
	w = (struct report_why_lists)REPORT_WHY_LISTS_NONE;
	return 0;
}

int report_why_lists_parse(struct buf *text, const char *what, struct report_why_lists *out, struct err *err)
{
	CLEANUP_REPORT_WHY_LISTS struct report_why_lists w = REPORT_WHY_LISTS_NONE;
	CLEANUP_JSON_SPLIT struct json_split s = {report_why_list_keys, REPORT_WHY_LISTS, add_path, &w, what};
	if (text->len > LIMIT_REPORT)
		return err_set(err, ERR_LIMIT, "input-too-large", "%s is larger than %u bytes", what, LIMIT_REPORT);
	int r = json_split_add(&s, text->data ? text->data : "", text->len, err);
	if (r < 0 || (r = end(&s, &w, err)) < 0)
		return r;
	w.text = *text;
	*text = (struct buf){0};
	*out = w;
	w = (struct report_why_lists)REPORT_WHY_LISTS_NONE;
	return 0;
}

json_t *report_why_lists_find(struct report_why_lists *w, enum report_why_list list, const char *path)
{
	size_t id = strset_find(&w->lists[list].paths, path);
	if (id == STRSET_NONE)
		return NULL;
	const struct report_why_place *p = &w->lists[list].places[id];
	CLEANUP_FREE char *room = w->fd < 0 ? NULL : mem_alloc(p->n);
	if (room && pread(w->fd, room, p->n, p->at) != (ssize_t)p->n)
		room[0] = '\0'; /* no JSON */
	json_t *v =
	    json_loadb(room ? room : w->text.data + p->at, p->n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
	const char *found = json_string_value(json_object_get(v, "path"));
	if (found && strcmp(found, path) == 0)
		return v;
	json_decref(v);
	if (!w->failed.code)
		(void)err_set(&w->failed, ERR_CORRUPT, "report-changed", "the report changed while it was read");
	return NULL;
}

void report_why_lists_done(struct report_why_lists *w)
{
	for (size_t i = 0; i < REPORT_WHY_LISTS; i++) {
		strset_done(&w->lists[i].paths);
		free(w->lists[i].places);
	}
	json_decref(w->runs);
	json_decref(w->layers);
	if (w->fd >= 0)
		close(w->fd);
	buf_done(&w->text);
	*w = (struct report_why_lists)REPORT_WHY_LISTS_NONE;
}
