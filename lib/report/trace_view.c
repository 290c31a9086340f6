#include "report/trace_view.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "trace/syscall_name.h"

#define LABEL "%-12s"

static void text_line(struct buf *b, const char *label, const char *value)
{
	buf_printf(b, LABEL, label);
	buf_escape(b, value, strlen(value));
	buf_char(b, '\n');
}

static void show_counts(const struct trace *t, struct buf *b)
{
	struct trace_counts n;
	trace_count(t, &n);
	buf_printf(b, LABEL "%zu: %" PRIu64 " found in the image, %" PRIu64 " not, %" PRIu64 " not known\n", "paths",
		   t->paths.count, n.found[TRACE_FOUND_YES], n.found[TRACE_FOUND_NO], n.found[TRACE_FOUND_UNKNOWN]);
	for (size_t k = 0; k < TRACE_KINDS; k++)
		if (n.kinds[k])
			buf_printf(b, "  " LABEL "%8" PRIu64 "\n", trace_kind_names[k], n.kinds[k]);
	buf_printf(b, LABEL "%" PRIu64 "\n", "processes", t->processes);
	if (t->unreadable || t->overflows)
		buf_printf(b, LABEL "%" PRIu64 " paths unreadable, %" PRIu64 " queue overflows: not complete\n", "lost",
			   t->unreadable, t->overflows);
}

/* "yes  open,follow  /etc/passwd" */
static void show_path(const struct trace *t, size_t id, struct buf *b)
{
	static const char *const found[] = {"?", "no", "yes"};
	const struct trace_entry *e = &t->entries[id];
	CLEANUP_BUF struct buf kinds = {0};
	for (size_t k = 0; k < TRACE_KINDS; k++)
		if (e->kinds >> k & 1)
			buf_printf(&kinds, "%s%s", kinds.len ? "," : "", trace_kind_names[k]);
	buf_printf(b, "%-5s %-28s ", found[e->found], kinds.len ? kinds.data : "-");
	buf_escape(b, t->paths.items[id].s, t->paths.items[id].len);
	buf_char(b, '\n');
}

/* ---- witnesses ---- */

static void show_witnesses(const struct trace *t, struct buf *b)
{
	const struct trace_comparison *c = &t->comparison;
	buf_printf(b, LABEL, "witnesses");
	const char *comma = "";
	for (size_t i = 0; i < TRACE_WITNESSES; i++)
		if (t->witnesses >> i & 1) {
			buf_printf(b, "%s%s", comma, trace_witness_names[i]);
			comma = ", ";
		}
	buf_str(b, *comma ? "\n" : "not told\n");
	if (c->files_calls || c->files_fanotify || c->files_both)
		buf_printf(b,
			   LABEL "files of the image: %" PRIu64 " by their system calls alone, %" PRIu64
				 " by fanotify alone, %" PRIu64 " by both\n",
			   "seen", c->files_calls, c->files_fanotify, c->files_both);
	for (size_t i = 0, shown = 0; i < TRACE_RULES; i++)
		if (c->rules[i])
			buf_printf(b, LABEL "%8" PRIu64 " path%s: %s\n", shown++ ? "" : "differ", c->rules[i],
				   c->rules[i] == 1 ? "" : "s", trace_rule_names[i]);
	CLEANUP_FREE size_t *order = strset_sorted(&c->unexplained);
	for (size_t i = 0; i < c->unexplained.count; i++)
		text_line(b, i ? "" : "unexplained", strset_get(&c->unexplained, order[i]));
}

/* ---- programs ---- */

#define INDENT_MAX 20 /* levels that are shown as such */

/* The tree of programs: each program stands below the first one, by its bytes, that executed it. */
struct tree {
	const struct trace *t;
	size_t *order; /* programs by path */
	struct edge {
		uint32_t parent, child; /* places in order */
	} * edges;                      /* sorted */
	size_t n_edges, cap;
	bool *shown;
};

static int by_edge(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;
	if (x->parent != y->parent)
		return x->parent < y->parent ? -1 : 1;
	return (x->child > y->child) - (x->child < y->child);
}

static void find_edges(struct tree *g)
{
	size_t n = g->t->programs.count;
	CLEANUP_FREE uint32_t *place = mem_calloc(n, sizeof(*place));
	for (size_t i = 0; i < n; i++)
		place[g->order[i]] = (uint32_t)i;
	for (size_t i = 0; i < n; i++) {
		const struct trace_program *p = &g->t->facts[g->order[i]];
		for (size_t k = 0; k < p->n_parents; k++) {
			g->edges = mem_grow(g->edges, g->n_edges, &g->cap, sizeof(*g->edges));
			g->edges[g->n_edges++] = (struct edge){place[p->parents[k]], (uint32_t)i};
		}
	}
	if (g->n_edges)
		qsort(g->edges, g->n_edges, sizeof(*g->edges), by_edge);
}

static size_t first_edge(const struct tree *g, uint32_t parent)
{
	size_t low = 0, high = g->n_edges;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (g->edges[mid].parent < parent)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void show_program(struct tree *g, uint32_t at, size_t depth, const char *label, struct buf *b)
{
	uint64_t runs = g->t->facts[g->order[at]].runs;
	const struct strset_item *path = &g->t->programs.items[g->order[at]];
	g->shown[at] = true;
	buf_printf(b, LABEL "%*s", label, (int)(depth < INDENT_MAX ? depth : INDENT_MAX) * 2, "");
	buf_escape(b, path->s, path->len);
	buf_printf(b, "  %" PRIu64 " run%s\n", runs, runs == 1 ? "" : "s");
}

/* Without recursion, because the tree in the file may have any depth. */
static void show_below(struct tree *g, uint32_t root, const char *label, struct buf *b)
{
	CLEANUP_FREE size_t *next = NULL; /* the edge that each level goes on with */
	CLEANUP_FREE uint32_t *at = NULL;
	size_t depth = 0, cap = 0, cap2 = 0;
	show_program(g, root, 0, label, b);
	next = mem_grow(next, 0, &cap, sizeof(*next));
	at = mem_grow(at, 0, &cap2, sizeof(*at));
	next[0] = first_edge(g, root);
	at[0] = root;
	for (;;) {
		size_t e = next[depth]++;
		if (e >= g->n_edges || g->edges[e].parent != at[depth]) {
			if (depth-- == 0)
				return;
			continue;
		}
		uint32_t child = g->edges[e].child;
		if (g->shown[child])
			continue;
		depth++;
		next = mem_grow(next, depth, &cap, sizeof(*next));
		at = mem_grow(at, depth, &cap2, sizeof(*at));
		next[depth] = first_edge(g, child);
		at[depth] = child;
		show_program(g, child, depth, "", b);
	}
}

static void show_programs(const struct trace *t, struct buf *b)
{
	size_t n = t->programs.count;
	struct tree g = {.t = t, .order = strset_sorted(&t->programs), .shown = mem_calloc(n, sizeof(bool))};
	find_edges(&g);
	const char *label = "programs";
	for (int orphans = 0; orphans < 2; orphans++) /* programs of the runtime; then programs without a parent */
		for (uint32_t i = 0; i < n; i++)
			if (!g.shown[i] && (orphans || t->facts[g.order[i]].starts)) {
				show_below(&g, i, label, b);
				label = "";
			}
	free(g.order);
	free(g.edges);
	free(g.shown);
}

/* ---- system calls ---- */

static void show_calls(const struct trace_program *p, const struct trace_abi *abi, struct buf *b)
{
	CLEANUP_STRSET struct strset names = {0};
	char room[TRACE_SYSCALL_NAME];
	for (size_t i = 0; i < p->n_syscalls; i++)
		if (trace_abi_of(p->syscalls[i].audit_arch, p->syscalls[i].nr) == abi)
			(void)strset_add(&names, trace_syscall_name(abi, p->syscalls[i].nr, room));
	CLEANUP_FREE size_t *order = strset_sorted(&names);
	if (names.count)
		buf_printf(b, "    %s:", abi->name);
	for (size_t i = 0; i < names.count; i++)
		buf_printf(b, " %s", strset_get(&names, order[i]));
	buf_str(b, names.count ? "\n" : "");
}

static void show_syscalls(const struct trace *t, struct buf *b)
{
	buf_str(b, "\nsystem calls\n");
	CLEANUP_FREE size_t *order = strset_sorted(&t->programs);
	for (size_t i = 0; i < t->programs.count; i++) {
		const struct strset_item *path = &t->programs.items[order[i]];
		buf_str(b, "  ");
		buf_escape(b, path->s, path->len);
		buf_char(b, '\n');
		for (size_t a = 0; a < TRACE_ABIS; a++)
			show_calls(&t->facts[order[i]], &trace_abis[a], b);
	}
	CLEANUP_FREE size_t *assumed = strset_sorted(&t->assumed);
	buf_str(b, t->assumed.count ? "  not watched, any program may have made them\n   " : "");
	for (size_t i = 0; i < t->assumed.count; i++)
		buf_printf(b, " %s", strset_get(&t->assumed, assumed[i]));
	buf_str(b, t->assumed.count ? "\n" : "");
}

void report_trace_view_text(const struct trace_file *f, const struct report_trace_view_options *options,
			    struct buf *out)
{
	const struct trace *t = &f->trace;
	for (size_t i = 0; i < f->n_images; i++) {
		text_line(out, i ? "" : "image", f->images[i].reference);
		text_line(out, "", f->images[i].digest);
	}
	show_counts(t, out);
	show_witnesses(t, out);
	for (size_t i = 0; i < t->n_ports; i++)
		buf_printf(out, LABEL "%u/%s\n", i ? "" : "ports", t->ports[i].number, t->ports[i].udp ? "udp" : "tcp");
	show_programs(t, out);
	if (options->syscalls)
		show_syscalls(t, out);
	CLEANUP_FREE size_t *paths = strset_sorted(&t->paths);
	if (options->paths)
		buf_printf(out, "\n%-5s %-28s %s\n", "found", "how", "path");
	for (size_t i = 0; options->paths && i < t->paths.count; i++)
		show_path(t, paths[i], out);
}
