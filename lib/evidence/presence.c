#include "evidence/presence.h"

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
