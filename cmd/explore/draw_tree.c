#include "cmd/explore/draw_tree.h"

#include <inttypes.h>
#include <string.h>

#include "report/step/step.h"

#define BAR 10          /* characters */
#define BAR_COLUMNS 60  /* of a terminal that has room for it */
#define SIZE_COLUMNS 10 /* of a size, with the blank before it */

static char state_sign(const struct view_node *n)
{
	static const char signs[] = {[VIEW_KEPT] = ' ', [VIEW_REMOVED] = 'R', [VIEW_ADDED] = 'A', [VIEW_CHANGED] = 'C'};
	return signs[n->state];
}

static const char *kind_sign(const struct view_node *n)
{
	static const char *const signs[] = {
	    [VIEW_FILE] = "", [VIEW_DIRECTORY] = "/", [VIEW_SYMLINK] = "@", [VIEW_OTHER] = "="};
	return signs[n->kind];
}

static char mark_sign(enum explore_mark mark)
{
	return mark == EXPLORE_INCLUDE ? '+' : mark == EXPLORE_EXCLUDE ? '-' : ' ';
}

static enum explore_look look_of(const struct view_node *n, enum explore_mark mark)
{
	static const enum explore_look looks[] = {[VIEW_KEPT] = EXPLORE_PLAIN,
						  [VIEW_REMOVED] = EXPLORE_REMOVED,
						  [VIEW_ADDED] = EXPLORE_ADDED,
						  [VIEW_CHANGED] = EXPLORE_CHANGED};
	return mark == EXPLORE_INCLUDE   ? EXPLORE_INCLUDED
	       : mark == EXPLORE_EXCLUDE ? EXPLORE_EXCLUDED
					 : looks[n->state];
}

/* "#" for the bytes after, "." for those that are gone, as parts of the largest row. */
static void draw_bar(const struct view_node *n, uint64_t largest, bool changes, char out[BAR + 1])
{
	const double all = largest ? (double)explore_list_bytes(n) * BAR / (double)largest : 0;
	const double left = changes && largest ? (double)n->bytes_after * BAR / (double)largest : all;
	for (int i = 0; i < BAR; i++)
		out[i] = i + 0.5 < left ? '#' : i + 0.5 < all ? '.' : ' ';
	out[BAR] = '\0';
}

static void draw_row(const struct explore_state *s, size_t at, size_t y, struct explore_canvas *c)
{
	const struct view_node *n = &s->list.tree->nodes[s->list.rows[at]];
	const bool changes = explore_state_has_changes(s), cursor = at == s->cursors[EXPLORE_TREE].at;
	const enum explore_mark own = explore_marks_get(&s->marks, n->path);
	const enum explore_look name = cursor ? EXPLORE_CURSOR : look_of(n, own);
	const enum explore_look plain = cursor ? EXPLORE_CURSOR : EXPLORE_PLAIN;
	char size[32], bar[BAR + 1];
	explore_canvas_printf(c, y, name, "%c%c%c", cursor ? '>' : ' ', mark_sign(own),
			      mark_sign(explore_marks_above(&s->marks, n->path)));
	if (changes)
		explore_canvas_printf(c, y, name, " %c%*s", state_sign(n), SIZE_COLUMNS,
				      report_step_size(n->bytes_before, size));
	explore_canvas_printf(c, y, plain, "%*s ", SIZE_COLUMNS, report_step_size(n->bytes_after, size));
	if (c->columns >= BAR_COLUMNS) {
		draw_bar(n, s->list.largest, changes, bar);
		explore_canvas_printf(c, y, plain, "[%s] ", bar);
	}
	explore_canvas_printf(c, y, name, "%s%s", view_node_name(n), kind_sign(n));
	if (cursor)
		explore_canvas_fill(c, y, EXPLORE_CURSOR, c->columns);
}

static void draw_titles(const struct explore_state *s, size_t y, struct explore_canvas *c)
{
	if (explore_state_has_changes(s))
		explore_canvas_printf(c, y, EXPLORE_TITLE, "     %*s%*s ", SIZE_COLUMNS, "before", SIZE_COLUMNS,
				      "after");
	else
		explore_canvas_printf(c, y, EXPLORE_TITLE, "   %*s ", SIZE_COLUMNS, "size");
	explore_canvas_printf(c, y, EXPLORE_TITLE, "%sname", c->columns >= BAR_COLUMNS ? "             " : "");
	explore_canvas_fill(c, y, EXPLORE_TITLE, c->columns);
}

/* ---- details ---- */

static void draw_kind(const struct explore_state *s, const struct view_node *n, size_t y, struct explore_canvas *c)
{
	static const char *const kinds[] = {[VIEW_FILE] = "file",
					    [VIEW_DIRECTORY] = "directory",
					    [VIEW_SYMLINK] = "symbolic link",
					    [VIEW_OTHER] = "device, fifo or socket"};
	static const char *const states[] = {
	    [VIEW_KEPT] = "", [VIEW_REMOVED] = ", removed", [VIEW_ADDED] = ", added", [VIEW_CHANGED] = ", changed"};
	explore_canvas_printf(c, y, EXPLORE_PLAIN, "%s%s", kinds[n->kind], states[n->state]);
	if (n->kind == VIEW_DIRECTORY && explore_state_has_changes(s))
		explore_canvas_printf(c, y, EXPLORE_PLAIN, ", files: %u before, %u after", n->files_before,
				      n->files_after);
	else if (n->kind == VIEW_DIRECTORY)
		explore_canvas_printf(c, y, EXPLORE_PLAIN, ", %u file%s", n->files_after,
				      n->files_after == 1 ? "" : "s");
	else if (n->kind == VIEW_FILE)
		explore_canvas_printf(c, y, EXPLORE_PLAIN, ", %" PRIu64 " bytes", explore_list_bytes(n));
	if (n->package != VIEW_NONE)
		explore_canvas_printf(c, y, EXPLORE_PLAIN, ", of the package %s",
				      strset_get(&s->list.tree->packages, n->package));
	if (s->model->compares && n->kind != VIEW_DIRECTORY && n->layer < s->model->n_layers)
		explore_canvas_printf(c, y, EXPLORE_PLAIN, ", of layer %u", n->layer + 1);
}

static void draw_origin(const struct explore_state *s, const struct view_node *n, size_t y, struct explore_canvas *c)
{
	const struct explore_model *m = s->model;
	if (n->why != VIEW_NONE)
		explore_canvas_printf(c, y, EXPLORE_PLAIN, "%s ", strset_get(&s->list.tree->reasons, n->why));
	if (n->step)
		explore_canvas_printf(c, y, EXPLORE_PLAIN, "(first needed by step %u) ", n->step);
	if (!m->compares && n->layer < m->n_layers)
		explore_canvas_printf(c, y, EXPLORE_PLAIN, "layer %u: %s", n->layer + 1, m->layers[n->layer].command);
}

static void draw_details(const struct explore_state *s, const struct explore_layout *l, struct explore_canvas *c)
{
	const struct view_node *n = explore_state_node(s);
	if (!n) {
		explore_canvas_put(c, l->details, EXPLORE_FAINT,
				   s->list.filter ? "No name here matches." : "The directory is empty.");
		return;
	}
	explore_canvas_path(c, l->details, EXPLORE_TITLE, n->path, c->columns);
	if (l->n_details > 1)
		draw_kind(s, n, l->details + 1, c);
	if (l->n_details > 2)
		draw_origin(s, n, l->details + 2, c);
}

void explore_draw_tree(const struct explore_state *s, const struct explore_layout *l, struct explore_canvas *c)
{
	const size_t top = s->cursors[EXPLORE_TREE].top;
	if (l->columns)
		draw_titles(s, l->columns, c);
	for (size_t i = 0; i < l->list && top + i < s->list.count; i++)
		draw_row(s, top + i, l->top + i, c);
	draw_details(s, l, c);
}
