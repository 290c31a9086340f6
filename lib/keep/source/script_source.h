/* keep/source/script_source.h - a kept source file, as read by the closures of languages: its text, its tokens, the
 * directories that a name in it may be relative to, and the paths that it names. */
#pragma once

#include "formats/token.h"
#include "keep/file.h"

#define KEEP_BASES 8
#define KEEP_LITERAL_MAX 512 /* bytes of a path in a text */

struct keep_script_source {
	struct keep_set *k;
	uint32_t node;              /* the file; IMAGE_NONE = a command of the image's configuration */
	uint32_t dir;               /* that it lies in */
	bool application;           /* the author's own, not a package's or the distribution's */
	uint32_t bases[KEEP_BASES]; /* of an application: dir, those above it, the working directory */
	size_t n_bases;
	const char *search; /* directories that it finds programs in; NULL = the configuration's PATH */
	const struct token_lexer *lexer;
	struct buf text;
	struct token_list tokens;
};

/* For a file that is not a text: leaves text and tokens empty. */
void keep_script_source_begin(struct keep_script_source *s, const struct keep_file *f);
/* At most LIMIT_SOURCE bytes of it are read. lexer: NULL = no tokens. */
void keep_script_source_read(struct keep_script_source *s, const struct keep_file *f, const struct token_lexer *lexer);
/* The source that the image's configuration is. */
void keep_script_source_config(struct keep_script_source *s, struct keep_set *k);
void keep_script_source_done(struct keep_script_source *s);
#define CLEANUP_KEEP_SCRIPT_SOURCE CLEANUP(keep_script_source_done)

/* Keeps a directory that the source names, with all its content, if it belongs to an application, is not shared and
 * is not huge. Returns false otherwise. */
bool keep_script_source_directory(struct keep_script_source *s, uint32_t dir, struct keep_reason why);
/* Keep the file or directory that a relative path leads to from dir; with the path as the note. A directory only
 * when whole, then with what is in it. IMAGE_NONE: nothing there. */
uint32_t keep_script_source_path(struct keep_script_source *s, uint32_t dir, const char *path, bool whole);
/* Keep what a path of the text names: absolute or relative to one of the bases. False if there is no such path. */
bool keep_script_source_literal(struct keep_script_source *s, const char *path);
