#include "probe/links/list.h"

#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"

void probe_links_done(struct probe_links *l)
{
	for (size_t i = 0; i < l->count; i++) {
		free(l->items[i].ref);
		free(l->items[i].fields);
	}
	free(l->items);
	free(l->base);
	*l = (struct probe_links){0};
}

static void take(struct probe_links *l, enum probe_link_kind kind, char *ref, char *fields)
{
	l->items = mem_grow(l->items, l->count, &l->cap, sizeof(*l->items));
	l->items[l->count++] = (struct probe_link){kind, ref, fields};
}

void probe_links_add(struct probe_links *l, enum probe_link_kind kind, const char *s, size_t n)
{
	while (n && s[0] && strchr(PROBE_LINKS_SPACE, s[0])) {
		s++;
		n--;
	}
	while (n && s[n - 1] && strchr(PROBE_LINKS_SPACE, s[n - 1]))
		n--;
	if (n == 0 || n > LIMIT_LINK || s[0] == '#' || memchr(s, '\0', n) || l->count >= LIMIT_LINKS)
		return;
	CLEANUP_BUF struct buf b = {0};
	for (size_t i = 0; i < n; i++)
		if (!strchr("\t\r\n", s[i]))
			buf_char(&b, s[i]);
	take(l, kind, buf_steal(&b), NULL);
}

void probe_links_add_post(struct probe_links *l, const char *action, char *fields)
{
	if (l->count < LIMIT_LINKS && strlen(action) <= LIMIT_LINK)
		take(l, PROBE_LINK_POST, mem_strdup(action), fields);
	else
		free(fields);
}

bool probe_links_at(const char *s, const char *end, const char *word)
{
	size_t n = strlen(word);
	return (size_t)(end - s) >= n && strncasecmp(s, word, n) == 0;
}

const char *probe_links_skip_space(const char *s, const char *end)
{
	while (s < end && *s && strchr(PROBE_LINKS_SPACE, *s))
		s++;
	return s;
}
