#include "keep/source/calls.h"

#include <string.h>

#include "base/mem.h"
#include "keep/source/program.h"
#include "keep/source/shell_text.h"

#define MAX_ARGUMENTS 8 /* of one call that are looked at */

#define CALL(name, shell)                                                                                              \
	{                                                                                                              \
		name, sizeof(name) - 1, shell                                                                          \
	}

/* Functions that start a program, of all languages: few names mean something else in another. */
static const struct call {
	const char *name;
	size_t n;   /* bytes of the name */
	bool shell; /* gives its text to /bin/sh */
} calls[] = {
    CALL("exec", true),
    CALL("execSync", true),
    CALL("system", true),
    CALL("popen", true),
    CALL("getoutput", true),
    CALL("getstatusoutput", true),
    CALL("shell_exec", true),
    CALL("cmd", true),
    CALL("system2", true),
    CALL("passthru", true),
    CALL("proc_open", true),
    CALL("create_subprocess_shell", true),
    CALL("subprocess_shell", true),
    CALL("capture2", true),
    CALL("capture2e", true),
    CALL("capture3", true),
    CALL("popen3", true),
    CALL("popen2", true),
    CALL("pipeline", true),
    CALL("qx", true),
    CALL("execute", true),
    CALL("popen2e", true),
    CALL("pipeline_r", true),
    CALL("pipeline_w", true),
    CALL("pipeline_start", true),
    CALL("run_command", true),
    CALL("execFile", false),
    CALL("execFileSync", false),
    CALL("spawn", false),
    CALL("spawnSync", false),
    CALL("run", false),
    CALL("Popen", false),
    CALL("call", false),
    CALL("check_call", false),
    CALL("check_output", false),
    CALL("create_subprocess_exec", false),
    CALL("execv", false),
    CALL("execvp", false),
    CALL("execl", false),
    CALL("execlp", false),
    CALL("execve", false),
    CALL("execvpe", false),
    CALL("spawnvp", false),
    CALL("spawnlp", false),
    CALL("execa", false),
    CALL("execaSync", false),
    CALL("posix_spawn", false),
    CALL("posix_spawnp", false),
    CALL("which", false),
    CALL("get_bin_path", false),
    CALL("find_executable", false),
    CALL("can_run", false),
    CALL("system2", false),
    CALL("pcntl_exec", false),
    CALL("spawnv", false),
    CALL("spawnl", false),
    CALL("execlpe", false),
};

/* By first byte of a name: a bit for each length that such names have. Most words of a source are none of them. */
struct lengths {
	uint32_t of[128];
};

static void set_lengths(struct lengths *l)
{
	*l = (struct lengths){0};
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		l->of[(unsigned char)calls[i].name[0]] |= 1u << calls[i].n;
}

static bool starts_program(const struct lengths *l, const struct token *t, bool *shell)
{
	const unsigned char first = (unsigned char)t->s[0];
	if (t->kind != TOKEN_WORD || t->n > 31 || first > 127 || !(l->of[first] >> t->n & 1))
		return false;
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		if (t->n == calls[i].n && memcmp(t->s, calls[i].name, t->n) == 0) {
			*shell = calls[i].shell;
			return true;
		}
	}
	return false;
}

/* The text of token i as a shell would get it; true when it is more than one word. */
static bool shell_text(struct keep_script_source *s, size_t i)
{
	const struct token *t = token_at(&s->tokens, i);
	if (t->kind != TOKEN_STRING || t->continued)
		return false;
	keep_shell_text_read(s, t->s, t->n);
	size_t word = 0; /* run as it is where no shell is needed: also what shells have built in */
	while (word < t->n && !strchr(" \t\n|;&<>$(", t->s[word]))
		word++;
	CLEANUP_FREE char *name = mem_strndup(t->s, word);
	(void)keep_program_keep(s, name);
	return word < t->n;
}

/* Lists of words without quotes: Ruby's %w[date -u], Perl's qw(date -u). Their first word, if there is one at i. */
static size_t word_list(const struct keep_script_source *s, size_t i)
{
	bool percent = token_is_punct(token_at(&s->tokens, i), '%');
	const struct token *t = token_at(&s->tokens, i + percent);
	const struct token *open = token_at(&s->tokens, i + percent + 1);
	bool list = percent ? token_is_word(t, "w") || token_is_word(t, "W") : token_is_word(t, "qw");
	return list && open->kind == TOKEN_PUNCT && strchr("([{</|!", open->c) ? i + percent + 2 : 0;
}

/* A call's arguments from token i on, (0, x.exec)(...) too: the first literal, and the text behind a literal -c. */
static void call_arguments(struct keep_script_source *s, size_t i, bool shell)
{
	size_t first = i, word = word_list(s, i);
	for (const char *open = "([)~"; !word && token_at(&s->tokens, i)->kind == TOKEN_PUNCT && i < first + 3;
	     word = word_list(s, ++i))
		if (!strchr(open, token_at(&s->tokens, i)->c))
			return;
	if (word && token_at(&s->tokens, word)->kind == TOKEN_WORD)
		keep_shell_text_read(s, token_at(&s->tokens, word)->s, token_at(&s->tokens, word)->n);
	if (i > first && token_is_punct(token_at(&s->tokens, i - 1), '~'))
		i++; /* Elixir's ~c"..." */
	if (token_at(&s->tokens, i)->kind != TOKEN_STRING)
		return;
	if (shell_text(s, i) || shell)
		keep_program_keep_shell(s);
	for (unsigned n = 0; n < MAX_ARGUMENTS; n++, i += 2) {
		const struct token *t = token_at(&s->tokens, i);
		if (t->kind != TOKEN_STRING || token_at(&s->tokens, i + 1)->kind != TOKEN_PUNCT)
			return;
		if (t->n == 2 && memcmp(t->s, "-c", 2) == 0)
			(void)shell_text(s, i + 2);
		else if (token_is_punct(token_at(&s->tokens, i + 2), '['))
			i++; /* spawn("sh", ["-c", ...]) */
	}
}

void keep_script_source_commands(struct keep_script_source *s)
{
	struct lengths lengths;
	set_lengths(&lengths);
	for (size_t i = 0; i < s->tokens.count; i++) {
		bool shell;
		const struct token *t = &s->tokens.items[i];
		if (starts_program(&lengths, t, &shell))
			call_arguments(s, i + 1, shell);
		if (t->kind == TOKEN_STRING && t->c == '`' && s->lexer->backtick_runs) {
			(void)shell_text(s, i);
			keep_program_keep_shell(s);
		}
	}
}
