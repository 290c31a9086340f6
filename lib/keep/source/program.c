#include "keep/source/program.h"

#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "keep/build_tools.h"
#include "keep/data/commands.h"
#include "keep/program_lookup.h"
#include "keep/source/place.h"
#include "keep/words.h"
#include "text/path.h"

/* A desktop's, and what else waits for a person: libraries name them to show a picture or a page. */
static const char *const desktop[] = {
    "open", "see",           "xdg-open",    "run-mailcap",      "display",         "eog",
    "gimp", "x-www-browser", "www-browser", "sensible-browser", "sensible-editor", "sensible-pager"};

#define MAX_JOB (64u << 10) /* bytes of a script that is looked at */
/* Of the programs of one directory. */
#define DIRECTORY ((struct keep_limit){.bytes = 32u << 20})

const char *keep_program_path(const struct keep_set *k)
{
	return k->config ? strlist_get_env(&k->config->env, "PATH") : NULL;
}

bool keep_program_find(const struct keep_script_source *s, const char *name, struct buf *path)
{
	const char *search = s->search ? s->search : keep_program_path(s->k);
	return keep_lookup_find_program(s->k->index, name, search, path);
}

bool keep_program_keep(struct keep_script_source *s, const char *name)
{
	const char *base = strrchr(name, '/') ? strrchr(name, '/') + 1 : name;
	CLEANUP_BUF struct buf path = {0};
	if (!*base || !keep_program_find(s, name, &path))
		return false;
	struct keep_reason why = KEEP_WHY_NOTED(KEEP_COMMAND, s->node, keep_note(s->k, name));
	if (!keep_build_tools_have_program(base) && !KEEP_WORDS_HAVE(desktop, base))
		return keep_path(s->k, path.data, true, why) != IMAGE_NONE;
	keep_mention_path(s->k, path.data, why);
	return false;
}

uint32_t keep_program_of_text(const struct keep_script_source *s, const char *text)
{
	CLEANUP_BUF struct buf path = {0};
	CLEANUP_FREE char *name = mem_strndup(text, strcspn(text, " \t\n|;&"));
	return keep_program_find(s, name, &path) ? image_index_resolve(s->k->index, path.data, true, NULL, NULL)
						 : IMAGE_NONE;
}

void keep_program_keep_shell(struct keep_script_source *s)
{
	(void)keep_program_keep(s, "/bin/sh");
}

/* Jobs and helpers of a package manager: an image without the package manager does not need them. */
static bool is_manager(const char *path)
{
	const char *name;
	for (size_t n; path_next(&path, &name, &n);)
		if (keep_build_tools_have_manager(name, n))
			return true;
	return false;
}

bool keep_program_names_manager(const char *text, size_t n)
{
	CLEANUP_STRSET struct strset paths = {0};
	keep_data_paths(text, n, &paths);
	for (size_t i = 0; i < paths.count; i++)
		if (is_manager(strset_get(&paths, i)))
			return true;
	return false;
}

/* Whether a node is a program that a directory's owner runs. One that can't be read counts, too. */
static bool is_job(struct keep_set *k, uint32_t node)
{
	const struct image_node *info = image_index_node(k->index, node);
	if (!S_ISREG(info->mode) || !(info->mode & 0111))
		return false;
	CLEANUP_KEEP_FILE struct keep_file f;
	CLEANUP_BUF struct buf text = {0};
	struct err err = {0};
	if (info->size > MAX_JOB || keep_file_open(&f, k, node, &err) < 0)
		return true;
	keep_file_bytes(&f, MAX_JOB, &text);
	return !keep_program_names_manager(text.data, text.len);
}

void keep_program_keep_directory(struct keep_script_source *s, const char *path)
{
	struct keep_reason why = KEEP_WHY_NOTED(KEEP_COMMAND, s->node, keep_note(s->k, path));
	uint32_t dir = *path != '/' || keep_place_is_shared(path) ? IMAGE_NONE : keep_lookup_path(s->k, path, why);
	uint64_t left = DIRECTORY.bytes;
	const struct image_node *d = dir == IMAGE_NONE ? NULL : image_index_node(s->k->index, dir);
	for (uint32_t i = 0; d && S_ISDIR(d->mode) && i < d->n_children; i++) {
		CLEANUP_BUF struct buf child = {0};
		image_index_path(s->k->index, d->first_child + i, &child);
		uint32_t node = image_index_resolve(s->k->index, child.data, true, NULL, NULL);
		if (node == IMAGE_NONE || !is_job(s->k, node))
			continue;
		if (image_index_node(s->k->index, node)->size > left) {
			keep_leave_out(s->k, node, DIRECTORY, why);
			continue;
		}
		left -= image_index_node(s->k->index, node)->size;
		(void)keep_path(s->k, child.data, true, why);
	}
}
