#include "evidence/presence.h"

#include <string.h>

#include "base/mem.h"

static uint8_t judge(const struct evidence_way *w)
{
	if (w->passes & EVIDENCE_VIRTUAL)
		return TRACE_FOUND_UNKNOWN;
	return w->node == IMAGE_NONE ? TRACE_FOUND_NO : TRACE_FOUND_YES;
}

uint8_t evidence_presence_of(const struct evidence *e, size_t path, bool follow)
{
	return judge(evidence_way(e, path, follow));
}

uint8_t evidence_presence_look(const struct evidence *e, const char *path, bool follow)
{
	CLEANUP_EVIDENCE_STEPS struct evidence_steps steps = {0};
	struct evidence_way way;
	evidence_way_find(e->index, &e->mounts, path, follow, &steps, &way);
	return judge(&way);
}

void evidence_presence_fill(const struct evidence *e, struct trace *t)
{
	for (size_t id = 0; id < t->paths.count; id++) {
		struct trace_entry *entry = &t->entries[id];
		uint8_t found = TRACE_FOUND_UNKNOWN;
		if (evidence_names(entry))
			found = evidence_presence_of(e, id, false);
		if (evidence_follows(entry)) {
			uint8_t other = evidence_presence_of(e, id, true);
			found = other > found ? other : found;
		}
		entry->found = found;
	}
}

/* The length of the longest leading part of path that names a node; path is cut meanwhile. */
static size_t known_part(const struct evidence *e, char *path, size_t len)
{
	while (len > 1 && evidence_presence_look(e, path, false) != TRACE_FOUND_YES) {
		while (len > 1 && path[len - 1] != '/')
			len--;
		while (len > 1 && path[len - 1] == '/')
			len--;
		path[len] = '\0';
	}
	return len > 1 ? len : 0;
}

void evidence_presence_fill_known(const struct evidence *e, struct trace *t)
{
	for (size_t id = 0; id < t->paths.count; id++) {
		if (t->entries[id].found == TRACE_FOUND_YES || t->paths.items[id].len > UINT16_MAX)
			continue;
		CLEANUP_FREE char *path = mem_strdup(t->paths.items[id].s);
		t->entries[id].known = (uint16_t)known_part(e, path, t->paths.items[id].len);
	}
}
