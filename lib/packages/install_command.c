#include "packages/install_command.h"

#include <string.h>

#include "base/buf.h"
#include "base/limits.h"

/* A row per family of commands. */
static const struct tool {
	enum packages_manager manager;
	const char *programs[5], *verbs[4];
	const char *ends;       /* the name of a package ends before one of these */
	const char *valued[24]; /* options whose value is the next word */
} tools[] = {
    {PACKAGES_DPKG,
     {"apt-get", "apt", "aptitude"},
     {"install", "reinstall"},
     "=:/",
     {"-t", "--target-release", "--default-release", "-o", "--option", "-c", "--config-file", "-a",
      "--host-architecture"}},
    {PACKAGES_APK,
     {"apk"},
     {"add"},
     "=~<>@",
     {"-t", "--virtual", "-X", "--repository", "-p", "--root", "--arch", "--cache-dir", "--keys-dir",
      "--repositories-file", "--wait"}},
    {PACKAGES_RPM,
     {"dnf", "yum", "microdnf", "dnf5", "zypper"},
     {"install", "in", "reinstall"},
     "=<>",
     {"-c", "--config", "-x", "--exclude", "--setopt", "--enablerepo", "--disablerepo", "--repo", "--releasever",
      "--installroot", "--forcearch", "-r", "-R", "--root", "--from", "-t", "--type"}},
    {PACKAGES_OPKG,
     {"opkg", "opkg-cl"},
     {"install"},
     "=",
     {"-f", "--conf", "-o", "--offline-root", "-d", "--dest", "-t", "--tmp-dir", "-l", "--lists-dir", "--add-dest",
      "--add-arch", "--cache", "-V"}},
    {PACKAGES_PIP,
     {"pip", "pip3", "pipx"},
     {"install"},
     "[=~!<>@; ",
     {"-r",
      "--requirement",
      "-c",
      "--constraint",
      "-e",
      "--editable",
      "-t",
      "--target",
      "-i",
      "--index-url",
      "--extra-index-url",
      "-f",
      "--find-links",
      "--trusted-host",
      "--prefix",
      "--root",
      "--platform",
      "--python-version",
      "--proxy",
      "--timeout",
      "--cache-dir",
      "--no-binary",
      "--only-binary",
      "--src"}},
    {PACKAGES_NPM,
     {"npm", "yarn", "pnpm"},
     {"install", "i", "add"},
     "@",
     {"--prefix", "--registry", "--loglevel", "--cache", "--omit", "--include", "--workspace", "-w", "-C", "--dir",
      "--cwd"}},
    {PACKAGES_GEM,
     {"gem"},
     {"install"},
     ":",
     {"-v", "--version", "-i", "--install-dir", "-n", "--bindir", "-s", "--source", "--platform", "-P",
      "--trust-policy", "-p", "--http-proxy"}},
};
#define N_TOOLS (sizeof(tools) / sizeof(tools[0]))

static bool has(const char *const *list, size_t n, const char *word)
{
	for (size_t i = 0; i < n && list[i]; i++)
		if (strcmp(list[i], word) == 0)
			return true;
	return false;
}
#define HAS(list, word) has(list, sizeof(list) / sizeof((list)[0]), word)

/* ---- words ---- */

struct reader {
	const char *at, *end;
	char quote;      /* the quote that is open, or 0 */
	struct buf word; /* the last one */
	bool computed;   /* it has a part that the shell would have put in */
};

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Quotes count for redirections only, so that a shell's text in quotes is read as commands, too. */
static bool ends_command(char c)
{
	return c == '\n' || c == ';' || c == '&' || c == '|' || c == '(' || c == ')' || c == '`';
}

static void skip_redirection(struct reader *r)
{
	while (r->at < r->end && strchr("<>&|", *r->at))
		r->at++;
	while (r->at < r->end && is_space(*r->at))
		r->at++;
	while (r->at < r->end && !is_space(*r->at) && !ends_command(*r->at))
		r->at++;
}

/* Whether something was skipped. */
static bool skip_one(struct reader *r)
{
	char c = *r->at;
	if (c == '\\' && r->at + 1 < r->end && (r->at[1] == '\n' || r->at[1] == '\r')) {
		r->at += 2;
	} else if (c == '#') { /* a comment; docker joins the lines, buildkit adds one */
		while (r->at < r->end && *r->at != '\n')
			r->at++;
	} else if (!r->quote && (c == '<' || c == '>')) {
		skip_redirection(r);
	} else if (is_space(c)) {
		r->at++;
	} else {
		return false;
	}
	return true;
}

static void take_word(struct reader *r)
{
	r->word.len = 0;
	r->computed = false;
	for (; r->at < r->end && !is_space(*r->at) && !ends_command(*r->at); r->at++) {
		char c = *r->at;
		if (c == '\\' && r->at + 1 < r->end) {
			c = *++r->at;
			if (c == '\n')
				continue;
		} else if (c == '"' || c == '\'') {
			r->quote = !r->quote ? c : r->quote == c ? '\0' : r->quote;
			continue;
		} else if (!r->quote && (c == '<' || c == '>')) {
			break;
		}
		r->computed |= c == '$' || c == '*' || c == '\0';
		buf_char(&r->word, c);
	}
	if (r->at < r->end && !r->quote && (*r->at == '<' || *r->at == '>') && r->word.len &&
	    strspn(r->word.data, "0123456789") == r->word.len)
		r->word.len = 0; /* 2>&1 */
	if (!r->word.len)
		buf_str(&r->word, "");
}

/* The next word of the command in r->word; false at the command's end, which it goes behind. */
static bool next_word(struct reader *r)
{
	while (r->at < r->end) {
		if (skip_one(r))
			continue;
		if (ends_command(*r->at)) {
			r->at++;
			return false;
		}
		take_word(r);
		if (r->word.len)
			return true;
	}
	return false;
}

/* ---- commands ---- */

static const struct tool *find_tool(const char *word)
{
	const char *slash = strrchr(word, '/');
	for (size_t i = 0; i < N_TOOLS; i++)
		if (HAS(tools[i].programs, slash ? slash + 1 : word))
			return &tools[i];
	return NULL;
}

/* Whether the n bytes look like the name of a package, and not like a path, an address or a group of apk's. */
static bool is_name(const char *word, size_t n)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-._";
	return n && n <= LIMIT_NAME && !strchr("+-._", *word) && strspn(word, allowed) >= n;
}

static void add_name(const struct tool *t, const char *word, struct strset *names)
{
	size_t scope = t->manager == PACKAGES_NPM && *word == '@' ? strcspn(word, "/") + 1 : 0; /* "@scope/" */
	if (names->count >= PACKAGES_COMMAND_NAMES ||
	    (scope && (scope > strlen(word) || !is_name(word + 1, scope - 2))))
		return;
	size_t n = scope + strcspn(word + scope, t->ends);
	if (n > LIMIT_NAME || !is_name(word + scope, n - scope))
		return;
	char last = word[n - 1];
	if (t->manager == PACKAGES_DPKG && last == '-') /* to be removed */
		return;
	if (t->manager == PACKAGES_DPKG && last == '+') /* to be installed, or g++ */
		(void)strset_add_len(names, word, n - 1, NULL);
	(void)strset_add_len(names, word, n, NULL);
}

/* Reads the rest of the command behind the tool's name. */
static void read_arguments(struct reader *r, const struct tool *t, struct strset *names)
{
	bool verb = false;
	while (next_word(r)) {
		const char *word = r->word.data;
		if (*word == '-') {
			if (HAS(t->valued, word) && !next_word(r))
				return;
		} else if (!verb && strcmp(word, "global") != 0) { /* yarn global add */
			if (!HAS(t->verbs, word))
				break;
			verb = true;
		} else if (verb && !r->computed) {
			add_name(t, word, names);
		}
	}
}

void packages_install_command(const char *text, size_t n, struct strset *out)
{
	struct reader r = {.at = text, .end = text + (n < PACKAGES_COMMAND_MAX ? n : PACKAGES_COMMAND_MAX)};
	while (r.at < r.end) {
		const struct tool *t = next_word(&r) ? find_tool(r.word.data) : NULL;
		if (t)
			read_arguments(&r, t, &out[t->manager]);
	}
	buf_done(&r.word);
}
