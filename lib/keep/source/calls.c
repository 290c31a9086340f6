#include "keep/source/calls.h"

#include <string.h>

#include "base/mem.h"
#include "keep/source/program.h"
#include "keep/source/shell_text.h"

#define MAX_ARGUMENTS 8 /* of one call that are looked at */

/* Functions that start a program, of all languages: few names mean something else in another. */
static const struct call {
	const char *name;
	bool shell; /* gives its text to /bin/sh */
} calls[] = {
    {"exec", true},
    {"execSync", true},
    {"system", true},
    {"popen", true},
    {"getoutput", true},
    {"getstatusoutput", true},
    {"shell_exec", true},
    {"cmd", true},
    {"system2", true},
    {"passthru", true},
    {"proc_open", true},
    {"create_subprocess_shell", true},
    {"subprocess_shell", true},
    {"capture2", true},
    {"capture2e", true},
    {"capture3", true},
    {"popen3", true},
    {"popen2", true},
    {"pipeline", true},
    {"qx", true},
    {"execute", true},
    {"popen2e", true},
    {"pipeline_r", true},
    {"pipeline_w", true},
    {"pipeline_start", true},
    {"run_command", true},
    {"execFile", false},
    {"execFileSync", false},
    {"spawn", false},
    {"spawnSync", false},
    {"run", false},
    {"Popen", false},
    {"call", false},
    {"check_call", false},
    {"check_output", false},
    {"create_subprocess_exec", false},
    {"execv", false},
    {"execvp", false},
    {"execl", false},
    {"execlp", false},
    {"execve", false},
    {"execvpe", false},
    {"spawnvp", false},
    {"spawnlp", false},
    {"execa", false},
    {"execaSync", false},
    {"posix_spawn", false},
    {"posix_spawnp", false},
    {"which", false},
    {"get_bin_path", false},
    {"find_executable", false},
    {"can_run", false},
    {"system2", false},
    {"pcntl_exec", false},
    {"spawnv", false},
    {"spawnl", false},
    {"execlpe", false},
};

static bool starts_program(const struct token *t, bool *shell)
{
	for (size_t i = 0; t->kind == TOKEN_WORD && i < sizeof(calls) / sizeof(calls[0]); i++) {
		if (token_is_word(t, calls[i].name)) {
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
	for (size_t i = 0; i < s->tokens.count; i++) {
		bool shell;
		const struct token *t = &s->tokens.items[i];
		if (starts_program(t, &shell))
			call_arguments(s, i + 1, shell);
		if (t->kind == TOKEN_STRING && t->c == '`' && s->lexer->backtick_runs) {
			(void)shell_text(s, i);
			keep_program_keep_shell(s);
		}
	}
}
