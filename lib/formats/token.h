/* formats/token.h - splits the source text of a scripting language into words, strings and punctuation: enough to
 * find the names in a statement, not to parse the language. Leaves out white space and comments. Never fails. Text
 * that is broken, or that the rules below misread (a regular expression with a quote in it), is misread up to the end
 * of its line. Above LIMIT_SOURCE_TOKENS the rest is left out. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"

enum token_kind {
	TOKEN_END,
	TOKEN_WORD, /* identifier or number */
	TOKEN_STRING,
	TOKEN_PUNCT, /* one character */
};

struct token {
	uint8_t kind;
	char c;         /* of punctuation the character, of a string its quote */
	bool partial;   /* a string that goes on with something computed */
	bool continued; /* a string's part behind something computed */
	uint32_t n;
	const char *s; /* in the text; of a string what is between the quotes, escapes as written */
};

struct token_list {
	struct token *items;
	size_t count, cap;
};

/* The lexical rules of one language. */
struct token_lexer {
	bool hash;                 /* # starts a comment */
	bool slashes;              /* so do // and slash-star */
	bool pod;                  /* =word at the start of a line starts one that "=cut" or "=end" ends */
	bool end_mark;             /* __END__ and __DATA__ end the program */
	bool triple;               /* three quotes quote lines; letters before a quote belong to it */
	bool regex;                /* a slash behind an operator starts a regular expression */
	bool tags;                 /* program text lies between <?php or <?= and ?> only */
	bool backtick_runs;        /* a string in backticks is a command; so are qx{} and %x{} */
	bool colons;               /* a::b is one word */
	const char *quotes;        /* characters that start a string */
	const char *many_lines;    /* of these, those that may hold line ends */
	const char *interpolation; /* in all but single quotes: first characters of what is computed; "${" = both */
	const char *word;          /* characters of words besides letters, digits, _ and bytes above 127 */
};

/* text must live as long as the tokens. */
void token_list_read(struct token_list *t, const char *text, size_t n, const struct token_lexer *lexer);
void token_list_done(struct token_list *t);
#define CLEANUP_TOKEN_LIST CLEANUP(token_list_done)

/* Beyond the end: TOKEN_END. */
const struct token *token_at(const struct token_list *t, size_t i);
static inline bool token_is_word(const struct token *t, const char *word)
{
	return t->kind == TOKEN_WORD && t->s[0] == word[0] && t->n == strlen(word) && memcmp(t->s, word, t->n) == 0;
}
bool token_is_punct(const struct token *t, char c);
/* Append the text, of strings without the backslashes before other characters. False when it is not all
 * printable: nobody's name. */
bool token_text(const struct token *t, struct buf *out);
