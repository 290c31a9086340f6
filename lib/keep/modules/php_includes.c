#include "keep/modules/php_includes.h"

#include <string.h>

#include "keep/source/place.h"
#include "keep/tree.h"
#include "keep/words.h"

/* Of a directory that a computed name is taken from. */
#define FOLDER ((struct keep_limit){16u << 20, 8192})

static const char *const include_path[] = {"/usr/share/php", "/usr/share/pear", "/usr/local/lib/php",
					   "/usr/local/share/php"};

/* Keep dir/path: a file, or a whole directory. */
static void keep_at(struct keep_script_source *s, const char *dir, const char *path, bool whole)
{
	CLEANUP_BUF struct buf full = {0};
	buf_printf(&full, "%s/%s", dir, path);
	uint32_t node = image_index_resolve(s->k->index, full.data, true, NULL, NULL);
	if (node == IMAGE_NONE)
		return;
	struct keep_reason why = KEEP_WHY_NOTED(KEEP_IMPORT, s->node, keep_note(s->k, path));
	CLEANUP_BUF struct buf real = {0};
	image_index_path(s->k->index, node, &real);
	bool is_dir = S_ISDIR(image_index_node(s->k->index, node)->mode);
	if (is_dir && (!whole || keep_place_is_shared(real.data) || KEEP_WORDS_HAVE(include_path, real.data) ||
		       !keep_tree_within(s->k, node, KEEP_TREE_CODE, FOLDER, why)))
		return;
	(void)keep_path(s->k, full.data, true, why);
}

/* The string's text, up to the last slash if it goes on with something computed. False: there is nothing to read. */
static bool path_text(const struct keep_script_source *s, size_t i, struct buf *out, bool *folder)
{
	const struct token *t = token_at(&s->tokens, i);
	if (t->kind != TOKEN_STRING || t->continued || t->n > KEEP_LITERAL_MAX || !token_text(t, out) || !out->len)
		return false;
	*folder = t->partial || token_is_punct(token_at(&s->tokens, i + 1), '.');
	char *slash = strrchr(out->data, '/');
	if (*folder && !slash)
		return false;
	if (*folder)
		slash[1] = '\0';
	return true;
}

/* Behind __DIR__ or dirname(__FILE__) at token i; 0: neither is there. */
static size_t behind_own_dir(const struct keep_script_source *s, size_t i)
{
	if (token_is_word(token_at(&s->tokens, i), "__DIR__"))
		return i + 1;
	return token_is_word(token_at(&s->tokens, i), "dirname") &&
		       token_is_word(token_at(&s->tokens, i + 2), "__FILE__")
		   ? i + 4
		   : 0;
}

/* __DIR__ . "/x.php", __DIR__ . "/drivers/" . $x: also outside of an include, as paths are put into variables.
 * True: all that follows is computed. */
static bool own_dir(struct keep_script_source *s, const char *dir, size_t i)
{
	CLEANUP_BUF struct buf path = {0};
	bool folder;
	size_t at = behind_own_dir(s, i);
	if (!at || !token_is_punct(token_at(&s->tokens, at), '.'))
		return false;
	if (token_at(&s->tokens, at + 1)->kind == TOKEN_WORD)
		return *token_at(&s->tokens, at + 1)->s == '$';
	if (!path_text(s, at + 1, &path, &folder))
		return false;
	if (folder && strspn(path.data, "/") == strlen(path.data))
		return true;
	keep_at(s, dir, path.data, folder);
	return false;
}

/* include "A/B.php": beside the source, or on the include path. */
static void include(struct keep_script_source *s, const char *dir, size_t i)
{
	CLEANUP_BUF struct buf path = {0};
	bool folder;
	i += token_is_punct(token_at(&s->tokens, i), '(');
	if (!path_text(s, i, &path, &folder) || *path.data == '/' || strspn(path.data, "./") == strlen(path.data))
		return;
	keep_at(s, dir, path.data, folder);
	for (size_t j = 0; j < sizeof(include_path) / sizeof(include_path[0]); j++)
		keep_at(s, include_path[j], path.data, folder);
}

/* The files that a table of classes names by what follows the source's directory: "/Parser.php". */
static void listed(struct keep_script_source *s, const char *dir)
{
	for (size_t i = 0; i < s->tokens.count; i++) {
		CLEANUP_BUF struct buf path = {0};
		bool folder;
		if (path_text(s, i, &path, &folder) && !folder && *path.data == '/')
			keep_at(s, dir, path.data, false);
	}
}

void keep_php_includes(struct keep_script_source *s)
{
	static const char *const words[] = {"include", "include_once", "require", "require_once"};
	CLEANUP_BUF struct buf dir = {0};
	bool computed = false;
	image_index_path(s->k->index, s->dir, &dir);
	for (size_t i = 0; i < s->tokens.count; i++) {
		computed = own_dir(s, dir.data, i) || computed;
		for (size_t j = 0; j < sizeof(words) / sizeof(words[0]); j++)
			if (token_is_word(&s->tokens.items[i], words[j]))
				include(s, dir.data, i + 1);
	}
	if (!computed)
		return;
	listed(s, dir.data);
	if (!s->application) /* an application is whole anyway */
		keep_at(s, dir.data, ".", true);
}
