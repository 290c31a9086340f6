#include "probe/links/sample.h"

#include <ctype.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

static unsigned *count_of(struct probe_sample *s, const struct buf *key)
{
	bool added;
	size_t id = strset_add_len(&s->seen, key->data, key->len, &added);
	if (added) {
		s->counts = mem_grow(s->counts, id, &s->cap, sizeof(*s->counts));
		s->counts[id] = 0;
	}
	return &s->counts[id];
}

/* The path with each number as one "#"; whether there is one. */
static bool without_numbers(const char *path, size_t n, struct buf *out)
{
	bool any = false;
	for (size_t i = 0; i < n; i++) {
		bool digit = isdigit((unsigned char)path[i]);
		if (digit && i && isdigit((unsigned char)path[i - 1]))
			continue;
		buf_char(out, digit ? '#' : path[i]);
		any |= digit;
	}
	return any;
}

bool probe_sample_take(struct probe_sample *s, const char *path, enum probe_link_kind kind)
{
	CLEANUP_BUF struct buf query = {0}, numbers = {0};
	const size_t n = strcspn(path, "?");
	unsigned *queries = NULL, *numbered = NULL;
	/* Forms have a count of their own: links must not use up theirs. */
	buf_printf(&query, "%c%.*s?", kind == PROBE_LINK_FORM ? 'f' : 'q', (int)n, path);
	buf_char(&numbers, 'n');
	bool has_numbers = kind == PROBE_LINK_PAGE && without_numbers(path, n, &numbers);
	if (has_numbers && !path[n])
		numbered = count_of(s, &numbers);
	if (numbered && *numbered >= PROBE_SAMPLE_NUMBERED)
		return false;
	if (path[n])
		queries = count_of(s, &query);
	if (queries && *queries >= PROBE_SAMPLE_QUERIES)
		return false;
	if (numbered)
		++*numbered;
	if (queries)
		++*queries;
	return true;
}

void probe_sample_done(struct probe_sample *s)
{
	strset_done(&s->seen);
	free(s->counts);
	*s = (struct probe_sample){0};
}
