#include "cmd/explore/draw.h"

#include <string.h>

#include "base/mem.h"
#include "cmd/explore/draw_layers.h"
#include "cmd/explore/draw_tree.h"
#include "cmd/explore/canvas/layout.h"
#include "cmd/explore/canvas/text.h"
#include "report/step/step.h"

static const char tree_keys[] = "? help  Tab layers  / filter  s sort  i e u mark  w write  y why  q quit";
static const char report_keys[] = "? help  Tab layers  v removed  / filter  i e u mark  w write  y why  q quit";
static const char no_layers_keys[] = "? help  v removed  / filter  s sort  i e u mark  w write  y why  q quit";
static const char layer_keys[] = "? help  Enter only this layer  Tab back  q quit";
static const char text_keys[] = "q back  j k scroll";
static const char few_keys[] = "? help  q quit";

/* A row with a text at its left, cut to the room that the text at its right leaves. keep_end: cut at its start. */
static void two_sides(size_t y, enum explore_look look, const char *left, bool keep_end, const char *right,
		      struct explore_canvas *c)
{
	const size_t width = explore_text_width(right, strlen(right));
	const size_t room = c->columns > width + 2 ? c->columns - width - 2 : c->columns;
	CLEANUP_BUF struct buf cut = {0};
	buf_str(&cut, "");
	if (!keep_end)
		explore_text_cut(left, strlen(left), room, &cut);
	explore_canvas_path(c, y, look, keep_end ? left : cut.data, room);
	if (room < c->columns) {
		explore_canvas_fill(c, y, look, room + 2);
		explore_canvas_put(c, y, look, right);
	}
	explore_canvas_fill(c, y, look, c->columns);
}

static void draw_title(const struct explore_state *s, struct explore_canvas *c)
{
	const struct view_node *root = &s->model->tree->nodes[0];
	char before[32], after[32];
	report_step_size(root->bytes_before, before);
	report_step_size(root->bytes_after, after);
	CLEANUP_FREE char *left = mem_printf("slim explore  %s", s->model->title);
	CLEANUP_FREE char *right = s->model->compares ? mem_printf("%s -> %s", before, after)
						      : mem_printf("%s, %u files", after, root->files_after);
	two_sides(0, EXPLORE_HEAD, left, false, right, c);
}

static void draw_place(const struct explore_state *s, struct explore_canvas *c)
{
	static const char *const names[] = {
	    [EXPLORE_TREE] = "", [EXPLORE_LAYERS] = "Layers", [EXPLORE_WHY] = "Why", [EXPLORE_HELP] = "Keys"};
	CLEANUP_BUF struct buf right = {0};
	buf_str(&right, "");
	if (s->screen == EXPLORE_TREE && s->layer != EXPLORE_ALL_LAYERS)
		buf_printf(&right, "layer %zu only  ", s->layer + 1);
	if (s->screen == EXPLORE_TREE && s->list.shown != EXPLORE_SHOW_ALL)
		buf_str(&right, s->list.shown == EXPLORE_SHOW_REMOVED ? "only removed  " : "without removed  ");
	if (s->screen == EXPLORE_TREE && s->list.filter)
		buf_printf(&right, "names with \"%s\"  ", s->list.filter);
	if (explore_marks_count(&s->marks))
		buf_printf(&right, "marks: +%zu -%zu  ", s->marks.counts[EXPLORE_INCLUDE],
			   s->marks.counts[EXPLORE_EXCLUDE]);
	if (explore_state_count(s))
		buf_printf(&right, "%zu/%zu", s->cursors[s->screen].at + 1, explore_state_count(s));
	const char *left = s->screen == EXPLORE_TREE ? s->list.tree->nodes[s->list.dir].path : names[s->screen];
	two_sides(1, EXPLORE_TITLE, left, true, right.data, c);
}

static void draw_prompt(const struct explore_state *s, size_t y, struct explore_canvas *c)
{
	switch (s->prompt.kind) {
	case EXPLORE_PROMPT_FILTER:
		explore_canvas_put(c, y, EXPLORE_TITLE, "Filter: ");
		break;
	case EXPLORE_PROMPT_FILE:
		explore_canvas_put(c, y, EXPLORE_TITLE, "Policy file: ");
		break;
	case EXPLORE_PROMPT_REPLACE:
		explore_canvas_put(c, y, EXPLORE_TITLE, "Replace the file (y or n)? ");
		explore_canvas_path(c, y, EXPLORE_TITLE, s->file, c->columns);
		return;
	default:
		explore_canvas_put(c, y, EXPLORE_TITLE, "Marks are not written. Quit (y or n)?");
		return;
	}
	const size_t left = explore_canvas_left(c, y);
	explore_canvas_path(c, y, EXPLORE_PLAIN, s->prompt.input.data, left ? left - 1 : 0);
}

static void draw_foot(const struct explore_state *s, size_t y, struct explore_canvas *c)
{
	const char *keys = s->screen == EXPLORE_LAYERS ? layer_keys
			   : explore_state_is_text(s)  ? text_keys
			   : !s->model->n_layers       ? no_layers_keys
			   : s->model->compares        ? report_keys
						       : tree_keys;
	if (s->prompt.kind)
		draw_prompt(s, y, c);
	else if (s->message)
		explore_canvas_put(c, y, EXPLORE_TITLE, s->message);
	else
		explore_canvas_put(c, y, EXPLORE_FAINT, strlen(keys) <= c->columns ? keys : few_keys);
}

static void draw_text(const struct explore_state *s, const struct explore_layout *l, struct explore_canvas *c)
{
	const size_t top = s->cursors[s->screen].top;
	for (size_t i = 0; i < l->text && top + i < s->lines.count; i++)
		explore_canvas_put(c, EXPLORE_TEXT_TOP + i, EXPLORE_PLAIN, s->lines.items[top + i]);
}

void explore_draw(const struct explore_state *s, struct explore_canvas *out)
{
	const struct explore_layout l = explore_layout(s->columns, s->rows);
	explore_canvas_clear(out, s->columns, s->rows);
	if (!l.fits) {
		explore_canvas_printf(out, 0, EXPLORE_PLAIN, "Needs %d x %d characters", EXPLORE_LEAST_COLUMNS,
				      EXPLORE_LEAST_ROWS);
		return;
	}
	draw_title(s, out);
	draw_place(s, out);
	if (s->screen == EXPLORE_TREE)
		explore_draw_tree(s, &l, out);
	else if (s->screen == EXPLORE_LAYERS)
		explore_draw_layers(s, &l, out);
	else
		draw_text(s, &l, out);
	draw_foot(s, l.foot, out);
}
