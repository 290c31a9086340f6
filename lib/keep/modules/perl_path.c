#include "keep/modules/perl_path.h"

#include <ctype.h>
#include <string.h>

#include "base/idmap.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/strset.h"
#include "keep/modules/name_index.h"
#include "keep/tree.h"

#define MAX_DIRS 64
/* Of a directory that a computed name leads to; of a library's of perl's own, which many programs use in part; of
 * others. */
#define FOLDER ((struct keep_limit){4u << 20, 8192})
#define STANDARD ((struct keep_limit){1u << 20, LIMIT_ENTRIES})
#define LIBRARY ((struct keep_limit){UINT64_MAX, LIMIT_ENTRIES})

struct keep_perl {
	struct keep_set *k;
	uint32_t dirs[MAX_DIRS]; /* @INC of the image's perls, in its order */
	uint8_t rank[MAX_DIRS];
	size_t n;
	struct keep_name_index modules; /* all of the image */
	uint32_t library;               /* libperl.so, with which programs have Perl in them; IMAGE_NONE = none */
	struct idmap whole;             /* libraries' directories that were looked at */
	struct strset found, below;     /* what was looked for in dirs: files that are there; directories */
};

enum { ENVIRONMENT, LOCAL, SITE, VENDOR, BASE, CORE };

/* Returns the rank of a directory in @INC, judged by its name; -1 if it is not in @INC. Known names: Debian's
 * perl/5.36.0 and perl5, perl-base; site_perl, vendor_perl and core_perl of others; lib/perl5/5.38.0/x86_64-linux of
 * perl's own. */
static int rank_of(const struct image_index *x, uint32_t id)
{
	const struct image_node *n = image_index_node(x, id);
	const struct image_node *up = image_index_node(x, n->parent);
	bool version = isdigit((unsigned char)*n->name), arch = strstr(n->name, "linux") != NULL;
	bool local = strcmp(image_index_node(x, up->parent)->name, "local") == 0;
	if (arch && isdigit((unsigned char)*up->name))
		return rank_of(x, n->parent);
	if (strcmp(n->name, "perl-base") == 0)
		return BASE;
	if (strcmp(n->name, "core_perl") == 0)
		return CORE;
	if (strcmp(n->name, "site_perl") == 0 || (version && strcmp(up->name, "site_perl") == 0))
		return SITE;
	if (strcmp(n->name, "vendor_perl") == 0 || strcmp(n->name, "perl5") == 0)
		return local ? LOCAL : VENDOR;
	if (strcmp(n->name, "perl") == 0 && strcmp(up->name, "etc") == 0)
		return LOCAL;
	if (!version)
		return -1;
	if (strcmp(up->name, "perl") == 0)
		return CORE;
	if (strcmp(up->name, "perl5") != 0)
		return -1;
	return image_index_child(x, id, "strict.pm", 9) != IMAGE_NONE ? CORE : VENDOR;
}

static void add_dir(struct keep_perl *p, uint32_t dir, int rank)
{
	if (dir == IMAGE_NONE || p->n == MAX_DIRS)
		return;
	size_t at = p->n++;
	for (; at && p->rank[at - 1] > rank; at--) {
		p->rank[at] = p->rank[at - 1];
		p->dirs[at] = p->dirs[at - 1];
	}
	p->dirs[at] = dir;
	p->rank[at] = (uint8_t)rank;
}

struct keep_perl *keep_perl_new(struct keep_set *k)
{
	struct keep_perl *p = mem_alloc(sizeof(*p));
	p->k = k;
	p->library = IMAGE_NONE;
	keep_name_index_init(&p->modules, k->index, (const char *const[]){".pm", NULL});
	const char *search = k->config ? strlist_get_env(&k->config->env, "PERL5LIB") : NULL;
	for (; search && *search; search += strcspn(search, ":"), search += *search == ':') {
		CLEANUP_FREE char *dir = mem_strndup(search, strcspn(search, ":"));
		if (*dir == '/')
			add_dir(p, image_index_resolve(k->index, dir, true, NULL, NULL), ENVIRONMENT);
	}
	for (uint32_t id = 1; id < image_index_count(k->index); id++) {
		const struct image_node *n = image_index_node(k->index, id);
		int rank = S_ISDIR(n->mode) ? rank_of(k->index, id) : -1;
		if (rank >= 0)
			add_dir(p, id, rank);
		else if (S_ISREG(n->mode) && strncmp(n->name, "libperl.so", 10) == 0)
			p->library = id;
	}
	return p;
}

void keep_perl_free(void *perl)
{
	struct keep_perl *p = perl;
	keep_name_index_done(&p->modules);
	strset_done(&p->found);
	strset_done(&p->below);
	idmap_done(&p->whole);
	free(p);
}

static uint32_t directory(const struct keep_perl *p, uint32_t dir, const char *path)
{
	CLEANUP_BUF struct buf full = {0};
	image_index_path(p->k->index, dir, &full);
	buf_printf(&full, "/%s", path);
	uint32_t node = image_index_resolve(p->k->index, full.data, true, NULL, NULL);
	return node != IMAGE_NONE && S_ISDIR(image_index_node(p->k->index, node)->mode) ? node : IMAGE_NONE;
}

/* Keep a directory below each of @INC's, as far as it is at most so large. */
static void keep_folder(const struct keep_perl *p, uint32_t by, const char *path, struct keep_limit limit)
{
	for (size_t i = 0; i < p->n; i++) {
		uint32_t node = directory(p, p->dirs[i], path);
		if (node != IMAGE_NONE)
			(void)keep_tree_within(p->k, node, KEEP_TREE_CODE, limit,
					       KEEP_WHY_NOTED(KEEP_PACKAGE, by, keep_note(p->k, path)));
	}
}

static bool file_in(struct keep_script_source *s, uint32_t dir, const char *path)
{
	uint32_t node = keep_script_source_path(s, dir, path, false);
	return node != IMAGE_NONE && !S_ISDIR(image_index_node(s->k->index, node)->mode);
}

/* Whether the node's path ends with that of a module, "A/B.pm". */
static bool ends_with(const struct image_index *x, uint32_t node, const char *path)
{
	size_t n = strlen(path);
	for (; n && node; node = image_index_node(x, node)->parent) {
		const char *name = image_index_node(x, node)->name;
		size_t len = strlen(name);
		if (len > n || memcmp(path + n - len, name, len) != 0 || (len < n && path[n - len - 1] != '/'))
			return false;
		n -= len < n ? len + 1 : len;
	}
	return n == 0;
}

/* A module in none of @INC's directories: a program puts those of its own there (/usr/share/texinfo), with a name that
 * it joins. Only a name of several parts says enough. */
static bool keep_private(struct keep_perl *p, const struct keep_script_source *s, const char *path)
{
	const char *name = strrchr(path, '/');
	size_t n = 0;
	bool found = false;
	const struct keep_name_entry *e = name ? keep_name_index_find(&p->modules, name + 1, &n) : NULL;
	for (size_t i = 0; i < n; i++) {
		if (!ends_with(p->k->index, e[i].node, path))
			continue;
		keep_node(p->k, e[i].node, KEEP_WHY_NOTED(KEEP_IMPORT, s->node, keep_note(p->k, path)));
		found = true;
	}
	return found;
}

bool keep_perl_file(struct keep_perl *p, struct keep_script_source *s, const char *path)
{
	static const char *const below[] = {"", "lib/", "local/lib/perl5/"};
	for (size_t i = 0; i < s->n_bases; i++) {
		for (size_t j = 0; j < sizeof(below) / sizeof(below[0]); j++) {
			CLEANUP_BUF struct buf full = {0};
			buf_printf(&full, "%s%s", below[j], path);
			if (file_in(s, s->bases[i], full.data))
				return true;
		}
	}
	bool found = strset_find(&p->found, path) != STRSET_NONE;
	bool embedded =
	    p->library != IMAGE_NONE && keep_has(p->k, p->library); /* that one does not look in perl-base */
	bool sought = !found;
	for (size_t i = 0; sought && i < p->n; i++) {
		bool here = file_in(s, p->dirs[i], path);
		found |= here;
		sought = !here || (embedded && p->rank[i] == BASE);
	}
	if (!found)
		found = keep_private(p, s, path);
	if (found)
		(void)strset_add(&p->found, path);
	return found;
}

/* Turns A::B or A/B into a path. False if it is not a module's name. */
static bool path_of(const char *name, size_t n, struct buf *path)
{
	if (!n || n > LIMIT_NAME)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (name[i] == ':')
			i++;
		if (i == n || (!isalnum((unsigned char)name[i]) && !strchr("_:/", name[i])))
			return false;
		buf_char(path, name[i] == ':' ? '/' : name[i]);
	}
	return isalpha((unsigned char)*path->data) || *path->data == '_';
}

bool keep_perl_module(struct keep_perl *p, struct keep_script_source *s, const char *name, size_t n)
{
	CLEANUP_BUF struct buf path = {0}, file = {0}, compiled = {0};
	if (!path_of(name, n, &path))
		return false;
	buf_printf(&file, "%s.pm", path.data);
	bool again = strset_find(&p->found, file.data) != STRSET_NONE;
	if (!keep_perl_file(p, s, file.data))
		return false;
	buf_printf(&compiled, "auto/%s", path.data);
	if (!again)
		keep_folder(p, s->node, compiled.data, (struct keep_limit){UINT64_MAX, 8192});
	return true;
}

void keep_perl_below(struct keep_perl *p, struct keep_script_source *s, const char *name, size_t n)
{
	CLEANUP_BUF struct buf path = {0};
	bool added;
	if (!path_of(name, n, &path))
		return;
	(void)strset_add_len(&p->below, path.data, path.len, &added);
	if (added)
		keep_folder(p, s->node, path.data, FOLDER);
}

static bool is_standard(const struct keep_perl *p, uint32_t node)
{
	for (; node; node = image_index_node(p->k->index, node)->parent)
		for (size_t i = 0; i < p->n; i++)
			if (p->dirs[i] == node)
				return p->rank[i] >= BASE;
	return false;
}

/* A library is more than its main module: the modules that A/B.pm loads by name are in A/B/. Directories such as
 * Unicode/ or File/ hold several libraries. */
void keep_perl_library(struct keep_perl *p, const struct keep_script_source *s)
{
	const struct image_index *x = p->k->index;
	for (uint32_t node = s->node, up; (up = image_index_node(x, node)->parent); node = up) {
		const struct image_node *n = image_index_node(x, node);
		size_t len = strlen(n->name), i = 0;
		while (i < p->n && p->dirs[i] != up)
			i++;
		CLEANUP_FREE char *name = mem_strndup(n->name, S_ISDIR(n->mode) || len < 4 ? len : len - 3);
		CLEANUP_FREE char *main = mem_printf("%s.pm", name);
		uint32_t dir = image_index_child(x, up, name, strlen(name));
		if (dir != IMAGE_NONE && S_ISDIR(image_index_node(x, dir)->mode) &&
		    image_index_child(x, up, main, strlen(main)) != IMAGE_NONE && idmap_add(&p->whole, 0, dir) &&
		    (!is_standard(p, up) ||
		     keep_tree_fits(x, dir, STANDARD))) /* of perl's own what is used is enough */
			(void)keep_tree_within(p->k, dir, KEEP_TREE_CODE, LIBRARY,
					       KEEP_WHY_NOTED(KEEP_PACKAGE, s->node, keep_note(p->k, name)));
		if (i < p->n)
			return;
	}
}
