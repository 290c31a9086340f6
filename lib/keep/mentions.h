/* keep/mentions.h - remembers nodes that kept files name and the set does not hold: by how many files each is named,
 * and by which. A set adds a node whenever it is asked to keep it and does not. There are four cases: the node is
 * excluded, it does not fit a limit, a name alone is no reason to keep it (keep_mention), or the set keeps nothing
 * (tells).
 * Words that are found in compiled code do not count, as most are there by chance. Neither do links between kept
 * entries that no file names: the rest of a package, other names of a file.
 * Memory: at most an item for each node of the index. All zero is an empty table. Not thread-safe. */
#pragma once

#include "base/idmap.h"
#include "keep/reason.h"

#define KEEP_MENTION_NAMERS 4 /* that are remembered of one node */

/* How a file names another, the surest first. A library that is opened by name may be an optional one, and a text that
 * is a path may be shown to somebody. */
enum keep_mention_way {
	KEEP_MENTION_INTERPRETER,
	KEEP_MENTION_LIBRARY, /* DT_NEEDED and its like */
	KEEP_MENTION_IMPORT,  /* also by a relative path */
	KEEP_MENTION_COMMAND,
	KEEP_MENTION_DLOPEN,
	KEEP_MENTION_PATH,
	KEEP_MENTION_DIRECTORY, /* names one that it lies in: for unproven.h */
};

struct keep_mention_namer {
	uint32_t node; /* IMAGE_NONE = the image's configuration */
	uint8_t way;   /* enum keep_mention_way; the surest in that file */
};

struct keep_mention {
	uint32_t node;
	bool whole; /* a directory, with what is in it */
	uint32_t named_by;
	uint32_t last; /* file that named it: closures look at one file after the other */
	struct keep_mention_namer namers[KEEP_MENTION_NAMERS]; /* the first */
};

/* Words in an ELF file are neither imports nor commands; other compiled code (classes, jars) says what it imports. */
enum keep_mention_from { KEEP_MENTION_FROM_TEXT, KEEP_MENTION_FROM_BINARY, KEEP_MENTION_FROM_ELF };

struct keep_mentions {
	struct keep_mention *items;
	size_t count, cap;
	struct idmap nodes;          /* of items: their index */
	struct idmap used;           /* nodes that a run used and the user excluded */
	enum keep_mention_from from; /* the file that is looked at */
};

/* One more name of a node, if the reason counts. note: that of the reason, "" = none. whole: with what is in the
 * directory. */
void keep_mentions_add(struct keep_mentions *m, uint32_t node, bool whole, struct keep_reason why, const char *note);
const struct keep_mention *keep_mentions_find(const struct keep_mentions *m, uint32_t node); /* NULL = not named */
/* The namer with the surest way. */
const struct keep_mention_namer *keep_mention_surest(const struct keep_mention *m);
const char *keep_mention_way_name(enum keep_mention_way way); /* "library" */
/* Forgets all but what was used. */
void keep_mentions_clear(struct keep_mentions *m);
void keep_mentions_done(struct keep_mentions *m);
#define CLEANUP_KEEP_MENTIONS CLEANUP(keep_mentions_done)
