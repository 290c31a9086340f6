#include "cmd/explore/draw_layers.h"

#include <string.h>

#include "cmd/explore/canvas/text.h"
#include "report/step/step.h"

#define SIZE_COLUMNS 10
#define WIDE 70 /* columns of a terminal that has room for what a layer changes and removes */

static void draw_size(size_t y, enum explore_look look, uint64_t bytes, bool some, struct explore_canvas *c)
{
	char size[32];
	explore_canvas_printf(c, y, look, "%*s", SIZE_COLUMNS, some ? report_step_size(bytes, size) : "-");
}

static void draw_changes(const struct explore_layer *layer, enum explore_look look, size_t y, struct explore_canvas *c)
{
	for (int i = 0; i < INSPECT_CHANGES; i++)
		if (i == INSPECT_ADDED || c->columns >= WIDE)
			draw_size(y, look, layer->sum[i].bytes, layer->sum[i].paths > 0, c);
	explore_canvas_printf(c, y, look, "  %s", layer->command);
}

static void draw_row(const struct explore_state *s, size_t at, size_t y, struct explore_canvas *c)
{
	const bool cursor = at == s->cursors[EXPLORE_LAYERS].at;
	const size_t shown = s->layer == EXPLORE_ALL_LAYERS ? 0 : s->layer + 1;
	const enum explore_look look = cursor ? EXPLORE_CURSOR : EXPLORE_PLAIN;
	explore_canvas_printf(c, y, look, "%c%c", cursor ? '>' : ' ', at == shown ? '*' : ' ');
	if (at) {
		const struct explore_layer *layer = &s->model->layers[at - 1];
		explore_canvas_printf(c, y, look, "%3zu", at);
		draw_size(y, look, layer->blob, true, c);
		draw_changes(layer, look, y, c);
	} else {
		explore_canvas_put(c, y, look, "all layers: the files that the image shows");
	}
	if (cursor)
		explore_canvas_fill(c, y, look, c->columns);
}

static void draw_titles(size_t y, struct explore_canvas *c)
{
	explore_canvas_printf(c, y, EXPLORE_TITLE, "     %*s%*s", SIZE_COLUMNS, "blob", SIZE_COLUMNS, "added");
	if (c->columns >= WIDE)
		explore_canvas_printf(c, y, EXPLORE_TITLE, "%*s%*s", SIZE_COLUMNS, "changed", SIZE_COLUMNS, "removed");
	explore_canvas_put(c, y, EXPLORE_TITLE, "  made by");
	explore_canvas_fill(c, y, EXPLORE_TITLE, c->columns);
}

/* The command of the layer under the cursor in full, as far as there is room. */
static void draw_details(const struct explore_state *s, const struct explore_layout *l, struct explore_canvas *c)
{
	const size_t at = s->cursors[EXPLORE_LAYERS].at;
	const char *command = at ? s->model->layers[at - 1].command : "";
	CLEANUP_STRLIST struct strlist lines = {0};
	CLEANUP_BUF struct buf safe = {0};
	buf_escape(&safe, command, strlen(command));
	explore_text_wrap(safe.data ? safe.data : "", c->columns, &lines);
	for (size_t i = 0; i < l->n_details && i < lines.count; i++)
		explore_canvas_put(c, l->details + i, EXPLORE_PLAIN, lines.items[i]);
}

void explore_draw_layers(const struct explore_state *s, const struct explore_layout *l, struct explore_canvas *c)
{
	const size_t top = s->cursors[EXPLORE_LAYERS].top;
	if (l->columns)
		draw_titles(l->columns, c);
	for (size_t i = 0; i < l->list && top + i < s->model->n_layers + 1; i++)
		draw_row(s, top + i, l->top + i, c);
	draw_details(s, l, c);
}
