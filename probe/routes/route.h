/* probe/routes/route.h - tells whether a text of an application's file may be a path that it answers, and collects such
 * paths. Private to probe/routes. */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "base/strlist.h"
#include "base/strset.h"

#define ROUTES_MAX 400    /* that files name */
#define ROUTES_LENGTH 200 /* bytes of one */
#define ROUTES_DIRS 256
#define ROUTES_VARIES '\1' /* in a path, for a part that varies */

/* How a route was found, the surest way first. */
enum routes_rank {
	ROUTES_QUOTED,   /* a string of a source, or of compiled Java */
	ROUTES_WORD,     /* a word of a configuration or a page */
	ROUTES_BARE,     /* a string without a slash, handed to what declares routes: path("items/") */
	ROUTES_COMPILED, /* in a program, where texts have no bounds */
	ROUTES_RANKS,
};

struct routes_finds {
	struct strset paths[ROUTES_RANKS];
	struct strset prefixes; /* of routes that other texts name the rest of: app.use("/api", items) */
	struct strset dirs;     /* absolute paths of directories, or of what may be one */
};

/* Appends the path to out: for "GET /items/{id}" it is "/items/" and ROUTES_VARIES. Knows the usual ways to write a
 * variable part ("<int:id>", ":id", "${id}", "(?P<id>...)"). False, and out is undefined, if the text is not a path
 * of a service, if it is a path of a file system, or if it sounds as if it ended or deleted something ("/shutdown"). */
bool routes_clean(const char *text, size_t n, struct buf *out);
/* Keep it if routes_clean takes it; a rank has room for ROUTES_MAX. */
void routes_found(struct routes_finds *f, enum routes_rank rank, const char *text, size_t n);
void routes_found_prefix(struct routes_finds *f, const char *text, size_t n);
/* Keep it, as it may be a directory whose files are served; there is room for ROUTES_DIRS. */
void routes_found_directory(struct routes_finds *f, const char *path, size_t n);
/* Lists all routes, the surest first, each once, ROUTES_MAX at most; at the end each prefix with each quoted or bare
 * one. A variable part is written as 1. Leaves out a path if one of asked ("/items/7") differs only in a variable
 * part. */
void routes_finds_list(const struct routes_finds *f, const struct strset *asked, struct strlist *out);
void routes_finds_done(struct routes_finds *f);
#define CLEANUP_ROUTES_FINDS CLEANUP(routes_finds_done)
