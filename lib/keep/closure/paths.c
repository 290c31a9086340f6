/* Files that an ELF program or library names by their whole path, as texts that are theirs alone: configuration and
 * tables that it opens on some branch. Small ones only, and no programs: what a program starts needs a stronger sign
 * than a name. Directories are not taken: what of them is used is not said. */
#include <string.h>

#include "base/limits.h"
#include "formats/elf_content.h"
#include "formats/elf_object.h"
#include "keep/closure/closure.h"
#include "keep/program_lookup.h"
#include "keep/words.h"

#define FILE_LIMIT ((struct keep_limit){.bytes = 256u << 10})

/* The C library names what only some of its functions open: that is for rules, by the functions. */
static bool is_libc(const char *name)
{
	return strncmp(name, "libc.", 5) == 0 || strncmp(name, "libc-2.", 7) == 0 || strncmp(name, "ld-musl-", 8) == 0;
}

static bool applies(const struct keep_file *f)
{
	return elf_object_kind_of((const unsigned char *)f->head, f->n) != 0 && !is_libc(f->info->name);
}

/* Logs, state and sockets are no part of what a program needs to be there. */
static bool is_data(const char *path)
{
	static const char *const places[] = {"/etc/", "/usr/", "/opt/", "/lib/", "/srv/"};
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (strncmp(path, places[i], strlen(places[i])) == 0)
			return true;
	return false;
}

/* Compilers leave the names of what they compiled, Go of every file. */
static bool is_source(const char *path)
{
	static const char *const suffixes[] = {".go",  ".c",   ".h",  ".s",  ".S", ".cc",
					       ".cpp", ".hpp", ".rs", ".ml", ".hs"};
	const char *suffix = strrchr(path, '.');
	return suffix && KEEP_WORDS_HAVE(suffixes, suffix);
}

/* Whether the path is made at run time. */
static bool is_state(const char *path)
{
	static const char *const places[] = {"/tmp/", "/run/", "/var/run/", "/var/log/", "/var/cache/", "/var/tmp/"};
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (strncmp(path, places[i], strlen(places[i])) == 0)
			return true;
	return false;
}

static void look_at(const struct keep_file *f, const char *path)
{
	bool looked_for = !is_source(path) && !is_state(path);
	uint32_t node = looked_for ? image_index_resolve(f->k->index, path, true, NULL, NULL) : IMAGE_NONE;
	if (node == IMAGE_NONE || keep_has(f->k, node))
		return;
	const struct image_node *n = image_index_node(f->k->index, node);
	if (!S_ISREG(n->mode))
		return;
	struct keep_reason why = KEEP_WHY_NOTED(KEEP_RULE, f->node, keep_note(f->k, "named-path"));
	if (!is_data(path) || (n->mode & 0111))
		keep_mention(f->k, node, why);
	else if (n->size <= FILE_LIMIT.bytes)
		(void)keep_lookup_path(f->k, path, why);
	else
		keep_leave_out(f->k, node, FILE_LIMIT, KEEP_WHY_NOTED(KEEP_IMPORT, f->node, keep_note(f->k, path)));
}

/* Each text that begins with a slash behind a NUL and ends with one. */
static void on_bytes(void *ctx, const char *data, size_t n)
{
	const char *p = data, *end = data + n, *path;
	while ((path = memchr(p, '/', (size_t)(end - p)))) {
		p = path + 1;
		if (path == data || path[-1] != '\0')
			continue;
		size_t room = (size_t)(end - path);
		const char *stop = memchr(path, '\0', room < LIMIT_PATH ? room : LIMIT_PATH);
		if (stop && stop - path > 2)
			look_at(ctx, path);
		if (stop)
			p = stop;
	}
}

static int run(const struct keep_file *f, void **state, struct err *err)
{
	elf_content_read(f->fd, &(struct elf_content){NULL, on_bytes, (void *)f});
	return 0;
}

const struct keep_closure keep_closure_paths = {
    .name = "paths", .level = KEEP_CLOSURE, .by_content = true, .applies = applies, .run = run};
