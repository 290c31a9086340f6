#include "keep/source/config_names.h"

#include <string.h>

#include "base/mem.h"
#include "keep/source/shell_text.h"
#include "keep/tree.h"

/* One entry of a class path: a jar, a directory of classes, or all jars of a directory (lib and a star). */
static void class_path_entry(struct keep_script_source *s, const char *entry)
{
	size_t n = strlen(entry);
	uint32_t base = s->n_bases ? s->bases[0] : 0;
	bool all = n >= 2 && strcmp(entry + n - 2, "/*") == 0;
	CLEANUP_FREE char *path = mem_strndup(entry, all ? n - 2 : n);
	if (!*path || strcmp(path, ".") == 0)
		return;
	uint32_t dir = keep_script_source_path(s, base, path, !all);
	if (!all || dir == IMAGE_NONE)
		return;
	const struct image_node *d = image_index_node(s->k->index, dir);
	for (uint32_t i = 0; i < d->n_children; i++) {
		const char *name = image_index_node(s->k->index, d->first_child + i)->name, *end = strrchr(name, '.');
		CLEANUP_BUF struct buf jar = {0};
		buf_printf(&jar, "%s/%s", path, name);
		if (end && strcmp(end, ".jar") == 0)
			(void)keep_script_source_path(s, base, jar.data, false);
	}
}

static void class_path(struct keep_script_source *s, const char *text)
{
	for (; *text; text += strcspn(text, ":"), text += *text == ':') {
		CLEANUP_FREE char *entry = mem_strndup(text, strcspn(text, ":"));
		class_path_entry(s, entry);
	}
}

static void argv(struct keep_script_source *s, const struct strlist *words)
{
	static const char *const options[] = {"-cp", "-classpath", "--class-path", "-p", "--module-path"};
	keep_shell_text_argv(s, words);
	for (size_t i = 0; i + 1 < words->count; i++)
		for (size_t j = 0; j < sizeof(options) / sizeof(options[0]); j++)
			if (strcmp(words->items[i], options[j]) == 0)
				class_path(s, words->items[i + 1]);
}

void keep_config_names(struct keep_set *k)
{
	const struct oci_image_config *c = k->config;
	if (!c)
		return;
	CLEANUP_KEEP_SCRIPT_SOURCE struct keep_script_source s;
	keep_script_source_config(&s, k);
	CLEANUP_STRLIST struct strlist command = {0}, test = {0};
	strlist_extend(&command, &c->entrypoint);
	strlist_extend(&command, &c->cmd);
	argv(&s, &command);
	for (size_t i = 1; i < c->healthcheck.count; i++)
		strlist_add(&test, c->healthcheck.items[i]);
	if (test.count && strcmp(c->healthcheck.items[0], "CMD-SHELL") == 0)
		keep_shell_text_read(&s, test.items[0], strlen(test.items[0]));
	else
		argv(&s, &test);
	const char *classes = strlist_get_env(&c->env, "CLASSPATH");
	if (classes)
		class_path(&s, classes);
}
