#include "keep/mentions.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "keep/words.h"

/* Reasons that carry a rule's name, yet stand for a name in a file. A rule of keep/rules is not such a reason. */
static const char *const named[] = {"named-path", "named-tree"};

static const char *const ways[] = {
    [KEEP_MENTION_INTERPRETER] = "interpreter", [KEEP_MENTION_LIBRARY] = "library", [KEEP_MENTION_IMPORT] = "import",
    [KEEP_MENTION_COMMAND] = "command",         [KEEP_MENTION_DLOPEN] = "dlopen",   [KEEP_MENTION_PATH] = "path",
    [KEEP_MENTION_DIRECTORY] = "directory"};

const char *keep_mention_way_name(enum keep_mention_way way)
{
	return ways[way];
}

static bool counts(const struct keep_mentions *m, struct keep_reason why, const char *note, enum keep_mention_way *way)
{
	bool path = *note == '/';
	switch (why.kind) {
	case KEEP_INTERPRETER:
		*way = KEEP_MENTION_INTERPRETER;
		return true;
	case KEEP_LIBRARY:
		*way = strcmp(note, "dlopen") == 0 ? KEEP_MENTION_DLOPEN : KEEP_MENTION_LIBRARY;
		return true;
	case KEEP_IMPORT:
		*way = path ? KEEP_MENTION_PATH : KEEP_MENTION_IMPORT;
		return path || m->from != KEEP_MENTION_FROM_ELF;
	case KEEP_COMMAND:
		*way = KEEP_MENTION_COMMAND;
		return m->from == KEEP_MENTION_FROM_TEXT;
	case KEEP_RULE:
		*way = KEEP_MENTION_PATH;
		return KEEP_WORDS_HAVE(named, note);
	default:
		return false;
	}
}

static struct keep_mention *item(struct keep_mentions *m, uint32_t node)
{
	bool added;
	uint64_t *at = idmap_at(&m->nodes, 0, node, &added);
	if (!added)
		return &m->items[*at];
	*at = m->count;
	m->items = mem_grow(m->items, m->count, &m->cap, sizeof(*m->items));
	m->items[m->count] = (struct keep_mention){.node = node};
	return &m->items[m->count++];
}

void keep_mentions_add(struct keep_mentions *m, uint32_t node, bool whole, struct keep_reason why, const char *note)
{
	enum keep_mention_way way;
	if (!counts(m, why, note, &way))
		return;
	struct keep_mention *it = item(m, node);
	it->whole |= whole;
	bool again = it->named_by && it->last == why.by;
	if (!again && it->named_by < KEEP_MENTION_NAMERS)
		it->namers[it->named_by] = (struct keep_mention_namer){why.by, way};
	else if (again && it->named_by <= KEEP_MENTION_NAMERS && way < it->namers[it->named_by - 1].way)
		it->namers[it->named_by - 1].way = way;
	it->last = why.by;
	it->named_by += !again;
}

const struct keep_mention *keep_mentions_find(const struct keep_mentions *m, uint32_t node)
{
	const uint64_t *at = idmap_find(&m->nodes, 0, node);
	return at ? &m->items[*at] : NULL;
}

const struct keep_mention_namer *keep_mention_surest(const struct keep_mention *m)
{
	const struct keep_mention_namer *best = &m->namers[0];
	for (unsigned i = 1; i < m->named_by && i < KEEP_MENTION_NAMERS; i++)
		if (m->namers[i].way < best->way)
			best = &m->namers[i];
	return best;
}

void keep_mentions_clear(struct keep_mentions *m)
{
	m->count = 0;
	idmap_done(&m->nodes);
	m->nodes = (struct idmap){0};
}

void keep_mentions_done(struct keep_mentions *m)
{
	free(m->items);
	idmap_done(&m->nodes);
	idmap_done(&m->used);
	*m = (struct keep_mentions){0};
}
