#include "evidence/witness.h"

#include <string.h>
#include <sys/stat.h>

#include "base/log.h"
#include "base/mem.h"
#include "formats/elf_object.h"
#include "formats/shebang.h"
#include "image/file.h"

#define SCRIPT_DEPTH 5 /* scripts that interpret scripts, as in Linux (fs/exec.c) */

/* Who saw a file opened. */
enum { BY_CALLS = 1, BY_FANOTIFY = 2, BY_KERNEL = 4 /* for an exec */ };

struct comparing {
	const struct evidence *evidence;
	const struct image_index *index;
	struct trace *trace;
	uint32_t *file; /* by node: the first node of the same file, which may have several names */
	uint8_t *by;    /* by such a node */
	struct strset created, removed, mounted; /* paths; what lies below is meant, too */
};

static bool by_calls(const struct trace_entry *e)
{
	return e->witnesses & ~TRACE_BY_FANOTIFY;
}

static bool by_fanotify(const struct trace_entry *e)
{
	return e->witnesses & TRACE_BY_FANOTIFY;
}

static uint32_t *find_files(const struct image_index *x)
{
	uint32_t n = image_index_count(x), *file = mem_calloc(n, sizeof(*file));
	CLEANUP_IMAGE_FILES struct image_files files = {0};
	for (uint32_t id = 0; id < n; id++)
		file[id] = S_ISDIR(image_index_node(x, id)->mode) ? id : image_files_first(&files, x, id);
	return file;
}

/* The node that a path leads to, as an open does; one that was never followed is the last component itself. */
static uint32_t entry_node(const struct evidence *e, size_t path)
{
	return evidence_way(e, path, evidence_follows(&e->trace->entries[path]))->node;
}

/* ---- what is there ---- */

static void mark_interpreters(struct comparing *c, uint32_t node, unsigned depth)
{
	if (node == IMAGE_NONE || !S_ISREG(image_index_node(c->index, node)->mode) || depth > SCRIPT_DEPTH)
		return;
	CLEANUP_FD int fd = image_index_open(c->index, node, NULL);
	char line[LIMIT_SCRIPT_LINE + 1], *interpreter = NULL, *rest;
	CLEANUP_ELF_OBJECT struct elf_object e = {0};
	if (fd < 0)
		return;
	if (!shebang_read(fd, line, &interpreter, &rest) && elf_object_read(fd, &e))
		interpreter = e.interp;
	uint32_t next = interpreter ? image_index_resolve(c->index, interpreter, true, NULL, NULL) : IMAGE_NONE;
	if (next == IMAGE_NONE)
		return;
	c->by[c->file[next]] |= BY_KERNEL;
	mark_interpreters(c, next, depth + 1);
}

static void mark(struct comparing *c)
{
	const struct trace *t = c->trace;
	for (size_t i = 0; i < t->paths.count; i++) {
		const struct trace_entry *e = &t->entries[i];
		const char *path = strset_get(&t->paths, i);
		if (e->kinds & TRACE_CREATE)
			(void)strset_add(&c->created, path);
		if (e->kinds & TRACE_REMOVE)
			(void)strset_add(&c->removed, path);
		if (e->kinds & TRACE_MOUNT)
			(void)strset_add(&c->mounted, path);
		uint32_t node = entry_node(c->evidence, i);
		if (e->kinds & TRACE_EXEC)
			mark_interpreters(c, node, 0);
		if (node == IMAGE_NONE)
			continue;
		bool kernel = e->kinds & TRACE_KERNEL; /* then the open was fanotify's to tell */
		if (by_calls(e) && !kernel && (e->kinds & (TRACE_OPEN | TRACE_EXEC)))
			c->by[c->file[node]] |= BY_CALLS;
		if (by_fanotify(e))
			c->by[c->file[node]] |= BY_FANOTIFY;
	}
}

static bool is_at_or_below(const struct strset *set, const char *path)
{
	return strset_has_at_or_above(set, path, strlen(path));
}

/* ---- the rules ---- */

static enum trace_rule explain_fanotify(const struct comparing *c, const char *path, uint32_t node)
{
	uint8_t by = node != IMAGE_NONE ? c->by[c->file[node]] : 0;
	if (by & BY_CALLS)
		return TRACE_RULE_OTHER_NAME;
	if (by & BY_KERNEL)
		return TRACE_RULE_INTERPRETER;
	if (node == IMAGE_NONE || is_at_or_below(&c->created, path))
		return TRACE_RULE_CREATED;
	return is_at_or_below(&c->removed, path) ? TRACE_RULE_REMOVED : TRACE_RULE_UNEXPLAINED;
}

static enum trace_rule explain_calls(const struct comparing *c, size_t i, uint32_t node)
{
	const struct trace_entry *e = &c->trace->entries[i];
	const char *path = strset_get(&c->trace->paths, i);
	mode_t mode = image_index_node(c->index, node)->mode;
	uint8_t passes = evidence_way(c->evidence, i, true)->passes;
	if (c->by[c->file[node]] & BY_FANOTIFY)
		return TRACE_RULE_OTHER_NAME;
	if (is_at_or_below(&c->created, path))
		return TRACE_RULE_CREATED;
	if (is_at_or_below(&c->removed, path))
		return TRACE_RULE_REMOVED;
	if ((passes & EVIDENCE_MOUNTED) || is_at_or_below(&c->mounted, path))
		return TRACE_RULE_MOUNTED;
	if ((passes & EVIDENCE_CLOSED) || (e->kinds & TRACE_LIST) || ((e->kinds & TRACE_EXEC) && !(mode & S_IXOTH)) ||
	    ((e->kinds & TRACE_WRITE) && !(mode & S_IWOTH)) || ((e->kinds & TRACE_OPEN) && !(mode & S_IROTH)))
		return TRACE_RULE_REFUSED;
	return TRACE_RULE_UNEXPLAINED;
}

static void compare_one(struct comparing *c, size_t i)
{
	const struct trace_entry *e = &c->trace->entries[i];
	const struct strset_item *path = &c->trace->paths.items[i];
	uint32_t node;
	enum trace_rule rule;
	if (by_fanotify(e) && (e->kinds & TRACE_KERNEL)) {
		/* fanotify tells where a file is, without symlinks */
		node = evidence_way(c->evidence, i, false)->node;
		rule = explain_fanotify(c, path->s, node);
	} else if (!by_fanotify(e) && e->opened) {
		node = entry_node(c->evidence, i);
		if (node == IMAGE_NONE || !S_ISREG(image_index_node(c->index, node)->mode))
			return;
		rule = explain_calls(c, i, node);
	} else {
		return;
	}
	c->trace->comparison.rules[rule]++;
	log_debug("%s: seen by %s alone: %s", path->s, by_fanotify(e) ? "fanotify" : "the system calls",
		  trace_rule_names[rule]);
	if (rule == TRACE_RULE_UNEXPLAINED)
		trace_add_unexplained(c->trace, path->s, path->len);
}

void evidence_witness_compare(const struct evidence *e, struct trace *trace)
{
	if (!(trace->witnesses & TRACE_BY_FANOTIFY) || !(trace->witnesses & ~TRACE_BY_FANOTIFY))
		return;
	CLEANUP_FREE uint32_t *file = find_files(e->index);
	CLEANUP_FREE uint8_t *by = mem_calloc(image_index_count(e->index), sizeof(*by));
	struct comparing c = {.evidence = e, .index = e->index, .trace = trace, .file = file, .by = by};
	mark(&c);
	for (size_t i = 0; i < trace->paths.count; i++)
		compare_one(&c, i);
	strset_done(&c.created);
	strset_done(&c.removed);
	strset_done(&c.mounted);
}

void evidence_witness_count_files(const struct evidence *e, struct trace *trace)
{
	uint32_t n = image_index_count(e->index);
	CLEANUP_FREE uint32_t *file = find_files(e->index);
	CLEANUP_FREE uint8_t *by = mem_calloc(n, sizeof(*by));
	for (size_t i = 0; i < trace->paths.count; i++) {
		uint32_t node = entry_node(e, i);
		if (node == IMAGE_NONE || !S_ISREG(image_index_node(e->index, node)->mode))
			continue;
		by[file[node]] |=
		    (by_calls(&trace->entries[i]) ? BY_CALLS : 0) | (by_fanotify(&trace->entries[i]) ? BY_FANOTIFY : 0);
	}
	struct trace_comparison *c = &trace->comparison;
	c->files_calls = c->files_fanotify = c->files_both = 0;
	for (uint32_t id = 0; id < n; id++) {
		c->files_calls += by[id] == BY_CALLS;
		c->files_fanotify += by[id] == BY_FANOTIFY;
		c->files_both += by[id] == (BY_CALLS | BY_FANOTIFY);
	}
}
