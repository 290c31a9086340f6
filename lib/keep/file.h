/* keep/file.h - a kept regular file that is not empty, as the closures and rules look at it.
 * Its content is hostile: nothing is trusted beyond its bounds.
 * Lifetime: _open, any number of questions, _done. Not thread-safe. */
#pragma once

#include "base/buf.h"
#include "formats/token.h"
#include "image/reader.h"
#include "keep/set.h"

#define KEEP_HEAD 512
#define KEEP_TEXT_SMALL (16u << 10) /* bytes of a text that is read at once */

/* A small text that was read whole. */
struct keep_file_text {
	struct buf bytes;                /* empty once they were taken */
	const struct token_lexer *lexer; /* NULL = there are no tokens */
	struct token_list tokens;        /* of the bytes, by the lexer */
};

struct keep_file {
	struct keep_set *k; /* borrowed */
	uint32_t node;
	const struct image_node *info;
	int fd;                      /* at any offset, read with pread */
	size_t n;                    /* bytes of head */
	char head[KEEP_HEAD];        /* its first bytes */
	struct keep_file_text *text; /* NULL = only the head was read */
};

/* On failure *f may be given to _done, too. */
int keep_file_open(struct keep_file *f, struct keep_set *k, uint32_t node, struct err *err) MUST_CHECK;
/* The same, from a reader of the set's index. Reads a small text at once. */
int keep_file_open_from(struct keep_file *f, struct keep_set *k, uint32_t node, struct image_reader *from,
			struct err *err) MUST_CHECK;
void keep_file_done(struct keep_file *f);
#define CLEANUP_KEEP_FILE CLEANUP(keep_file_done)

/* Whether its name has that ending, and more before it. */
bool keep_file_ends(const struct keep_file *f, const char *ending);
/* Whether its #! line runs it by a program whose name starts with name ("python" has python3.11). */
bool keep_file_runs_by(const struct keep_file *f, const char *name);
/* Reads its first bytes, at most max. Appends nothing if the file can't be read. */
void keep_file_bytes(const struct keep_file *f, size_t max, struct buf *out);
/* Splits a text that was read at once into tokens, for keep_file_take. lexer: NULL = does nothing. */
void keep_file_split(struct keep_file *f, const struct token_lexer *lexer);
/* Moves the text and its tokens into the caller's empty ones. False: it was not split by this lexer. */
bool keep_file_take(const struct keep_file *f, const struct token_lexer *lexer, struct buf *text,
		    struct token_list *tokens);
