/* Assemblies of .NET and Mono. Kept are the assemblies that they reference, and for Mono the native libraries that
 * they call, wherever the runtime looks; and the files beside that belong to them (configuration, translated
 * resources). If an assembly is not a framework's, the assemblies, files and commands that its strings name are kept,
 * too.
 * Spec: ECMA-335 II.22; mono(1) (MONO_PATH), mono-config(5), Mono's "Assemblies and the GAC". */
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "formats/cli_metadata.h"
#include "formats/elf_object.h"
#include "keep/closure/closure.h"
#include "keep/loader/elf_search.h"
#include "keep/modules/dll_map.h"
#include "keep/modules/name_index.h"
#include "keep/program_lookup.h"
#include "keep/source/program.h"
#include "keep/source/program_texts.h"
#include "keep/tree.h"
#include "text/path.h"

#define MAX_ELSEWHERE 8 /* places that the runtime may be told of */

struct cli {
	struct keep_name_index assemblies;
	struct keep_programs *programs;
	struct keep_elf_search *search;
	struct keep_dll_map map; /* of the machine */
	uint32_t libdir;         /* that Mono's directory is in; IMAGE_NONE */
	elf_object_kind kind;    /* of the image's programs; 0 = not known */
};

struct scan {
	struct cli *cli;
	struct keep_script_source s;
	struct keep_dll_map map; /* the assembly's own */
	uint32_t mono;           /* Mono's directory that holds the assembly; IMAGE_NONE */
	bool starts;             /* it starts programs */
	struct strset commands;
};

static bool applies(const struct keep_file *f)
{
	return f->n > 64 && f->head[0] == 'M' && f->head[1] == 'Z' &&
	       (keep_file_ends(f, ".dll") || keep_file_ends(f, ".exe"));
}

static const char *name_of(const struct image_index *x, uint32_t node)
{
	return image_index_node(x, node)->name;
}

/* Mono's directory above a file where the runtime looks: its cache of assemblies, and those of a version (4.5) with the
 * facades in them. */
static uint32_t mono_of(const struct image_index *x, uint32_t node)
{
	for (uint32_t at = image_index_node(x, node)->parent, up; at; at = up) {
		up = image_index_node(x, at)->parent;
		const char *name = name_of(x, at);
		bool version = strspn(name, "0123456789.") == strlen(name) && strchr(name, '.');
		if ((version || strcmp(name, "gac") == 0) && strcmp(name_of(x, up), "mono") == 0)
			return up;
	}
	return IMAGE_NONE;
}

static void keep_named(struct scan *c, uint32_t node, const char *name)
{
	CLEANUP_BUF struct buf path = {0};
	image_index_path(c->s.k->index, node, &path);
	(void)keep_path(c->s.k, path.data, true, KEEP_WHY_NOTED(KEEP_IMPORT, c->s.node, keep_note(c->s.k, name)));
}

/* Keeps an assembly where the runtime looks for it by itself; elsewhere: or in places that it may be told of. */
static bool keep_assembly_file(struct scan *c, const char *file, const char *name, bool elsewhere)
{
	size_t n;
	const struct keep_name_entry *e = keep_name_index_find(&c->cli->assemblies, file, &n);
	bool found = false;
	for (size_t i = 0; i < n; i++) {
		if (mono_of(c->s.k->index, e[i].node) == IMAGE_NONE &&
		    !(c->s.dir && keep_tree_holds(c->s.k->index, c->s.dir, e[i].node)))
			continue;
		keep_named(c, e[i].node, name);
		found = true;
	}
	for (size_t i = 0; !found && elsewhere && n <= MAX_ELSEWHERE && i < n; i++)
		keep_named(c, e[i].node, name);
	return found || (elsewhere && n);
}

static bool keep_assembly(struct scan *c, const char *name, bool elsewhere)
{
	CLEANUP_FREE char *dll = mem_printf("%s.dll", name), *exe = mem_printf("%s.exe", name);
	return keep_assembly_file(c, dll, name, elsewhere) || keep_assembly_file(c, exe, name, elsewhere);
}

static void on_assembly(void *ctx, const char *name)
{
	(void)keep_assembly(ctx, name, true);
}

/* Keeps a path below a directory, if all of it is there. */
static bool keep_below(struct scan *c, uint32_t dir, const char *name, struct keep_reason why)
{
	CLEANUP_BUF struct buf path = {0};
	image_index_path(c->s.k->index, dir, &path);
	buf_printf(&path, "/%s", name);
	return keep_lookup_path(c->s.k, path.data, why) != IMAGE_NONE;
}

/* As the runtime does: the name itself, then with what a library's name has around it. */
static bool keep_library(struct scan *c, const char *name)
{
	static const char mono[] = "$mono_libdir/";
	const struct keep_elf_dirs none = {0};
	const struct keep_elf_dirs *dirs =
	    c->cli->kind ? keep_elf_search_system(c->cli->search, c->cli->kind, false) : &none;
	bool own = strncmp(name, mono, sizeof(mono) - 1) == 0;
	uint32_t up = c->cli->libdir == IMAGE_NONE ? c->s.dir : c->cli->libdir;
	name += own ? sizeof(mono) - 1 : 0;
	size_t n = path_ends_with(name, ".dll") ? strlen(name) - 4 : strlen(name);
	for (unsigned form = 0; form < 4; form++) {
		CLEANUP_FREE char *path = NULL;
		const char *config;
		CLEANUP_FREE char *file =
		    mem_printf("%s%.*s%s", form & 2 ? "lib" : "", (int)n, name, form & 1 ? ".so" : "");
		struct keep_reason why = KEEP_WHY_NOTED(KEEP_LIBRARY, c->s.node, keep_note(c->s.k, "DllImport"));
		if (*file != '/' && (keep_below(c, c->s.dir, file, why) || keep_below(c, up, file, why)))
			return true;
		if (*file == '/' ? keep_lookup_path(c->s.k, file, why) != IMAGE_NONE
				 : keep_elf_search_find(c->cli->search, c->cli->kind, dirs, file, &path, &config) &&
				       keep_path(c->s.k, path, true, why) != IMAGE_NONE)
			return true;
	}
	return false;
}

static void on_library(void *ctx, const char *name)
{
	struct scan *c = ctx;
	const char *to = keep_dll_map_find(&c->map, name);
	to = to ? to : keep_dll_map_find(&c->cli->map, name);
	if (!to || !keep_library(c, to))
		(void)keep_library(c, name);
}

static void on_type(void *ctx, const char *space, const char *name)
{
	struct scan *c = ctx;
	c->starts = c->starts || (strcmp(space, "System.Diagnostics") == 0 &&
				  (strcmp(name, "Process") == 0 || strcmp(name, "ProcessStartInfo") == 0));
}

/* "Space.Type, Assembly, Version=1.0.0.0": each part may be an assembly's name. */
static void assembly_names(struct scan *c, const char *text)
{
	bool listed = strchr(text, ',') != NULL;
	for (const char *p = text; *p; p += *p == ',') {
		p += strspn(p, " ");
		size_t n = strcspn(p, ",");
		CLEANUP_FREE char *name = mem_strndup(p, n);
		if (n && n <= LIMIT_NAME - 4 && !strpbrk(name, " =/"))
			(void)keep_assembly(c, name, listed);
		p += n;
	}
}

static void on_text(void *ctx, const char *text, size_t n)
{
	struct scan *c = ctx;
	CLEANUP_BUF struct buf path = {0};
	if (memchr(text, '\0', n) || n > KEEP_LITERAL_MAX)
		return;
	assembly_names(c, text);
	if (path_ends_with(text, ".dll") || path_ends_with(text, ".exe"))
		(void)keep_assembly_file(c, text, text, false);
	if (c->s.application || *text == '/')
		keep_script_source_literal(&c->s, text);
	if (keep_programs_is_command(c->cli->programs, text, n, c->starts) ||
	    (c->starts && n > 2 && !strchr(text, '/') && keep_program_find(&c->s, text, &path)))
		(void)strset_add(&c->commands, text);
}

/* Keep the files named after the assembly: NAME.dll.config, and NAME.resources.dll in the directories of cultures. An
 * application keeps all cultures, since it may serve any; others keep that of the configured language. */
static void keep_beside(struct scan *c, const struct keep_file *f)
{
	struct keep_set *k = f->k;
	const struct image_node *dir = image_index_node(k->index, f->info->parent);
	CLEANUP_FREE char *config = mem_printf("%s.config", f->info->name);
	CLEANUP_FREE char *stem = mem_strndup(f->info->name, strlen(f->info->name) - 4);
	CLEANUP_FREE char *resources = mem_printf("%s.resources.dll", stem);
	const char *names[] = {"LC_ALL", "LC_MESSAGES", "LANG"}, *language = NULL;
	for (size_t i = 0; !language && k->config && i < sizeof(names) / sizeof(names[0]); i++)
		language = strlist_get_env(&k->config->env, names[i]);
	size_t n = language ? strcspn(language, "_.@") : 0;
	struct keep_reason why = KEEP_WHY_NOTED(KEEP_PACKAGE, f->node, keep_note(k, stem));
	(void)keep_below(c, c->s.dir, config, why);
	for (uint32_t i = 0; i < dir->n_children; i++) {
		const char *culture = name_of(k->index, dir->first_child + i);
		CLEANUP_FREE char *path = mem_printf("%s/%s", culture, resources);
		if (c->s.application || (n && strncmp(culture, language, n) == 0 && strchr("-", culture[n])))
			(void)keep_below(c, c->s.dir, path, why);
	}
}

static void read_map(const struct image_index *x, const char *path, struct keep_dll_map *out)
{
	CLEANUP_BUF struct buf text = {0};
	if (image_index_text(x, path, LIMIT_PACKAGE_TEXT, &text) && text.len)
		keep_dll_map_read(out, text.data);
}

/* The kind of libraries that the image's programs load. */
static elf_object_kind kind_of(const struct keep_set *k)
{
	static const char *const programs[] = {"mono", "dotnet", "sh", "busybox"};
	const char *search = k->config ? strlist_get_env(&k->config->env, "PATH") : NULL;
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		CLEANUP_BUF struct buf path = {0};
		CLEANUP_KEEP_FILE struct keep_file f = {.fd = -1};
		if (!keep_lookup_find_program(k->index, programs[i], search, &path))
			continue;
		uint32_t node = image_index_resolve(k->index, path.data, true, NULL, NULL);
		if (keep_file_open(&f, (struct keep_set *)k, node, NULL) < 0)
			continue;
		elf_object_kind kind = elf_object_kind_of((const unsigned char *)f.head, f.n);
		if (kind)
			return kind;
	}
	return 0;
}

static struct cli *state_new(struct keep_set *k)
{
	static const char *const endings[] = {".dll", ".exe", NULL};
	struct cli *c = mem_alloc(sizeof(*c));
	keep_name_index_init(&c->assemblies, k->index, endings);
	c->programs = keep_programs_new(k);
	c->search = keep_elf_search_new(k->index);
	c->libdir = IMAGE_NONE;
	for (size_t i = 0; i < c->assemblies.count && c->libdir == IMAGE_NONE; i++) {
		uint32_t mono = mono_of(k->index, c->assemblies.items[i].node);
		c->libdir = mono == IMAGE_NONE ? mono : image_index_node(k->index, mono)->parent;
	}
	c->kind = kind_of(k);
	read_map(k->index, "/etc/mono/config", &c->map);
	return c;
}

/* A shared framework is kept whole by a rule. */
static bool is_shared_framework(const struct keep_file *f)
{
	static const char core[] = "Microsoft.NETCore.App.deps.json", web[] = "Microsoft.AspNetCore.App.deps.json";
	return image_index_child(f->k->index, f->info->parent, core, sizeof(core) - 1) != IMAGE_NONE ||
	       image_index_child(f->k->index, f->info->parent, web, sizeof(web) - 1) != IMAGE_NONE;
}

static int run(const struct keep_file *f, void **state, struct err *err)
{
	if (is_shared_framework(f))
		return 0;
	if (!*state)
		*state = state_new(f->k);
	CLEANUP_BUF struct buf path = {0};
	image_index_path(f->k->index, f->node, &path);
	buf_str(&path, ".config");
	struct scan c = {.cli = *state, .mono = mono_of(f->k->index, f->node)};
	keep_script_source_begin(&c.s, f);
	read_map(f->k->index, path.data, &c.map);
	const struct cli_metadata reader = {on_assembly, on_library, on_type, c.mono == IMAGE_NONE ? on_text : NULL,
					    &c};
	if (cli_metadata_read(f->fd, &reader))
		keep_beside(&c, f);
	keep_programs_keep(&c.s, &c.commands);
	strset_done(&c.commands);
	keep_dll_map_done(&c.map);
	keep_script_source_done(&c.s);
	return 0;
}

static void free_state(void *state)
{
	struct cli *c = state;
	keep_name_index_done(&c->assemblies);
	keep_programs_free(c->programs);
	keep_elf_search_free(c->search);
	keep_dll_map_done(&c->map);
	free(c);
}

const struct keep_closure keep_closure_cli = {
    .name = "cli", .level = KEEP_CLOSURE, .applies = applies, .run = run, .free_state = free_state};
