#include "cmd/explore/marks.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "keep/policy.h"
#include "text/json.h"

void explore_marks_set(struct explore_marks *m, const char *path, enum explore_mark mark)
{
	bool added;
	const size_t id = strset_add_len(&m->paths, path, strlen(path), &added);
	if (added) {
		m->marks = mem_grow(m->marks, id, &m->cap, sizeof(*m->marks));
		m->marks[id] = EXPLORE_UNMARKED;
	}
	if (m->marks[id] == mark)
		return;
	m->counts[m->marks[id]]--;
	m->counts[mark]++;
	m->marks[id] = (uint8_t)mark;
	m->changed = true;
}

static enum explore_mark get(const struct explore_marks *m, const char *path, size_t len)
{
	const size_t id = strset_find_len(&m->paths, path, len);
	return id == STRSET_NONE ? EXPLORE_UNMARKED : (enum explore_mark)m->marks[id];
}

enum explore_mark explore_marks_get(const struct explore_marks *m, const char *path)
{
	return get(m, path, strlen(path));
}

enum explore_mark explore_marks_above(const struct explore_marks *m, const char *path)
{
	enum explore_mark found = EXPLORE_UNMARKED;
	for (const char *s = strchr(path + 1, '/'); s && found != EXPLORE_EXCLUDE; s = strchr(s + 1, '/')) {
		const enum explore_mark mark = get(m, path, (size_t)(s - path));
		found = mark ? mark : found;
	}
	return found;
}

size_t explore_marks_count(const struct explore_marks *m)
{
	return m->counts[EXPLORE_INCLUDE] + m->counts[EXPLORE_EXCLUDE];
}

static bool is_escape(const char *s)
{
	return s[0] == '\\' && s[1] == 'x' && isxdigit((unsigned char)s[2]) && isxdigit((unsigned char)s[3]);
}

void explore_marks_pattern(const char *path, bool escaped, struct buf *out)
{
	const char *end = path + strlen(path);
	for (const char *s = path; s < end;) {
		const size_t n = buf_printable(s, (size_t)(end - s));
		if (escaped && is_escape(s)) {
			buf_char(out, '*');
			s += 4;
		} else if (!n || strchr("*?{", *s)) {
			buf_char(out, '?');
			s++;
		} else {
			buf_append(out, s, n);
			s += n;
		}
	}
}

static json_t *patterns(const struct explore_marks *m, const size_t *sorted, enum explore_mark mark, bool escaped)
{
	json_t *list = json_array();
	for (size_t i = 0; i < m->paths.count; i++) {
		CLEANUP_BUF struct buf pattern = {0};
		if (m->marks[sorted[i]] != mark)
			continue;
		explore_marks_pattern(strset_get(&m->paths, sorted[i]), escaped, &pattern);
		json_array_append_new(list, json_stringn(pattern.data, pattern.len));
	}
	return list;
}

void explore_marks_policy(const struct explore_marks *m, bool escaped, struct buf *out)
{
	CLEANUP_FREE size_t *sorted = strset_sorted(&m->paths);
	json_auto_t *root = json_object();
	json_object_set_new(root, "schema", json_string(KEEP_POLICY_SCHEMA));
	json_object_set_new(root, "include", patterns(m, sorted, EXPLORE_INCLUDE, escaped));
	json_object_set_new(root, "exclude", patterns(m, sorted, EXPLORE_EXCLUDE, escaped));
	json_write_pretty(root, out);
}

void explore_marks_done(struct explore_marks *m)
{
	strset_done(&m->paths);
	free(m->marks);
	*m = (struct explore_marks){0};
}
