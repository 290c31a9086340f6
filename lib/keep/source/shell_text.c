#include "keep/source/shell_text.h"

#include <ctype.h>
#include <string.h>

#include "keep/source/place.h"
#include "keep/source/program.h"
#include "keep/words.h"
#include "text/path.h"

#define MAX_NESTED 32 /* substitutions and quotes in each other, and texts of -c in texts */
#define MAX_WORD 4096

/* Words behind which a command starts. */
static const char *const openers[] = {"if", "then", "elif", "else", "while", "until", "do", "!", "{", "time"};
/* Words that no program needs to be there for. */
static const char *const builtins[] = {
    ".",        ":",       "[[",     "alias", "bg",      "break",  "builtin", "case",  "cd",    "continue", "declare",
    "done",     "echo",    "esac",   "eval",  "exit",    "export", "false",   "fg",    "fi",    "for",      "function",
    "getopts",  "hash",    "in",     "jobs",  "let",     "local",  "printf",  "pushd", "popd",  "pwd",      "read",
    "readonly", "return",  "select", "set",   "shift",   "shopt",  "source",  "test",  "times", "trap",     "true",
    "type",     "typeset", "ulimit", "umask", "unalias", "unset",  "wait",    "}",     "[",     "mapfile"};
/* Programs and builtins whose argument is a command; some take a user, a time or a directory before it. */
static const char *const starters[] = {"exec",      "sudo",    "su-exec",      "gosu",     "env",       "nice",
				       "nohup",     "xargs",   "timeout",      "command",  "ionice",    "setpriv",
				       "stdbuf",    "setsid",  "chroot",       "chpst",    "setuidgid", "tini",
				       "dumb-init", "busybox", "catatonit",    "flock",    "watch",     "unshare",
				       "runuser",   "su",      "s6-setuidgid", "eatmydata"};
static const char *const shells[] = {"sh",        "bash", "dash",     "ash", "/bin/sh",
				     "/bin/bash", "zsh",  "/bin/ash", "su",  "runuser"};
/* One nesting level: the text itself, a substitution, a quoted part. */
struct level {
	char end;       /* that closes it; 0 = the text's end */
	bool expects;   /* a command word comes next */
	bool starter;   /* the command before is one that starts another */
	bool dynamic;   /* the word under way has a computed part */
	bool skips;     /* words up to the next command don't matter: for x in ... */
	unsigned tried; /* words that were no program behind a starter */
	char last[16];  /* the word before, for -exec, -c and "." */
	bool shell;     /* the command is one that takes -c TEXT */
	bool parts;     /* the command is run-parts */
	struct buf word;
	bool in_word;
};

/* Of a text that is only looked at: words where a command is expected. */
struct census {
	unsigned programs, builtins, unknown;
};

struct parser {
	struct keep_script_source *s;
	struct census *census; /* NULL = what the text names is kept */
	const char *p, *end;
	struct level levels[MAX_NESTED];
	unsigned n;         /* levels in use, at least one */
	unsigned depth;     /* of texts in texts */
	struct buf heredoc; /* the delimiter of one that starts at the next line */
};

static void text_at(struct keep_script_source *s, const char *text, size_t n, unsigned depth, struct census *census);

static struct level *top(struct parser *p)
{
	return &p->levels[p->n - 1];
}

static bool is_assignment(const char *word)
{
	size_t n = 0;
	while (isalnum((unsigned char)word[n]) || word[n] == '_')
		n++;
	return n && (word[n] == '=' || (word[n] == '+' && word[n + 1] == '='));
}

static void count(struct parser *p, const char *word)
{
	CLEANUP_BUF struct buf path = {0};
	if (KEEP_WORDS_HAVE(builtins, word) || KEEP_WORDS_HAVE(openers, word))
		p->census->builtins++;
	else if (*word && keep_program_find(p->s, word, &path))
		p->census->programs++;
	else
		p->census->unknown++;
}

/* A word where a command is expected. */
static void command_word(struct parser *p, struct level *l, const char *word)
{
	if (is_assignment(word))
		return;
	if (l->starter && (*word == '-' || isdigit((unsigned char)*word)))
		return; /* an option of the starter, or its operand */
	l->shell = KEEP_WORDS_HAVE(shells, word);
	l->parts = strcmp(word, "run-parts") == 0 || path_ends_with(word, "/run-parts");
	if (p->census && !l->starter)
		count(p, word);
	if (!l->starter && KEEP_WORDS_HAVE(openers, word))
		return;
	bool starter = KEEP_WORDS_HAVE(starters, word);
	if (KEEP_WORDS_HAVE(builtins, word)) {
		l->expects = false;
		l->skips = strcmp(word, "for") == 0 || strcmp(word, "case") == 0 || strcmp(word, "function") == 0;
		if (strcmp(word, "trap") == 0 || strcmp(word, "eval") == 0)
			l->shell = true;
		return;
	}
	bool found = !p->census && keep_program_keep(p->s, word);
	if (!p->census && !found && strchr(word, '/') && *word != '/')
		keep_script_source_literal(p->s, word);
	if (starter) {
		l->starter = true;
		l->tried = 0;
	} else if (found || !l->starter || l->tried++ == 1) {
		l->expects = l->starter = false;
	}
}

static void argument_word(struct parser *p, struct level *l, const char *word)
{
	if (p->census)
		return;
	if (strncmp(l->last, "-exec", 5) == 0 || strcmp(l->last, "-ok") == 0)
		(void)keep_program_keep(p->s, word);
	else if (l->parts)
		keep_program_keep_directory(p->s, word);
	else if (l->shell &&
		 (strcmp(l->last, "-c") == 0 || strcmp(l->last, "trap") == 0 || strcmp(l->last, "eval") == 0))
		text_at(p->s, word, strlen(word), p->depth + 1, NULL);
}

/* Whether the word is a directory of the distribution's whose programs alone are meant. */
static bool is_parts(const struct level *l, const char *word)
{
	return l->parts && keep_place_is_distribution(word);
}

static void end_word(struct parser *p)
{
	struct level *l = top(p);
	if (!l->in_word)
		return;
	l->in_word = false;
	buf_str(&l->word, "");
	const char *word = l->word.data;
	bool pattern = p->p < p->end && *p->p == ')' && l->end != ')'; /* of a case */
	if (l->dynamic && l->expects && !is_assignment(word)) {
		l->expects = l->starter = false;
	} else if (!l->dynamic && !l->skips && !pattern) {
		const char *value = is_assignment(word) || *word == '-' ? strchr(word, '=') : NULL;
		if (!p->census && !is_parts(l, word))
			keep_script_source_literal(p->s, value ? value + 1 : word);
		if (l->expects)
			command_word(p, l, word);
		else
			argument_word(p, l, word);
	}
	l->last[0] = '\0';
	if (strlen(word) < sizeof(l->last))
		strcpy(l->last, word);
	l->word.len = 0;
	l->dynamic = false;
}

static void next_command(struct parser *p)
{
	struct level *l = top(p);
	end_word(p);
	l->expects = true;
	l->starter = l->skips = l->shell = l->parts = false;
	l->last[0] = '\0';
}

static void push(struct parser *p, char end)
{
	if (p->n == MAX_NESTED)
		return;
	struct level *l = &p->levels[p->n++];
	l->word.len = 0;
	*l = (struct level){.end = end, .expects = true, .word = l->word};
}

/* A substitution ends; the word that it is part of goes on. */
static void pop(struct parser *p)
{
	end_word(p);
	p->n--;
}

static void computed(struct parser *p)
{
	struct level *l = top(p);
	l->in_word = l->dynamic = true;
}

static void put(struct parser *p, char c)
{
	struct level *l = top(p);
	l->in_word = true;
	if (l->word.len < MAX_WORD)
		buf_char(&l->word, c);
	else
		l->dynamic = true;
}

/* $ and what follows. */
static void dollar(struct parser *p)
{
	char next = p->p + 1 < p->end ? p->p[1] : '\0';
	computed(p);
	if (next == '(') {
		p->p += 2;
		push(p, ')');
	} else if (next == '{') {
		const char *stop = memchr(p->p, '}', (size_t)(p->end - p->p));
		p->p = stop ? stop + 1 : p->end;
	} else {
		for (p->p++; p->p < p->end && (isalnum((unsigned char)*p->p) || strchr("_@*#?$!", *p->p)); p->p++)
			if (!*p->p)
				break;
	}
}

static void double_quoted(struct parser *p)
{
	struct level *l = top(p);
	l->in_word = true;
	unsigned n = p->n;
	for (p->p++; p->p < p->end && *p->p != '"';) {
		if (*p->p == '\\' && p->p + 1 < p->end) {
			put(p, p->p[1]);
			p->p += 2;
		} else if (*p->p == '$' || *p->p == '`') {
			if (*p->p == '`' || (p->p + 1 < p->end && p->p[1] == '(')) {
				/* what a substitution runs is read in place: its end is found by count */
				char end = *p->p == '`' ? '`' : ')';
				const char *start = p->p + (end == ')' ? 2 : 1), *q = start;
				for (unsigned open = 1; q < p->end; q++) {
					if (*q == '\\' && q + 1 < p->end)
						q++;
					else if (end == ')' && *q == '(')
						open++;
					else if (*q == end && --open == 0)
						break;
				}
				computed(p);
				text_at(p->s, start, (size_t)(q - start), p->depth + 1, p->census);
				p->p = q < p->end ? q + 1 : q;
			} else {
				dollar(p);
			}
		} else {
			put(p, *p->p++);
		}
	}
	if (p->p < p->end)
		p->p++;
	p->n = n;
}

static void single_quoted(struct parser *p)
{
	top(p)->in_word = true;
	for (p->p++; p->p < p->end && *p->p != '\''; p->p++)
		put(p, *p->p);
	if (p->p < p->end)
		p->p++;
}

static void skip_blanks(struct parser *p)
{
	while (p->p < p->end && (*p->p == ' ' || *p->p == '\t'))
		p->p++;
}

/* Skip < or > and its operand: a file's name is not an argument. */
static void redirection(struct parser *p)
{
	end_word(p);
	bool here = p->end - p->p > 2 && p->p[0] == '<' && p->p[1] == '<' && p->p[2] != '<';
	while (p->p < p->end && strchr("<>&|", *p->p) && *p->p)
		p->p++;
	if (here && p->p < p->end && *p->p == '-')
		p->p++;
	skip_blanks(p);
	CLEANUP_BUF struct buf name = {0};
	while (p->p < p->end && *p->p && !strchr(" \t\n;|&<>()", *p->p)) {
		if (!strchr("'\"\\", *p->p))
			buf_char(&name, *p->p);
		p->p++;
	}
	if (!name.len)
		return;
	if (here) {
		p->heredoc.len = 0;
		buf_str(&p->heredoc, name.data);
	} else if (!p->census) {
		keep_script_source_literal(p->s, name.data);
	}
}

static void skip_heredoc(struct parser *p)
{
	while (p->p < p->end) {
		const char *stop = memchr(p->p, '\n', (size_t)(p->end - p->p));
		const char *end = stop ? stop : p->end;
		const char *line = p->p;
		while (line < end && *line == '\t')
			line++;
		p->p = stop ? stop + 1 : p->end;
		if ((size_t)(end - line) == p->heredoc.len && memcmp(line, p->heredoc.data, p->heredoc.len) == 0)
			break;
	}
	p->heredoc.len = 0;
}

static void operator(struct parser *p)
{
	char c = *p->p;
	struct level *l = top(p);
	if ((c == ')' || c == '`') && l->end == c) {
		pop(p);
		p->p++;
	} else if (c == '`' || c == '(') {
		if (c == '`')
			computed(p);
		else
			next_command(p);
		push(p, c == '`' ? '`' : ')');
		p->p++;
	} else {
		next_command(p);
		p->p++;
		if (c == '\n' && p->heredoc.len)
			skip_heredoc(p);
	}
}

static void text_at(struct keep_script_source *s, const char *text, size_t n, unsigned depth, struct census *census)
{
	if (depth == MAX_NESTED)
		return;
	struct parser p = {.s = s, .census = census, .p = text, .end = text + n, .n = 1, .depth = depth};
	p.levels[0].expects = true;
	while (p.p < p.end) {
		char c = *p.p;
		struct level *l = top(&p);
		if (c == '\\' && p.p + 1 < p.end) {
			if (p.p[1] != '\n')
				put(&p, p.p[1]);
			p.p += 2;
		} else if (c == '#' && !l->in_word) {
			const char *stop = memchr(p.p, '\n', (size_t)(p.end - p.p));
			p.p = stop ? stop : p.end;
		} else if (c == '\'') {
			single_quoted(&p);
		} else if (c == '"') {
			double_quoted(&p);
		} else if (c == '$') {
			dollar(&p);
		} else if (c == '<' || c == '>') {
			redirection(&p);
		} else if (c && strchr("\n;|&()`", c)) {
			operator(&p);
		} else if (c == ' ' || c == '\t' || c == '\r' || c == '\0') {
			end_word(&p);
			p.p++;
		} else {
			if (strchr("*?", c))
				l->dynamic = true; /* a pattern */
			put(&p, c);
			p.p++;
		}
	}
	while (p.n > 1)
		pop(&p);
	end_word(&p);
	for (unsigned i = 0; i < MAX_NESTED; i++)
		buf_done(&p.levels[i].word);
	buf_done(&p.heredoc);
}

void keep_shell_text_read(struct keep_script_source *s, const char *text, size_t n)
{
	text_at(s, text, n, 0, NULL);
}

bool keep_shell_text_is(struct keep_script_source *s, const char *text, size_t n)
{
	struct census c = {0};
	if (memchr(text, '\0', n))
		return false;
	text_at(s, text, n, 0, &c);
	return c.programs && c.programs + c.builtins >= 2 * c.unknown;
}

void keep_shell_text_argv(struct keep_script_source *s, const struct strlist *argv)
{
	if (!argv->count)
		return;
	(void)keep_program_keep(s, argv->items[0]);
	bool expects = KEEP_WORDS_HAVE(starters, argv->items[0]) || strstr(argv->items[0], "tini") != NULL;
	for (size_t i = 1; i < argv->count; i++) {
		const char *word = argv->items[i];
		if (strcmp(word, "-c") == 0 && i + 1 < argv->count)
			keep_shell_text_read(s, argv->items[i + 1], strlen(argv->items[i + 1]));
		else if (expects && *word != '-' && keep_program_keep(s, word))
			expects = KEEP_WORDS_HAVE(starters, word);
		keep_script_source_literal(s, word);
	}
}
