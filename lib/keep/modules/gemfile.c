#include "keep/modules/gemfile.h"

#include <ctype.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "keep/words.h"
#include "text/path.h"

#define MAX_DEPTH 32

static bool starts(const char *line, const char *word)
{
	size_t n = strlen(word);
	return strncmp(line, word, n) == 0 && (!line[n] || strchr(" (:\t", line[n]));
}

/* Whether the names of a statement (":development, :test do", "[:test]") are all of groups for developers. */
static bool is_for_developers(const char *names)
{
	static const char *const groups[] = {"development", "test", "lint", "debug", "ci", "doc", "docs"};
	bool any = false;
	for (const char *p = names; *p;) {
		size_t n = 0;
		while (isalnum((unsigned char)p[n]) || p[n] == '_')
			n++;
		CLEANUP_FREE char *name = mem_strndup(p, n);
		if (strcmp(name, "do") == 0)
			break;
		if (n && !KEEP_WORDS_HAVE(groups, name))
			return false;
		any = any || n;
		p += n ? n : 1;
	}
	return any;
}

/* gem "x", "~> 1", group: :test */
static void gem(struct keep_ruby *r, struct keep_script_source *s, const char *line)
{
	const char *group = strstr(line, "group"), *start = strpbrk(line, "\"'");
	if (!start)
		return;
	if (group) {
		group += strcspn(group, ": =");
		group += strspn(group, ": =>");
		if (is_for_developers(group))
			return;
	}
	size_t n = strcspn(start + 1, "\"'");
	CLEANUP_FREE char *name = mem_strndup(start + 1, n);
	keep_ruby_gem(r, s, name);
}

/* The gems of the gemspec beside it. */
static void gemspec(struct keep_ruby *r, struct keep_script_source *s)
{
	const struct image_index *x = s->k->index;
	const struct image_node *dir = image_index_node(x, s->dir);
	for (uint32_t i = 0; i < dir->n_children; i++) {
		CLEANUP_BUF struct buf path = {0}, text = {0};
		if (!path_ends_with(image_index_node(x, dir->first_child + i)->name, ".gemspec"))
			continue;
		image_index_path(x, dir->first_child + i, &path);
		if (image_index_text(x, path.data, LIMIT_PACKAGE_TEXT, &text) && text.len)
			keep_ruby_dependencies(r, s, text.data);
	}
}

static bool opens_block(const char *line)
{
	const char *last = strstr(line, " do");
	return starts(line, "if") || starts(line, "unless") || starts(line, "case") ||
	       (last && (!last[3] || last[3] == ' ' || last[3] == '\r'));
}

void keep_gemfile_read(struct keep_ruby *r, struct keep_script_source *s)
{
	bool developers[MAX_DEPTH] = {false}; /* by depth: whether a block is theirs */
	size_t depth = 0;
	for (const char *p = s->text.data, *end = p + s->text.len; p < end;) {
		size_t n = strcspn(p, "\n");
		CLEANUP_FREE char *copy = mem_strndup(p, n);
		const char *line = copy + strspn(copy, " \t");
		p += n + 1;
		if (starts(line, "end") && depth)
			depth--;
		else if (opens_block(line) && depth + 1 < MAX_DEPTH) {
			developers[depth + 1] =
			    developers[depth] || (starts(line, "group") && is_for_developers(line + 5));
			depth++;
		} else if (starts(line, "gem") && !developers[depth])
			gem(r, s, line);
		else if (starts(line, "gemspec"))
			gemspec(r, s);
	}
}
