#include "keep/source/script_source.h"

#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "keep/source/place.h"
#include "keep/tree.h"
#include "text/path.h"

/* Of a directory that an application names; of one in the distribution's directories. */
#define TREE ((struct keep_limit){64u << 20, 20000})
#define SYSTEM ((struct keep_limit){1u << 20, 20000})
/* Of a file that a package or the distribution names. */
#define FOREIGN ((struct keep_limit){.bytes = 2u << 20})

static void add_base(struct keep_script_source *s, uint32_t dir)
{
	for (size_t i = 0; i < s->n_bases; i++)
		if (s->bases[i] == dir)
			return;
	if (dir != IMAGE_NONE && s->n_bases < KEEP_BASES)
		s->bases[s->n_bases++] = dir;
}

static void add_working_dir(struct keep_script_source *s)
{
	if (strcmp(keep_place_working_dir(s->k), "/") != 0)
		add_base(s, image_index_resolve(s->k->index, keep_place_working_dir(s->k), true, NULL, NULL));
}

static void find_bases(struct keep_script_source *s)
{
	CLEANUP_BUF struct buf path = {0};
	add_base(s, s->dir);
	add_working_dir(s);
	for (uint32_t dir = s->dir; dir != 0; dir = image_index_node(s->k->index, dir)->parent) {
		path.len = 0;
		image_index_path(s->k->index, dir, &path);
		if (keep_place_is_shared(path.data))
			break;
		add_base(s, dir);
	}
}

void keep_script_source_begin(struct keep_script_source *s, const struct keep_file *f)
{
	*s = (struct keep_script_source){.k = f->k, .node = f->node, .dir = f->info->parent};
	CLEANUP_BUF struct buf path = {0};
	image_index_path(f->k->index, f->node, &path);
	s->application = keep_place_is_application(f->k, path.data);
	if (s->application)
		find_bases(s);
}

void keep_script_source_read(struct keep_script_source *s, const struct keep_file *f, const struct token_lexer *lexer)
{
	keep_script_source_begin(s, f);
	s->lexer = lexer;
	if (keep_file_take(f, lexer, &s->text, &s->tokens))
		return;
	keep_file_bytes(f, LIMIT_SOURCE, &s->text);
	if (lexer)
		token_list_read(&s->tokens, s->text.data, s->text.len, lexer);
}

void keep_script_source_config(struct keep_script_source *s, struct keep_set *k)
{
	*s = (struct keep_script_source){.k = k, .node = IMAGE_NONE, .application = true};
	add_working_dir(s);
}

void keep_script_source_done(struct keep_script_source *s)
{
	token_list_done(&s->tokens);
	buf_done(&s->text);
}

/* A library's data that a distribution moved: /usr/share/NAME, named by a source below a directory NAME. */
static bool is_own_data(const struct keep_script_source *s, const char *path)
{
	static const char share[] = "/usr/share/";
	if (s->node == IMAGE_NONE || strncmp(path, share, sizeof(share) - 1) != 0)
		return false;
	const char *name = path + sizeof(share) - 1;
	CLEANUP_FREE char *top = mem_strndup(name, strcspn(name, "/"));
	for (uint32_t dir = s->dir; dir; dir = image_index_node(s->k->index, dir)->parent)
		if (strcmp(image_index_node(s->k->index, dir)->name, top) == 0)
			return true;
	return false;
}

bool keep_script_source_directory(struct keep_script_source *s, uint32_t dir, struct keep_reason why)
{
	CLEANUP_BUF struct buf path = {0};
	image_index_path(s->k->index, dir, &path);
	if (keep_place_is_shared(path.data) || keep_tree_is_foreign(image_index_node(s->k->index, dir)) ||
	    (!s->application && !is_own_data(s, path.data)))
		return false;
	return keep_tree_within(s->k, dir, KEEP_TREE_DATA, keep_place_is_distribution(path.data) ? SYSTEM : TREE, why);
}

uint32_t keep_script_source_path(struct keep_script_source *s, uint32_t dir, const char *path, bool whole)
{
	CLEANUP_BUF struct buf full = {0};
	if (*path == '/') {
		buf_str(&full, path);
	} else {
		size_t n = strcspn(path, "/");
		bool dots = path[0] == '.' && (n == 1 || (n == 2 && path[1] == '.'));
		if (!dots && image_index_child(s->k->index, dir, path, n) == IMAGE_NONE)
			return IMAGE_NONE;
		image_index_path(s->k->index, dir, &full);
		buf_char(&full, '/');
		buf_str(&full, path);
	}
	uint32_t node = image_index_resolve(s->k->index, full.data, true, NULL, NULL);
	if (node == IMAGE_NONE)
		return IMAGE_NONE;
	const struct image_node *info = image_index_node(s->k->index, node);
	struct keep_reason why = KEEP_WHY_NOTED(KEEP_IMPORT, s->node, keep_note(s->k, path));
	if (S_ISDIR(info->mode)) {
		bool own = false; /* one that holds the program itself is not meant */
		for (size_t i = 0; i < s->n_bases; i++)
			own = own || s->bases[i] == node;
		if (!whole || own || !keep_script_source_directory(s, node, why))
			return node;
	} else if (!S_ISREG(info->mode)) {
		return node;
	} else if (!s->application && info->size > FOREIGN.bytes) {
		if (info->mode & 0111) /* texts name interpreters for many a reason */
			keep_mention(s->k, node, why);
		else
			keep_leave_out(s->k, node, FOREIGN, why);
		return node;
	}
	return keep_path(s->k, full.data, true, why);
}

static bool is_path(const char *text)
{
	return *text && strlen(text) <= KEEP_LITERAL_MAX && !strpbrk(text, " \t<>*?|\"\n:;,(){}") &&
	       strspn(text, "./") != strlen(text);
}

bool keep_script_source_literal(struct keep_script_source *s, const char *path)
{
	if (!is_path(path))
		return false;
	if (*path == '/')
		return keep_script_source_path(s, 0, path, true) != IMAGE_NONE;
	bool found = false; /* its base directory is not known: try all of them */
	for (size_t i = 0; i < s->n_bases; i++)
		found = keep_script_source_path(s, s->bases[i], path, true) != IMAGE_NONE || found;
	return found;
}
