/* Formats whose commands stand in fields, strings or blocks. */
#include <string.h>

#include "base/limits.h"
#include "keep/data/commands.h"
#include "keep/words.h"
#include "text/json.h"

#define MAX_SCRIPTS 64 /* of one package.json */

/* x: "|/usr/bin/program -a", y; and a line of its own: | program */
void keep_data_read_pipes(char *text, const struct keep_data_format *f, struct keep_data_commands *out)
{
	for (char *line; (line = keep_data_line(&text));) {
		char *pipe = strchr(line, '|');
		if (!pipe || (pipe > line && !strchr("\": \t,", pipe[-1])))
			continue;
		bool quoted = pipe > line && pipe[-1] == '"';
		pipe[quoted ? strcspn(pipe, "\"") : strlen(pipe)] = '\0';
		keep_data_add(out, pipe);
	}
}

/* The next field: up to a semicolon without a backslash. */
static char *field(char **rest)
{
	char *start = *rest, *p = start;
	while (p && *p && *p != ';')
		p += *p == '\\' && p[1] ? 2 : 1;
	*rest = p && *p ? p + 1 : NULL;
	if (p)
		*p = '\0';
	return start;
}

void keep_data_read_mailcap(char *text, const struct keep_data_format *f, struct keep_data_commands *out)
{
	static const char *const keys[] = {"test", "print", "edit", "compose", "composetyped"};
	for (char *line; (line = keep_data_line(&text));) {
		char *rest = line, *more;
		(void)field(&rest);
		if (!rest)
			continue;
		keep_data_add(out, keep_data_trim(field(&rest)));
		while (rest) {
			more = keep_data_trim(field(&rest));
			char *key = strsep(&more, "=");
			if (more && KEEP_WORDS_HAVE(keys, keep_data_trim(key)))
				keep_data_add(out, keep_data_trim(more));
		}
	}
}

void keep_data_read_udev(char *text, const struct keep_data_format *f, struct keep_data_commands *out)
{
	static const char *const keys[] = {"RUN", "RUN{program}", "PROGRAM", "IMPORT{program}"};
	for (char *line; (line = keep_data_line(&text));) {
		for (char *rest = line, *quote; (quote = strchr(rest, '"'));) {
			char *key = rest + strspn(rest, ", \t"), *stop = strchr(quote + 1, '"');
			if (!stop)
				break;
			key[strcspn(key, "+:=! \t")] = '\0';
			*stop = '\0';
			if (KEEP_WORDS_HAVE(keys, key))
				keep_data_add(out, quote + 1);
			rest = stop + 1;
		}
	}
}

/* compress runs gzip unless compresscmd says otherwise. */
void keep_data_read_logrotate(char *text, const struct keep_data_format *f, struct keep_data_commands *out)
{
	static const char *const openers[] = {"prerotate", "postrotate", "firstaction", "lastaction", "preremove"};
	CLEANUP_BUF struct buf script = {0};
	bool in_script = false;
	for (char *line; (line = strsep(&text, "\n"));) {
		line = keep_data_trim(line);
		if (in_script && strcmp(line, "endscript") == 0) {
			keep_data_add(out, script.len ? script.data : "");
			script.len = 0;
			in_script = false;
		} else if (in_script) {
			buf_printf(&script, "%s\n", line);
		} else if (KEEP_WORDS_HAVE(openers, line)) {
			in_script = true;
		} else if (strcmp(line, "compress") == 0) {
			strlist_add(&out->programs, "gzip");
		} else {
			char *key = keep_data_word(&line);
			if (strcmp(key, "include") == 0)
				strlist_add(&out->files, keep_data_trim(line));
			else if (strcmp(key, "compresscmd") == 0 || strcmp(key, "uncompresscmd") == 0)
				keep_data_add(out, keep_data_trim(line));
		}
	}
}

/* Programs that start others with the rest of their line, and blocks in braces: any word may be one. */
void keep_data_read_words(char *text, const struct keep_data_format *f, struct keep_data_commands *out)
{
	for (char *line; (line = keep_data_line(&text));)
		for (char *rest = line, *word; *(word = keep_data_word(&rest));) {
			word += strspn(word, "\"'{");
			word[strcspn(word, "\"'}")] = '\0';
			if (*word && !strchr("-$0123456789", *word))
				strlist_add(&out->programs, word);
		}
}

/* Adds the named script and those that npm runs with it, once each. */
static void add_script(const json_t *scripts, const char *name, struct strlist *queue)
{
	static const char *const around[] = {"pre", "", "post"};
	for (size_t i = 0; i < sizeof(around) / sizeof(around[0]); i++) {
		CLEANUP_BUF struct buf full = {0};
		buf_printf(&full, "%s%s", around[i], name);
		if (json_is_string(json_object_get(scripts, full.data)) && queue->count < MAX_SCRIPTS &&
		    !strlist_has(queue, full.data))
			strlist_add(queue, full.data);
	}
}

/* A script that calls others names them: npm run x, yarn x, run-s x y. */
static void add_called(const json_t *scripts, const char *command, struct strlist *queue)
{
	static const char *const runners[] = {"npm", "yarn", "pnpm", "bun", "npm-run-all", "run-s", "run-p", "node"};
	CLEANUP_BUF struct buf copy = {0};
	buf_str(&copy, command);
	bool called = false;
	for (char *rest = copy.data, *word; *(word = keep_data_word(&rest));) {
		if (KEEP_WORDS_HAVE(runners, word))
			called = true;
		else if (called)
			add_script(scripts, word, queue);
	}
}

void keep_data_scripts_read(const char *text, size_t n, const struct strlist *command, struct keep_data_commands *out)
{
	json_auto_t *root = NULL;
	struct err err = {0};
	CLEANUP_STRLIST struct strlist queue = {0};
	const char *name;
	json_t *script;
	if (json_parse_object(text, n, LIMIT_SOURCE, "", &root, &err) < 0)
		return; /* of a broken file nothing is run */
	json_t *scripts = json_object_get(root, "scripts");
	json_object_foreach (scripts, name, script)
		if (strstr(name, "start") || strlist_has(command, name))
			add_script(scripts, name, &queue);
	for (size_t i = 0; i < queue.count; i++) {
		const char *text_of = json_string_value(json_object_get(scripts, queue.items[i]));
		keep_data_add(out, text_of);
		add_called(scripts, text_of, &queue);
	}
}
