#include "cmd/explore/draw_layers.h"

#include <string.h>

#include "cmd/explore/canvas/text.h"
#include "report/step/step.h"

#define SIZE_COLUMNS 10 /* with the blank before it */
#define WIDE 70         /* columns of a terminal that has room for all sizes */

static size_t sizes_shown(const struct explore_canvas *c)
{
	return c->columns < WIDE ? 2 : EXPLORE_SIZES;
}

static void draw_layer(const struct explore_layer *layer, enum explore_look look, size_t y, struct explore_canvas *c)
{
	char text[32];
	for (size_t i = 0; i < sizes_shown(c); i++) {
		const struct explore_size *s = &layer->sizes[i];
		explore_canvas_printf(c, y, look, " %*s", SIZE_COLUMNS - 1,
				      s->none ? "-" : report_step_size(s->bytes, text));
	}
	explore_canvas_printf(c, y, look, "  %s", layer->command);
}

static void draw_row(const struct explore_state *s, size_t at, size_t y, struct explore_canvas *c)
{
	const bool cursor = at == s->cursors[EXPLORE_LAYERS].at;
	const size_t shown = s->layer == EXPLORE_ALL_LAYERS ? 0 : s->layer + 1;
	const enum explore_look look = cursor ? EXPLORE_CURSOR : EXPLORE_PLAIN;
	explore_canvas_printf(c, y, look, "%c%c", cursor ? '>' : ' ', at == shown ? '*' : ' ');
	if (at) {
		explore_canvas_printf(c, y, look, "%3zu", at);
		draw_layer(&s->model->layers[at - 1], look, y, c);
	} else {
		explore_canvas_put(c, y, look,
				   s->model->compares ? "all layers: the files of the original image"
						      : "all layers: the files that the image shows");
	}
	if (cursor)
		explore_canvas_fill(c, y, look, c->columns);
}

static void draw_titles(const struct explore_state *s, size_t y, struct explore_canvas *c)
{
	explore_canvas_put(c, y, EXPLORE_TITLE, "     ");
	for (size_t i = 0; i < sizes_shown(c); i++)
		explore_canvas_printf(c, y, EXPLORE_TITLE, "%*s", SIZE_COLUMNS, s->model->size_names[i]);
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
		draw_titles(s, l->columns, c);
	for (size_t i = 0; i < l->list && top + i < s->model->n_layers + 1; i++)
		draw_row(s, top + i, l->top + i, c);
	draw_details(s, l, c);
}
