#include "run/output/output_watch.h"

#include <errno.h>
#include <poll.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>

#include "base/mem.h"

struct run_output_watch {
	regex_t *patterns;
	bool *found;
	size_t count, n_found;
	char line[RUN_OUTPUT_WATCH_LINE + 1];
	size_t len;
	int fd;
};

static int compile(const char *pattern, regex_t *out, struct err *err)
{
	char why[128];
	int e = regcomp(out, pattern, REG_EXTENDED | REG_NOSUB);
	if (e == 0)
		return 0;
	regerror(e, out, why, sizeof(why));
	return err_set(err, ERR_INVAL, "regex-malformed", "`%s` is not an extended regular expression: %s", pattern,
		       why);
}

int run_output_watch_check(const char *pattern, struct err *err)
{
	regex_t r;
	int rc = compile(pattern, &r, err);
	if (rc == 0)
		regfree(&r);
	return rc;
}

int run_output_watch_new(const struct strlist *patterns, struct run_output_watch **out, struct err *err)
{
	*out = NULL;
	if (!patterns || !patterns->count)
		return 0;
	struct run_output_watch *w = mem_alloc(sizeof(*w));
	w->patterns = mem_calloc(patterns->count, sizeof(*w->patterns));
	w->found = mem_calloc(patterns->count, sizeof(*w->found));
	w->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	int r = w->fd < 0 ? err_sys(err, errno, "eventfd-create", "watch what the container prints") : 0;
	for (; r == 0 && w->count < patterns->count; w->count++)
		if ((r = compile(patterns->items[w->count], &w->patterns[w->count], err)) < 0)
			break;
	if (r < 0) {
		run_output_watch_free(w);
		return r;
	}
	*out = w;
	return 0;
}

static void look(struct run_output_watch *w)
{
	if (w->n_found == w->count)
		return;
	w->line[w->len] = '\0';
	for (size_t i = 0; i < w->count; i++)
		if (!w->found[i] && regexec(&w->patterns[i], w->line, 0, NULL, 0) == 0) {
			w->found[i] = true;
			w->n_found++;
		}
	if (w->n_found == w->count)
		eventfd_write(w->fd, 1);
}

void run_output_watch_feed(struct run_output_watch *w, const char *data, size_t n)
{
	while (n && w->n_found < w->count) {
		const char *end = memchr(data, '\n', n);
		size_t part = end ? (size_t)(end - data) : n, room = RUN_OUTPUT_WATCH_LINE - w->len;
		size_t taken = part < room ? part : room;
		memcpy(w->line + w->len, data, taken);
		for (size_t i = w->len; i < w->len + taken; i++)
			w->line[i] = w->line[i] ? w->line[i] : ' '; /* else nothing behind it is looked at */
		w->len += taken;
		if (taken)
			look(w);
		if (end)
			w->len = 0;
		data += part + (end != NULL);
		n -= part + (end != NULL);
	}
}

int run_output_watch_fd(const struct run_output_watch *w)
{
	return w ? w->fd : -1;
}

bool run_output_watch_is_complete(const struct run_output_watch *w)
{
	struct pollfd f = {.fd = run_output_watch_fd(w), .events = POLLIN};
	return !w || poll(&f, 1, 0) == 1;
}

void run_output_watch_free(struct run_output_watch *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < w->count; i++)
		regfree(&w->patterns[i]);
	free(w->patterns);
	free(w->found);
	cleanup_closep(&w->fd);
	free(w);
}
