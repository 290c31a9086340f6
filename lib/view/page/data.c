/* The data of a page are one object: verb, version, facts, tree. The tree has an array for each property, with an
 * element for each node, depth first; -1 stands for none:
 *   name, depth, kind, state (enum view_kind, enum view_state), before (bytes of a file), package, layer, step, why
 * changed: node, bytes after, node, bytes after.. for the files whose size changes and that are not removed;
 * packages, reasons: the texts that package and why number. With whys: by, note, order, as, named, link, seen; notes.
 */
#include "view/page/data.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "text/json.h"

typedef int64_t column(const struct view_page *p, size_t node);

static const struct view_node *node_of(const struct view_page *p, size_t i)
{
	return &p->tree->nodes[i];
}

static int64_t number(uint32_t id)
{
	return id == VIEW_NONE ? -1 : (int64_t)id;
}

static int64_t kind(const struct view_page *p, size_t i)
{
	return node_of(p, i)->kind;
}

static int64_t state(const struct view_page *p, size_t i)
{
	return node_of(p, i)->state;
}

static int64_t before(const struct view_page *p, size_t i)
{
	const struct view_node *n = node_of(p, i);
	return n->kind == VIEW_DIRECTORY || n->bytes_before > INT64_MAX ? 0 : (int64_t)n->bytes_before;
}

static int64_t package(const struct view_page *p, size_t i)
{
	return number(node_of(p, i)->package);
}

static int64_t layer(const struct view_page *p, size_t i)
{
	return node_of(p, i)->layer == UINT16_MAX ? -1 : node_of(p, i)->layer;
}

static int64_t step(const struct view_page *p, size_t i)
{
	return node_of(p, i)->step;
}

static int64_t why(const struct view_page *p, size_t i)
{
	return number(p->whys ? p->whys->items[i].sentence : node_of(p, i)->why);
}

static int64_t by(const struct view_page *p, size_t i)
{
	return number(p->whys->items[i].by);
}

static int64_t note(const struct view_page *p, size_t i)
{
	return number(p->whys->items[i].note);
}

static int64_t order(const struct view_page *p, size_t i)
{
	return p->whys->items[i].order;
}

static void add_column(const struct view_page *p, const char *name, column *get, struct buf *out)
{
	buf_printf(out, ",\"%s\":[", name);
	for (size_t i = 0; i < p->tree->count; i++)
		buf_printf(out, "%s%" PRId64, i ? "," : "", get(p, i));
	buf_char(out, ']');
}

static void add_depths(const struct view_tree *t, struct buf *out)
{
	CLEANUP_FREE uint32_t *depths = mem_calloc(t->count, sizeof(*depths));
	buf_str(out, ",\"depth\":[0");
	for (size_t i = 1; i < t->count; i++)
		buf_printf(out, ",%u", depths[i] = depths[t->nodes[i].parent] + 1);
	buf_char(out, ']');
}

static void add_string(const char *s, size_t n, struct buf *out)
{
	json_auto_t *v = json_bytes(s, n);
	json_write(v, out);
}

static void add_names(const struct view_tree *t, struct buf *out)
{
	buf_str(out, "\"name\":[");
	for (size_t i = 0; i < t->count; i++) {
		const char *name = view_node_name(&t->nodes[i]);
		if (i)
			buf_char(out, ',');
		add_string(name, strlen(name), out);
	}
	buf_char(out, ']');
}

static void add_texts(const char *name, const struct strset *set, struct buf *out)
{
	buf_printf(out, ",\"%s\":[", name);
	for (size_t i = 0; i < set->count; i++) {
		if (i)
			buf_char(out, ',');
		add_string(set->items[i].s, set->items[i].len, out);
	}
	buf_char(out, ']');
}

static void add_changed(const struct view_tree *t, struct buf *out)
{
	bool any = false;
	buf_str(out, ",\"changed\":[");
	for (size_t i = 0; i < t->count; i++) {
		const struct view_node *n = &t->nodes[i];
		if (n->kind == VIEW_DIRECTORY || n->state == VIEW_REMOVED || n->bytes_after == n->bytes_before)
			continue;
		buf_printf(out, "%s%zu,%" PRIu64, any ? "," : "", i, n->bytes_after);
		any = true;
	}
	buf_char(out, ']');
}

static void add_whys(const struct view_page *p, struct buf *out)
{
	const struct view_page_whys *w = p->whys;
	const struct {
		const char *name;
		const json_t *list;
	} rare[] = {{"as", w->as}, {"named", w->named}, {"link", w->link}, {"seen", w->seen}};
	add_column(p, "by", by, out);
	add_column(p, "note", note, out);
	add_column(p, "order", order, out);
	add_texts("notes", &w->notes, out);
	for (size_t i = 0; i < sizeof(rare) / sizeof(rare[0]); i++) {
		buf_printf(out, ",\"%s\":", rare[i].name);
		json_write(rare[i].list, out);
	}
}

void view_page_data(const struct view_page *p, struct buf *out)
{
	static const struct {
		const char *name;
		column *get;
	} columns[] = {{"kind", kind},   {"state", state}, {"before", before}, {"package", package},
		       {"layer", layer}, {"step", step},   {"why", why}};
	buf_printf(out, "{\"verb\":\"%s\",\"version\":\"%s\",\"facts\":", p->verb, p->version);
	json_write(p->facts, out);
	buf_str(out, ",\"tree\":{");
	add_names(p->tree, out);
	add_depths(p->tree, out);
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		add_column(p, columns[i].name, columns[i].get, out);
	add_changed(p->tree, out);
	add_texts("packages", &p->tree->packages, out);
	add_texts("reasons", p->whys ? &p->whys->sentences : &p->tree->reasons, out);
	if (p->whys)
		add_whys(p, out);
	buf_str(out, "}}");
}
