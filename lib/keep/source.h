/* keep/source.h - a kept source file as the closures of languages read it: its text, its tokens, and the
 * directories that a name in it may be relative to. And what all languages share: paths and commands that
 * stand in the text as they are. */
#pragma once

#include "keep/file.h"
#include "keep/token.h"

#define KEEP_BASES 8

struct keep_source {
	struct keep_set *k;
	uint32_t node;              /* the file; ROOTFS_NONE = a command of the image's configuration */
	uint32_t dir;               /* that it lies in */
	bool application;           /* the author's own, not a package's or the distribution's */
	uint32_t bases[KEEP_BASES]; /* of an application: dir, those above it, the working directory */
	size_t n_bases;
	const struct keep_lexer *lexer;
	struct buf text;
	struct keep_tokens tokens;
};

/* At most LIMIT_SOURCE bytes of it are read. lexer: NULL = no tokens. */
void keep_source_read(struct keep_source *s, const struct keep_file *f, const struct keep_lexer *lexer);
/* The source that the image's configuration is. */
void keep_source_config(struct keep_source *s, struct keep_set *k);
void keep_source_done(struct keep_source *s);
#define CLEANUP_KEEP_SOURCE CLEANUP(keep_source_done)

/* Whether a path is in no package of a language and in no directory of the distribution. */
bool keep_source_is_application(const struct keep_set *k, const char *path);
/* Whether a file is in none, or in /usr/local, where authors put programs of their own beside a runtime's. */
bool keep_source_is_local(const struct keep_file *f);

/* Whether a directory that the source names is kept with all that is in it: of an application, none that others
 * share, not huge. */
bool keep_source_may_be_whole(const struct keep_source *s, uint32_t dir);
/* Keep the file or directory that a relative path leads to from dir; with the path as the note. A directory only
 * when whole, then with what is in it. ROOTFS_NONE: nothing there. */
uint32_t keep_source_path(struct keep_source *s, uint32_t dir, const char *path, bool whole);
/* A path of the text: absolute or relative to one of the bases. */
void keep_source_literal(struct keep_source *s, const char *path);
/* All string literals that name a path, also in pieces: join("views", "x.html"). */
void keep_source_literals(struct keep_source *s);
/* The literal first words and shell texts of calls that start a program (exec, spawn, system, ...). */
void keep_source_commands(struct keep_source *s);
