#include "keep/source.h"

#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/path.h"
#include "keep/command.h"
#include "keep/tree.h"

#define MAX_LITERAL 512        /* bytes of a path in a text */
#define MAX_PIECES 8           /* of one that is joined */
#define MAX_TREE (64ull << 20) /* bytes of a directory that an application names */
#define MAX_SYSTEM (1u << 20)  /* of one in the distribution's directories */
#define MAX_NODES 20000
#define MAX_FOREIGN (2u << 20) /* of a file that a package or the distribution names */

/* Directories that no application owns: to name one is not to ask for all of it. */
static bool is_shared_dir(const char *path)
{
	static const char *const dirs[] = {"/usr/local",       "/usr/src",     "/usr/share",     "/usr/lib",
					   "/usr/bin",         "/usr/sbin",    "/var/lib",       "/var/www",
					   "/var/log",         "/var/cache",   "/var/run",       "/var/tmp",
					   "/usr/libexec",     "/usr/include", "/usr/local/bin", "/usr/local/lib",
					   "/usr/local/share", "/etc/ssl",     "/run/lock"};
	static const char *const roots[] = {"/usr",    "/etc", "/var", "/bin",   "/sbin", "/lib", "/lib32", "/lib64",
					    "/libx32", "/opt", "/srv", "/home",  "/root", "/tmp", "/run",   "/dev",
					    "/proc",   "/sys", "/mnt", "/media", "/boot", ""};
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		if (strcmp(path, dirs[i]) == 0)
			return true;
	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++)
		if (strcmp(path, roots[i]) == 0)
			return true;
	return strcmp(path, "/") == 0;
}

static bool is_distribution(const char *path)
{
	static const char *const dirs[] = {
	    "/usr",  "/etc", "/bin", "/sbin", "/lib",     "/lib32",     "/lib64",   "/libx32",  "/run",    "/dev",
	    "/proc", "/sys", "/tmp", "/boot", "/var/lib", "/var/cache", "/var/log", "/var/run", "/var/tmp"};
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		if (path_is_below(path, dirs[i]))
			return !path_is_below(path, "/usr/src");
	return false;
}

static const char *working_dir(const struct keep_set *k)
{
	return k->config && k->config->working_dir && *k->config->working_dir ? k->config->working_dir : "/";
}

static bool is_package(const char *path)
{
	static const char *const packages[] = {"/node_modules/", "/site-packages/", "/dist-packages/", "/gems/"};
	for (size_t i = 0; i < sizeof(packages) / sizeof(packages[0]); i++)
		if (strstr(path, packages[i]))
			return true;
	return false;
}

bool keep_source_is_application(const struct keep_set *k, const char *path)
{
	if (is_package(path))
		return false;
	const char *cwd = working_dir(k);
	return (!is_shared_dir(cwd) && path_is_below(path, cwd)) || !is_distribution(path);
}

bool keep_source_is_local(const struct keep_file *f)
{
	CLEANUP_BUF struct buf path = {0};
	rootfs_index_path(f->k->index, f->node, &path);
	return keep_source_is_application(f->k, path.data) ||
	       (path_is_below(path.data, "/usr/local") && !is_package(path.data));
}

static void add_base(struct keep_source *s, uint32_t dir)
{
	for (size_t i = 0; i < s->n_bases; i++)
		if (s->bases[i] == dir)
			return;
	if (dir != ROOTFS_NONE && s->n_bases < KEEP_BASES)
		s->bases[s->n_bases++] = dir;
}

static void add_working_dir(struct keep_source *s)
{
	if (strcmp(working_dir(s->k), "/") != 0)
		add_base(s, rootfs_index_resolve(s->k->index, working_dir(s->k), true, NULL, NULL));
}

static void find_bases(struct keep_source *s)
{
	CLEANUP_BUF struct buf path = {0};
	add_base(s, s->dir);
	add_working_dir(s);
	for (uint32_t dir = s->dir; dir != 0; dir = rootfs_index_node(s->k->index, dir)->parent) {
		path.len = 0;
		rootfs_index_path(s->k->index, dir, &path);
		if (is_shared_dir(path.data))
			break;
		add_base(s, dir);
	}
}

void keep_source_read(struct keep_source *s, const struct keep_file *f, const struct keep_lexer *lexer)
{
	*s = (struct keep_source){.k = f->k, .node = f->node, .dir = f->info->parent, .lexer = lexer};
	CLEANUP_BUF struct buf path = {0};
	rootfs_index_path(f->k->index, f->node, &path);
	s->application = keep_source_is_application(f->k, path.data);
	if (s->application)
		find_bases(s);
	keep_file_bytes(f, LIMIT_SOURCE, &s->text);
	if (lexer)
		keep_tokens_read(&s->tokens, s->text.data, s->text.len, lexer);
}

void keep_source_config(struct keep_source *s, struct keep_set *k)
{
	*s = (struct keep_source){.k = k, .node = ROOTFS_NONE, .application = true};
	add_working_dir(s);
}

void keep_source_done(struct keep_source *s)
{
	keep_tokens_done(&s->tokens);
	buf_done(&s->text);
}

/* A library's data that a distribution moved: /usr/share/NAME, named by a source below a directory NAME. */
static bool is_own_data(const struct keep_source *s, const char *path)
{
	static const char share[] = "/usr/share/";
	if (s->node == ROOTFS_NONE || strncmp(path, share, sizeof(share) - 1) != 0)
		return false;
	const char *name = path + sizeof(share) - 1;
	CLEANUP_FREE char *top = mem_strndup(name, strcspn(name, "/"));
	for (uint32_t dir = s->dir; dir; dir = rootfs_index_node(s->k->index, dir)->parent)
		if (strcmp(rootfs_index_node(s->k->index, dir)->name, top) == 0)
			return true;
	return false;
}

bool keep_source_may_be_whole(const struct keep_source *s, uint32_t dir)
{
	CLEANUP_BUF struct buf path = {0};
	rootfs_index_path(s->k->index, dir, &path);
	if (is_shared_dir(path.data) || keep_tree_is_foreign(rootfs_index_node(s->k->index, dir)) ||
	    (!s->application && !is_own_data(s, path.data)))
		return false;
	return keep_tree_fits(s->k->index, dir, is_distribution(path.data) ? MAX_SYSTEM : MAX_TREE, MAX_NODES);
}

uint32_t keep_source_path(struct keep_source *s, uint32_t dir, const char *path, bool whole)
{
	CLEANUP_BUF struct buf full = {0};
	if (*path == '/') {
		buf_str(&full, path);
	} else {
		size_t n = strcspn(path, "/");
		bool dots = path[0] == '.' && (n == 1 || (n == 2 && path[1] == '.'));
		if (!dots && rootfs_index_child(s->k->index, dir, path, n) == ROOTFS_NONE)
			return ROOTFS_NONE;
		rootfs_index_path(s->k->index, dir, &full);
		buf_char(&full, '/');
		buf_str(&full, path);
	}
	uint32_t node = rootfs_index_resolve(s->k->index, full.data, true, NULL, NULL);
	if (node == ROOTFS_NONE)
		return ROOTFS_NONE;
	const struct rootfs_node *info = rootfs_index_node(s->k->index, node);
	struct keep_reason why = KEEP_WHY_NOTED(KEEP_IMPORT, s->node, KEEP_NO_NOTE);
	if (S_ISDIR(info->mode)) {
		bool own = false; /* one that holds the program itself is not meant */
		for (size_t i = 0; i < s->n_bases; i++)
			own = own || s->bases[i] == node;
		if (!whole || own || !keep_source_may_be_whole(s, node))
			return node;
		why.note = keep_note(s->k, path);
		keep_tree(s->k, node, KEEP_TREE_DATA, why);
	} else if (!S_ISREG(info->mode) || (!s->application && info->size > MAX_FOREIGN)) {
		return node;
	}
	why.note = keep_note(s->k, path);
	return keep_path(s->k, full.data, true, why);
}

static bool is_path(const char *text)
{
	return *text && strlen(text) <= MAX_LITERAL && !strpbrk(text, " \t<>*?|\"\n:;,(){}") &&
	       strspn(text, "./") != strlen(text);
}

static bool literal(struct keep_source *s, const char *path)
{
	if (!is_path(path))
		return false;
	if (*path == '/')
		return keep_source_path(s, 0, path, true) != ROOTFS_NONE;
	bool found = false; /* what it is relative to is not known: all of them */
	for (size_t i = 0; i < s->n_bases; i++)
		found = keep_source_path(s, s->bases[i], path, true) != ROOTFS_NONE || found;
	return found;
}

void keep_source_literal(struct keep_source *s, const char *path)
{
	(void)literal(s, path);
}

static bool is_joint(const struct keep_token *t)
{
	return keep_token_is_punct(t, ',') || keep_token_is_punct(t, '/') || keep_token_is_punct(t, '+') ||
	       keep_token_is_punct(t, '.');
}

/* Whether a slash at the string's start goes on from a directory: __DIR__ . "/x", `${dir}/x`. */
static bool goes_on(const struct keep_source *s, size_t i)
{
	const struct keep_token *before = i ? keep_token_at(&s->tokens, i - 1) : NULL;
	return keep_token_at(&s->tokens, i)->continued ||
	       (before && (keep_token_is_punct(before, '+') || keep_token_is_punct(before, '.')));
}

/* The pieces from token i on, joined: the longest path that is there. A piece that something computed follows, or
 * that has a pattern, counts up to the last slash before it. */
static void join_pieces(struct keep_source *s, size_t i)
{
	CLEANUP_BUF struct buf path = {0};
	size_t ends[MAX_PIECES], n = 0;
	bool relative = goes_on(s, i);
	for (;; i += 2) {
		const struct keep_token *t = keep_token_at(&s->tokens, i);
		if (t->kind != KEEP_TOKEN_STRING || (t->continued && n) || t->n > MAX_LITERAL || n == MAX_PIECES)
			break;
		if (n && path.data[path.len - 1] != '/' && !(t->n && *t->s == '/'))
			buf_char(&path, '/');
		if (!keep_token_text(t, &path) || !path.len)
			break;
		size_t plain = strcspn(path.data, "*?[");
		if (t->partial || plain < path.len) {
			char *slash = memrchr(path.data, '/', plain);
			if (slash && slash > path.data)
				ends[n++] = (size_t)(slash - path.data);
			break;
		}
		ends[n++] = path.len;
		if (!is_joint(keep_token_at(&s->tokens, i + 1)))
			break;
	}
	const char *start = path.data;
	while (relative && n && *start == '/')
		start++;
	while (n--) {
		path.data[ends[n]] = '\0';
		if (literal(s, start))
			return;
	}
}

/* Frameworks look for what is rendered, and for what is served as it is, in directories that no source names. */
static bool is_rendered(const struct keep_token *t)
{
	static const char *const calls[] = {
	    "render", "render_template", "renderFile",     "Flask", "TemplateResponse", "erb", "haml",
	    "view",   "Sinatra",         "Jinja2Templates"};
	for (size_t i = 0; t->kind == KEEP_TOKEN_WORD && i < sizeof(calls) / sizeof(calls[0]); i++)
		if (keep_token_is_word(t, calls[i]))
			return true;
	return false;
}

/* What JavaScript loads as a module is no path: a directory of that name means its index. */
static bool is_specifier(const struct keep_source *s, size_t i)
{
	static const char *const words[] = {"require", "import", "from", "resolve"};
	if (!s->lexer->regex || !i)
		return false;
	i -= keep_token_is_punct(keep_token_at(&s->tokens, i - 1), '(') ? 2 : 1;
	for (size_t j = 0; j < sizeof(words) / sizeof(words[0]); j++)
		if (keep_token_is_word(keep_token_at(&s->tokens, i), words[j]))
			return true;
	return false;
}

void keep_source_literals(struct keep_source *s)
{
	static const char *const folders[] = {"templates", "views", "static", "public"};
	for (size_t i = 0; i < s->tokens.count; i++) {
		const struct keep_token *t = &s->tokens.items[i];
		if (t->kind == KEEP_TOKEN_STRING && t->n && (!t->continued || *t->s == '/') &&
		    (s->application || *t->s == '/') && !is_specifier(s, i)) /* packages are kept whole */
			join_pieces(s, i);
		if (s->application && is_rendered(t))
			for (size_t j = 0; j < sizeof(folders) / sizeof(folders[0]); j++)
				(void)literal(s, folders[j]);
	}
}

/* Functions that start a program, of all languages: few names mean something else in another. */
static bool starts_program(const struct keep_token *t, bool *shell)
{
	static const struct {
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
	};
	for (size_t i = 0; t->kind == KEEP_TOKEN_WORD && i < sizeof(calls) / sizeof(calls[0]); i++) {
		if (keep_token_is_word(t, calls[i].name)) {
			*shell = calls[i].shell;
			return true;
		}
	}
	return false;
}

/* The text of token i as a shell would get it; true when it is more than one word. */
static bool shell_text(struct keep_source *s, size_t i)
{
	const struct keep_token *t = keep_token_at(&s->tokens, i);
	if (t->kind != KEEP_TOKEN_STRING || t->continued)
		return false;
	keep_command_text(s, t->s, t->n);
	size_t word = 0; /* run as it is where no shell is needed: also what shells have built in */
	while (word < t->n && !strchr(" \t\n|;&<>$(", t->s[word]))
		word++;
	CLEANUP_FREE char *name = mem_strndup(t->s, word);
	(void)keep_command_name(s, name);
	return word < t->n;
}

/* Lists of words without quotes: Ruby's %w[date -u], Perl's qw(date -u). Their first word, if there is one at i. */
static size_t word_list(const struct keep_source *s, size_t i)
{
	bool percent = keep_token_is_punct(keep_token_at(&s->tokens, i), '%');
	const struct keep_token *t = keep_token_at(&s->tokens, i + percent);
	const struct keep_token *open = keep_token_at(&s->tokens, i + percent + 1);
	bool list = percent ? keep_token_is_word(t, "w") || keep_token_is_word(t, "W") : keep_token_is_word(t, "qw");
	return list && open->kind == KEEP_TOKEN_PUNCT && strchr("([{</|!", open->c) ? i + percent + 2 : 0;
}

/* A call's arguments from token i on, (0, x.exec)(...) too: the first literal, and the text behind a literal -c. */
static void call_arguments(struct keep_source *s, size_t i, bool shell)
{
	size_t first = i, word = word_list(s, i);
	for (const char *open = "([)"; !word && keep_token_at(&s->tokens, i)->kind == KEEP_TOKEN_PUNCT && i < first + 3;
	     word = word_list(s, ++i))
		if (!strchr(open, keep_token_at(&s->tokens, i)->c))
			return;
	if (word && keep_token_at(&s->tokens, word)->kind == KEEP_TOKEN_WORD)
		keep_command_text(s, keep_token_at(&s->tokens, word)->s, keep_token_at(&s->tokens, word)->n);
	if (keep_token_at(&s->tokens, i)->kind != KEEP_TOKEN_STRING)
		return;
	if (shell_text(s, i) || shell)
		keep_command_shell(s);
	for (unsigned n = 0; n < MAX_PIECES; n++, i += 2) {
		const struct keep_token *t = keep_token_at(&s->tokens, i);
		if (t->kind != KEEP_TOKEN_STRING || keep_token_at(&s->tokens, i + 1)->kind != KEEP_TOKEN_PUNCT)
			return;
		if (t->n == 2 && memcmp(t->s, "-c", 2) == 0)
			(void)shell_text(s, i + 2);
		else if (keep_token_is_punct(keep_token_at(&s->tokens, i + 2), '['))
			i++; /* spawn("sh", ["-c", ...]) */
	}
}

void keep_source_commands(struct keep_source *s)
{
	for (size_t i = 0; i < s->tokens.count; i++) {
		bool shell;
		const struct keep_token *t = &s->tokens.items[i];
		if (starts_program(t, &shell))
			call_arguments(s, i + 1, shell);
		if (t->kind == KEEP_TOKEN_STRING && t->c == '`' && s->lexer->backtick_runs) {
			(void)shell_text(s, i);
			keep_command_shell(s);
		}
	}
}
