#include "report/diff/view.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/mem.h"

void report_diff_eye_init(struct report_diff_eye *eye, const struct report_diff_side *side, size_t unread)
{
	*eye = (struct report_diff_eye){.side = side, .is_partial = unread > 0};
	if (!unread)
		return;
	eye->hides = mem_calloc(side->history->n_paths, sizeof(*eye->hides));
	for (size_t i = unread; i < side->lists->count; i++)
		for (size_t j = 0; j < side->lists->items[i].count; j++) {
			const struct inspect_entry *e = &side->lists->items[i].items[j];
			if (e->kind != INSPECT_WHITEOUT && e->kind != INSPECT_OPAQUE)
				continue;
			struct report_diff_hide *h = &eye->hides[inspect_history_find(side->history, e->path)];
			h->self |= e->kind == INSPECT_WHITEOUT;
			h->below = true;
			h->layer = (uint16_t)i;
		}
}

void report_diff_eye_done(struct report_diff_eye *eye)
{
	free(eye->hides);
	*eye = (struct report_diff_eye){0};
}

/* The file that a hard link names: in the link's own layer, else as the image shows it. NULL if it is not found. */
static const struct inspect_entry *file_of(const struct report_diff_side *s, const struct inspect_entry *link,
					   size_t *layer)
{
	const struct inspect_entry *e = link;
	for (unsigned hops = 0; e && e->kind == INSPECT_HARDLINK && hops < LIMIT_SYMLINKS; hops++) {
		const char *target = e->target;
		e = inspect_list_find(&s->lists->items[*layer], target);
		const size_t path = e ? SIZE_MAX : inspect_history_find(s->history, target);
		const struct inspect_version *v = path == SIZE_MAX ? NULL : inspect_history_final(s->history, path);
		if (v) {
			e = v->entry;
			*layer = v->layer;
		}
	}
	return e && e->kind == INSPECT_FILE ? e : NULL;
}

static void show(const struct report_diff_side *s, const struct inspect_version *v, struct report_diff_view *out)
{
	size_t layer = v->layer;
	const struct inspect_entry *file = v->entry;
	out->state = REPORT_DIFF_SHOWN;
	out->entry = v->entry;
	out->is_link = v->entry->kind == INSPECT_HARDLINK;
	if (out->is_link && (file = file_of(s, v->entry, &layer)))
		out->entry = file;
	if (file && file->kind == INSPECT_FILE)
		out->sum = inspect_list_sum(&s->lists->items[layer], file);
}

/* Any own entry but a directory hides what unread layers have below the path. */
static bool hides_below(const struct inspect_history *h, size_t at)
{
	const struct inspect_path *p = &h->paths[at];
	for (size_t i = 0; i < p->n; i++) {
		const struct inspect_entry *e = h->versions[p->first + i].entry;
		if (e && e->kind != INSPECT_DIRECTORY)
			return true;
	}
	return false;
}

void report_diff_look(struct report_diff_eye *eye, const char *path, size_t at, struct report_diff_view *out)
{
	const struct inspect_history *h = eye->side->history;
	const bool known = at != SIZE_MAX;
	const struct inspect_version *v =
	    known && h->paths[at].n ? &h->versions[h->paths[at].first + h->paths[at].n - 1] : NULL;
	const struct report_diff_hide *hide = known && eye->hides ? &eye->hides[at] : NULL;
	if (eye->scope && !inspect_path_is_below(path, eye->scope))
		eye->scope = NULL;
	*out = (struct report_diff_view){.layer = v ? v->layer : 0};
	if (v && v->entry)
		show(eye->side, v, out);
	else if (hide && hide->self)
		out->is_named = true;
	else if (!v && !eye->scope)
		out->state = eye->is_partial ? REPORT_DIFF_UNREAD : REPORT_DIFF_ABSENT;
	if (!v)
		out->layer = hide && hide->self ? hide->layer : eye->scope ? eye->scope_layer : 0;
	if (hide && !eye->scope && (hide->below || hides_below(h, at))) {
		eye->scope = path;
		eye->scope_layer = hide->below ? hide->layer : v ? v->layer : 0;
	}
}
