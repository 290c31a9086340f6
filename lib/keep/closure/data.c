/* Files that name programs to be started later: crontabs, units, mail aliases and their kind (keep/data has the
 * table). Also the configuration that a run read or the author put there: the programs that it names by their path or
 * behind words like command. */
#include <string.h>

#include "keep/closure/closure.h"
#include "keep/data/commands.h"
#include "keep/program_lookup.h"
#include "keep/source/place.h"
#include "keep/source/program.h"
#include "keep/source/shell_text.h"
#include "text/path.h"

#define MAX_TEXT (256u << 10) /* bytes of a file that is looked at */
#define MAX_NAMED 64          /* programs that one file names by their path; a file with more is a list of files */

static bool is_used(const struct keep_file *f)
{
	uint8_t why = f->k->reasons[f->node].kind;
	return why == KEEP_TRACE || why == KEEP_HEALED;
}

static bool is_authors(const struct keep_file *f)
{
	return f->k->reasons[f->node].kind == KEEP_APPLICATION;
}

static bool applies(const struct keep_file *f)
{
	return f->info->size <= MAX_TEXT && !memchr(f->head, '\0', f->n);
}

static bool is_program(const struct keep_set *k, const char *path)
{
	uint32_t node = image_index_resolve(k->index, path, true, NULL, NULL);
	const struct image_node *n = node == IMAGE_NONE ? NULL : image_index_node(k->index, node);
	return n && S_ISREG(n->mode) && (n->mode & 0111);
}

/* The programs that a text names by their whole path, and directories of CGI programs. */
static void named(struct keep_script_source *s, const struct buf *text)
{
	CLEANUP_STRSET struct strset paths = {0};
	unsigned found = 0;
	keep_data_paths(text->data, text->len, &paths);
	for (size_t i = 0; i < paths.count && found < MAX_NAMED; i++) {
		const char *path = strset_get(&paths, i);
		if (path_ends_with(path, "/cgi-bin") || path_ends_with(path, "/cgi-bin/"))
			keep_program_keep_directory(s, path);
		else if (is_program(s->k, path) && !keep_program_names_manager(path, strlen(path)))
			found += keep_program_keep(s, path);
	}
}

/* Use the path that the file sets, then the image's PATH. */
static void set_search(struct keep_script_source *s, const struct keep_data_commands *c, struct buf *out)
{
	const char *path = keep_program_path(s->k);
	if (!c->search.len)
		return;
	buf_printf(out, "%s:%s", c->search.data, path ? path : OCI_DEFAULT_PATH);
	s->search = out->data;
}

static void keep_commands(struct keep_script_source *s, const struct keep_data_commands *c, bool authors)
{
	for (size_t i = 0; i < c->programs.count; i++)
		(void)keep_program_keep(s, c->programs.items[i]);
	for (size_t i = 0; i < c->texts.count; i++) {
		size_t n = strlen(c->texts.items[i]);
		if (authors || !keep_program_names_manager(c->texts.items[i], n))
			keep_shell_text_read(s, c->texts.items[i], n);
	}
	for (size_t i = 0; i < c->files.count; i++)
		(void)keep_script_source_literal(s, c->files.items[i]);
	for (size_t i = 0; i < c->places.count; i++)
		keep_program_keep_directory(s, c->places.items[i]);
}

static int run(const struct keep_file *f, void **state, struct err *err)
{
	CLEANUP_BUF struct buf path = {0}, search = {0};
	image_index_path(f->k->index, f->node, &path);
	const struct keep_data_format *format = keep_data_format_of(path.data, f->head, f->n);
	if (format && format->used && !is_used(f))
		format = NULL;
	bool script = f->n > 2 && memcmp(f->head, "#!", 2) == 0;
	bool configuration = !script && (is_used(f) || is_authors(f)) && !keep_place_is_package(path.data) &&
			     keep_data_is_configuration(path.data);
	if (!format && !configuration)
		return 0;
	CLEANUP_KEEP_SCRIPT_SOURCE struct keep_script_source s;
	CLEANUP_KEEP_DATA_COMMANDS struct keep_data_commands c = {0};
	keep_script_source_config(&s, f->k); /* whoever runs the commands: their directory is not known */
	s.node = f->node;
	keep_file_bytes(f, MAX_TEXT, &s.text);
	if (format)
		keep_data_commands_read(format, s.text.data, s.text.len, &c);
	else
		keep_data_commands_read_any(s.text.data, s.text.len, &c);
	set_search(&s, &c, &search);
	keep_commands(&s, &c, is_authors(f));
	named(&s, &s.text);
	return 0;
}

const struct keep_closure keep_closure_data = {.name = "data", .level = KEEP_CLOSURE, .applies = applies, .run = run};
