#include "keep/source/program.h"

#include <string.h>

#include "base/mem.h"
#include "keep/build_tools.h"
#include "keep/program_lookup.h"
#include "keep/words.h"

/* A desktop's, and what else waits for a person: libraries name them to show a picture or a page. */
static const char *const desktop[] = {
    "open", "see",           "xdg-open",    "run-mailcap",      "display",         "eog",
    "gimp", "x-www-browser", "www-browser", "sensible-browser", "sensible-editor", "sensible-pager"};

bool keep_program_find(const struct keep_script_source *s, const char *name, struct buf *path)
{
	const char *search = s->k->config ? strlist_get_env(&s->k->config->env, "PATH") : NULL;
	return keep_lookup_find_program(s->k->index, name, search, path);
}

bool keep_program_keep(struct keep_script_source *s, const char *name)
{
	const char *base = strrchr(name, '/') ? strrchr(name, '/') + 1 : name;
	CLEANUP_BUF struct buf path = {0};
	if (!*base || keep_build_tools_have_program(base) || KEEP_WORDS_HAVE(desktop, base) ||
	    !keep_program_find(s, name, &path))
		return false;
	return keep_path(s->k, path.data, true, KEEP_WHY_NOTED(KEEP_COMMAND, s->node, keep_note(s->k, name))) !=
	       IMAGE_NONE;
}

uint64_t keep_program_size(const struct keep_script_source *s, const char *text)
{
	CLEANUP_BUF struct buf path = {0};
	CLEANUP_FREE char *name = mem_strndup(text, strcspn(text, " \t\n|;&"));
	if (!keep_program_find(s, name, &path))
		return 0;
	return image_index_node(s->k->index, image_index_resolve(s->k->index, path.data, true, NULL, NULL))->size;
}

void keep_program_keep_shell(struct keep_script_source *s)
{
	(void)keep_program_keep(s, "/bin/sh");
}
