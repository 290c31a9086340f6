#include "keep/source/program_texts.h"

#include <ctype.h>
#include <string.h>

#include "base/mem.h"
#include "keep/source/program.h"
#include "keep/source/shell_text.h"
#include "keep/words.h"

/* Of programs that one file names. */
#define ADDED ((struct keep_limit){.bytes = 4u << 20})
#define MIN_NAME 4   /* bytes of a program's name that stands alone */
#define MIN_SUFFIX 4 /* of one that may be the end of another word */
#define MAX_NAME 16
#define MAX_TEXT 256 /* of a command's text */
#define CONTEXT 6    /* printable bytes before an operator: not code */

bool keep_programs_is_interpreter(const char *name)
{
	static const char *const names[] = {"python", "node",    "ruby", "perl", "php",  "java",    "bash", "dash",
					    "sh",     "busybox", "lua",  "tini", "gosu", "su-exec", "deno", "bun"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strncmp(name, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

/* Two letters stand by chance in many a text: only those that scripts use most. */
static bool is_plausible(const char *name)
{
	static const char *const shorts[] = {"ls", "cp", "mv", "rm", "ln", "id", "df", "du", "wc", "tr"};
	size_t n = strlen(name);
	return n > 2 || (n == 2 && KEEP_WORDS_HAVE(shorts, name));
}

static void add_programs(struct keep_programs *p, const struct image_index *x, uint32_t dir)
{
	const struct image_node *n = image_index_node(x, dir);
	for (uint32_t i = 0; i < n->n_children; i++) {
		const struct image_node *child = image_index_node(x, n->first_child + i);
		if (is_plausible(child->name) && !S_ISDIR(child->mode) && !keep_programs_is_interpreter(child->name))
			(void)strset_add(&p->names, child->name);
	}
}

struct keep_programs *keep_programs_new(struct keep_set *k)
{
	struct keep_programs *p = mem_alloc(sizeof(*p));
	const char *dirs = k->config ? strlist_get_env(&k->config->env, "PATH") : NULL;
	(void)strset_add(&p->names, "sh");
	(void)strset_add(&p->names, "bash");
	for (dirs = dirs ? dirs : "/usr/local/bin:/usr/bin:/bin"; *dirs;
	     dirs += strcspn(dirs, ":"), dirs += *dirs == ':') {
		CLEANUP_FREE char *dir = mem_strndup(dirs, strcspn(dirs, ":"));
		uint32_t node = *dir == '/' ? image_index_resolve(k->index, dir, true, NULL, NULL) : IMAGE_NONE;
		if (node != IMAGE_NONE)
			add_programs(p, k->index, node);
	}
	return p;
}

void keep_programs_free(void *p)
{
	if (p)
		strset_done(&((struct keep_programs *)p)->names);
	free(p);
}

static bool is_program(const struct keep_programs *p, const char *name, size_t n)
{
	return strset_find_len(&p->names, name, n) != STRSET_NONE;
}

bool keep_programs_is_command(const struct keep_programs *p, const char *s, size_t n, bool near)
{
	if (n < 2 || n > MAX_TEXT)
		return false;
	size_t word = 0;
	while (word < n && !strchr(" \t\n|;&", s[word]) && s[word] > ' ' && s[word] < 127)
		word++;
	if (word < n && !strchr(" \t\n|;&", s[word]))
		return false;
	bool path = word > 5 && (memcmp(s, "/bin/", 5) == 0 || (word > 9 && memcmp(s, "/usr/bin/", 9) == 0));
	if (!path && !is_program(p, s, word))
		return false;
	if (!near)
		return memchr(s, '|', n) || memmem(s, n, "&&", 2) || memmem(s, n, "; ", 2) || memmem(s, n, "$(", 2);
	if (word == n)
		return path || word >= MIN_NAME;
	for (size_t i = word; i < n; i++)
		if (s[i] && strchr("|;-/$+", s[i]))
			return true;
	return false; /* prose */
}

static bool is_text(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isprint((unsigned char)s[i]) && s[i] != '\n' && s[i] != '\t')
			return false;
	return true;
}

static bool is_name(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '.' || c == '+';
}

static void add(struct strset *found, const char *name, size_t n)
{
	bool added;
	(void)strset_add_len(found, name, n, &added);
}

/* "... | sort", "...; date -u": a name behind an operator, up to a blank, another operator or the text's end. */
static void behind_operators(const struct keep_programs *p, const char *data, size_t n, char op, struct strset *found)
{
	const char *end = data + n;
	for (const char *at = data; (at = memchr(at, op, (size_t)(end - at))); at++) {
		if (at - data < CONTEXT || !is_text(at - CONTEXT, CONTEXT) || (op == '&' && at[-1] != '&'))
			continue;
		const char *name = at + 1;
		if (name < end && *name == ' ')
			name++;
		else if (op != '|')
			continue;
		size_t len = 0;
		while (name + len < end && len <= MAX_NAME && is_name(name[len]))
			len++;
		if (len > 1 && (name + len == end || strchr(" \n|;&)", name[len])) && is_program(p, name, len))
			add(found, name, len);
	}
}

/* "curl -sS": a name before an option; in front of it may be the text before. */
static void before_options(const struct keep_programs *p, const char *data, size_t n, struct strset *found)
{
	const char *end = data + n;
	for (const char *at = data; (at = memchr(at, '-', (size_t)(end - at))); at++) {
		if (at - data < CONTEXT || at + 1 == end || at[-1] != ' ' || !islower((unsigned char)at[-2]) ||
		    !isalnum((unsigned char)at[1]))
			continue;
		const char *stop = at - 1, *name = stop;
		while (name > data && stop - name < MAX_NAME && is_name(name[-1]))
			name--;
		bool whole = stop - name > 1 && is_program(p, name, (size_t)(stop - name));
		while (!whole && stop - name >= MIN_SUFFIX && !is_program(p, name, (size_t)(stop - name)))
			name++;
		if (whole || stop - name >= MIN_SUFFIX)
			add(found, name, (size_t)(stop - name));
	}
}

void keep_programs_behind_directories(const struct keep_programs *p, const char *data, size_t n, struct strset *found)
{
	const char *end = data + n;
	for (const char *at = data; (at = memchr(at, '%', (size_t)(end - at))); at++) {
		const char *name = at + 2;
		if (name > end || at[1] != 's')
			continue;
		size_t len = 0;
		if (name < end && *name == '/')
			name++;
		while (name + len < end && len <= MAX_NAME && is_name(name[len]))
			len++;
		char behind = name + len < end ? name[len] : '\0';
		bool stops = behind == '"' || behind == '\'' || (name[-1] == '/' && (behind == ' ' || !behind));
		if (len >= MIN_NAME && stops && is_program(p, name, len))
			add(found, name, len);
	}
}

void keep_programs_in(const struct keep_programs *p, const char *data, size_t n, struct strset *found)
{
	behind_operators(p, data, n, '|', found);
	behind_operators(p, data, n, ';', found);
	behind_operators(p, data, n, '&', found);
	before_options(p, data, n, found);
	keep_programs_behind_directories(p, data, n, found);
}

void keep_programs_keep(struct keep_script_source *s, const struct strset *texts)
{
	CLEANUP_FREE size_t *order = strset_sorted(texts);
	uint64_t left = ADDED.bytes;
	for (size_t i = 0; i < texts->count; i++) {
		const char *text = strset_get(texts, order[i]);
		uint32_t program = keep_program_of_text(s, text);
		uint64_t size = program == IMAGE_NONE ? 0 : image_index_node(s->k->index, program)->size;
		if (size > left) {
			keep_leave_out(s->k, program, ADDED, KEEP_WHY(KEEP_COMMAND, s->node));
			continue;
		}
		left -= size;
		keep_shell_text_read(s, text, strlen(text));
	}
	if (texts->count)
		keep_program_keep_shell(s);
}
