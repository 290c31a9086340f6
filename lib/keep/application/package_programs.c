#include "keep/application/package_programs.h"

#include <string.h>

#include "base/mem.h"
#include "formats/shebang.h"
#include "keep/program_lookup.h"
#include "keep/words.h"
#include "os/fd.h"
#include "text/path.h"

#define LIMIT (16ull << 20) /* bytes of one package's programs */

/* For distributions that do not say themselves which packages every system has. */
static bool is_collection(const struct package *p)
{
	static const char *const names[] = {"coreutils", "coreutils-single", "busybox",   "toybox",    "util-linux",
					    "findutils", "procps",           "procps-ng", "diffutils", "bash",
					    "gawk",      "iproute2",         "binutils",  "systemd"};
	return p->essential || KEEP_WORDS_HAVE(names, p->name);
}

/* A script is left out when no run used its interpreter: /usr/bin/c_rehash would bring Perl for openssl. Shells are
 * small. */
bool keep_package_programs_is_cheap(const struct keep_set *k, const char *path, bool shells)
{
	uint32_t id = image_index_resolve(k->index, path, true, NULL, NULL);
	if (id == IMAGE_NONE || !S_ISREG(image_index_node(k->index, id)->mode))
		return false;
	CLEANUP_FD int fd = image_index_open(k->index, id, NULL);
	char line[LIMIT_SCRIPT_LINE + 1], *interpreter, *rest;
	if (fd < 0 || !shebang_read(fd, line, &interpreter, &rest))
		return fd >= 0;
	size_t n = strlen(interpreter);
	CLEANUP_BUF struct buf program = {0};
	if (n >= 4 && strcmp(interpreter + n - 4, "/env") == 0) {
		const char *search = k->config ? strlist_get_env(&k->config->env, "PATH") : NULL;
		if (!keep_lookup_find_program(k->index, shebang_word(&rest), search, &program))
			return false;
		interpreter = program.data;
		n = program.len;
	}
	uint32_t by = image_index_resolve(k->index, interpreter, true, NULL, NULL);
	return (shells && n > 2 && strcmp(interpreter + n - 2, "sh") == 0) || (by != IMAGE_NONE && keep_has(k, by));
}

enum keep_program_kind keep_package_programs_kind(const struct keep_set *k, uint32_t id)
{
	char line[LIMIT_SCRIPT_LINE + 1], *interpreter, *rest;
	CLEANUP_BUF struct buf path = {0};
	if (!keep_lookup_is_program(k->index, id))
		return KEEP_PROGRAM_NONE;
	image_index_path(k->index, id, &path);
	uint32_t to = image_index_resolve(k->index, path.data, true, NULL, NULL);
	CLEANUP_FD int fd = to == IMAGE_NONE || !S_ISREG(image_index_node(k->index, to)->mode)
				? -1
				: image_index_open(k->index, to, NULL);
	if (fd < 0)
		return KEEP_PROGRAM_NONE;
	if (!shebang_read(fd, line, &interpreter, &rest))
		return KEEP_PROGRAM_COMPILED;
	const char *program = path_ends_with(interpreter, "/env") ? shebang_word(&rest) : interpreter;
	return program && path_ends_with(program, "sh") ? KEEP_PROGRAM_SHELL_SCRIPT : KEEP_PROGRAM_SCRIPT;
}

/* The program that a run executed, or another file outside /etc that it looked at (Python opens its compiled form,
 * which no package owns); IMAGE_NONE if the path of the trace is neither. */
static uint32_t used_code(const struct keep_set *k, const struct evidence *evidence, size_t path)
{
	uint32_t kinds = evidence->trace->entries[path].kinds;
	uint32_t id = evidence_way(evidence, path, true)->node;
	if (id == IMAGE_NONE || !S_ISREG(image_index_node(k->index, id)->mode) ||
	    (keep_lookup_is_program(k->index, id) && !(kinds & TRACE_EXEC)))
		return IMAGE_NONE;
	uint32_t top = id;
	while (image_index_node(k->index, top)->parent)
		top = image_index_node(k->index, top)->parent;
	return strcmp(image_index_node(k->index, top)->name, "etc") == 0 ? IMAGE_NONE : id;
}

void keep_package_programs(struct keep_set *k, const struct packages *packages, const struct evidence *evidence)
{
	if (!packages->count)
		return;
	CLEANUP_FREE uint32_t *user = mem_calloc(packages->count, sizeof(*user)); /* by package: who was executed */
	CLEANUP_FREE uint64_t *bytes = mem_calloc(packages->count, sizeof(*bytes));
	uint32_t n = image_index_count(k->index);
	for (uint32_t id = 0; id < n; id++) {
		uint32_t owner = packages->owner[id];
		if (owner == PACKAGES_NONE || !keep_lookup_is_program(k->index, id) ||
		    is_collection(&packages->items[owner]))
			continue;
		bytes[owner] +=
		    S_ISREG(image_index_node(k->index, id)->mode) ? image_index_node(k->index, id)->size : 0;
	}
	for (size_t i = 0; i < evidence->trace->paths.count; i++) {
		uint32_t id = used_code(k, evidence, i);
		uint32_t owner = id == IMAGE_NONE ? PACKAGES_NONE : packages->owner[id];
		if (owner != PACKAGES_NONE && !is_collection(&packages->items[owner]))
			user[owner] = id;
	}
	for (uint32_t id = 0; id < n; id++) {
		uint32_t owner = packages->owner[id];
		if (owner == PACKAGES_NONE || !user[owner] || bytes[owner] > LIMIT ||
		    !keep_lookup_is_program(k->index, id))
			continue;
		uint32_t note = keep_note(k, packages->items[owner].name);
		CLEANUP_BUF struct buf path = {0}; /* of a symlink what it leads to, too */
		image_index_path(k->index, id, &path);
		if (keep_package_programs_is_cheap(k, path.data, true))
			(void)keep_path(k, path.data, true, KEEP_WHY_NOTED(KEEP_PACKAGE, user[owner], note));
	}
}
