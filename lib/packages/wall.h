/* packages/wall.h - a database in chisel's format "jsonwall", packed by zstd: a JSON object on each line, of which the
 * first is the header, and the others are sorted by their bytes. Spec: chisel's documentation, "jsonwall" and "Chisel
 * manifest" (version 1, schema 1).
 * Hostile until read: a line that is not a JSON object of at most PACKAGES_WALL_LINE bytes is passed over. */
#pragma once

#include <jansson.h>

#include "packages/package.h"

#define PACKAGES_WALL_MAX (32u << 20) /* bytes, unpacked */
#define PACKAGES_WALL_LINE (1u << 20)
#define PACKAGES_WALL_LINES 1000000

struct packages_wall {
	struct buf text; /* unpacked */
	struct packages_field header;
	const char *body; /* in text, behind the header */
};

/* False if the bytes are not such a database, or if it has more than PACKAGES_WALL_MAX bytes or PACKAGES_WALL_LINES
 * lines. */
bool packages_wall_open(const struct buf *packed, struct packages_wall *out);
void packages_wall_done(struct packages_wall *w);
#define CLEANUP_PACKAGES_WALL CLEANUP(packages_wall_done)

/* Goes through the lines behind the header. All but wall is zero at first. Go to the end: that frees the entry. */
struct packages_wall_cursor {
	const struct packages_wall *wall;
	const char *rest;
	struct packages_field line;
	json_t *entry; /* what the line is, until the next call; NULL = not a valid object */
};
bool packages_wall_next(struct packages_wall_cursor *c);
/* A member of an object that is a string, or "". */
const char *packages_wall_text(const json_t *entry, const char *key);

/* The lines of a new database. */
struct packages_wall_lines {
	struct packages_wall_line {
		const char *text; /* of n bytes */
		size_t n;
		char *own; /* the text, if it was made here */
	} * items;
	size_t count, cap;
};
void packages_wall_keep(struct packages_wall_lines *lines, struct packages_field line); /* borrowed */
void packages_wall_add(struct packages_wall_lines *lines, const json_t *entry);
/* Appends the database, packed: the old header with the new count, and the lines, which it sorts. */
void packages_wall_write(const struct packages_wall *old, struct packages_wall_lines *lines, struct buf *packed);
void packages_wall_lines_done(struct packages_wall_lines *lines);
#define CLEANUP_PACKAGES_WALL_LINES CLEANUP(packages_wall_lines_done)
