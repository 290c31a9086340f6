#include "ci/drift/drift.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ci/lock/changes.h"
#include "ci/lock/token.h"
#include "evidence/content.h"
#include "text/quantity.h"

void ci_drift_begin(const struct trace *t, struct ci_drift *d)
{
	d->contents = mem_calloc(t->paths.count, sizeof(*d->contents));
	d->found = mem_calloc(t->paths.count, sizeof(*d->found));
	for (size_t i = 0; i < t->paths.count; i++) {
		d->contents[i] = t->entries[i].content;
		d->found[i] = t->entries[i].found;
	}
}

void ci_drift_done(struct ci_drift *d)
{
	free(d->contents);
	free(d->found);
	*d = (struct ci_drift){0};
}

static void add(struct ci_lock_changes *c, enum ci_lock_change change, const struct strset_item *path, bool directory)
{
	CLEANUP_BUF struct buf word = {0};
	ci_lock_token_add(&word, path->s, path->len);
	ci_lock_changes_add(c, change, word.data, directory ? mem_strdup("the names in it") : NULL);
}

static bool is_directory(const struct evidence *e, size_t path)
{
	const uint32_t node = evidence_way(e, path, true)->node;
	return node != IMAGE_NONE && S_ISDIR(image_index_node(e->index, node)->mode);
}

int ci_drift_end(const struct ci_drift *d, const struct evidence *e, struct trace *t, bool same,
		 struct report_drift *out, struct err *err)
{
	struct ci_lock_changes changes = {0};
	int r = same ? 0 : evidence_content_fill(e, t, err);
	if (r < 0)
		return r;
	out->known = same;
	for (size_t i = 0; i < t->paths.count; i++) {
		const struct trace_entry *now = &t->entries[i];
		const struct strset_item *path = &t->paths.items[i];
		out->paths += d->contents[i] || d->found[i] == TRACE_FOUND_NO;
		if (same)
			continue;
		out->known |= d->contents[i] != 0;
		if (d->contents[i] && !now->content && now->found != TRACE_FOUND_YES)
			add(&changes, CI_LOCK_DROPPED, path, false);
		else if (d->contents[i] && d->contents[i] != now->content)
			add(&changes, CI_LOCK_CHANGED, path, is_directory(e, i));
		else if (d->found[i] == TRACE_FOUND_NO && now->found == TRACE_FOUND_YES)
			add(&changes, CI_LOCK_NEW, path, false);
	}
	out->changed = changes.count;
	ci_lock_changes_tell(&changes, &out->lines);
	ci_lock_changes_done(&changes);
	return 0;
}

/* ---- the gate ---- */

int ci_drift_limit_parse(const char *text, struct ci_drift_limit *out, struct err *err)
{
	const size_t n = strlen(text);
	const bool percent = n && text[n - 1] == '%';
	uint64_t most;
	if (!(percent ? quantity_percent(text, &most) : n <= 9 && quantity_count(text, n, &most)))
		return err_set(err, ERR_INVAL, "option-value-invalid",
			       "--trace-max-drift takes a number of paths or a percentage such as 2%%, not \"%s\"",
			       text);
	*out = (struct ci_drift_limit){.text = text, .most = most, .percent = percent};
	return 0;
}

void ci_drift_judge(const struct ci_drift_limit *l, const struct report_drift *d, struct report_gates *out)
{
	CLEANUP_BUF struct buf figure = {0};
	const uint64_t part = d->paths ? d->changed * 100 * QUANTITY_PERCENT / d->paths : d->changed ? UINT64_MAX : 0;
	if (!l->text)
		return;
	if (!d->known)
		buf_str(&figure, "not known: the trace does not have the contents of files; record again");
	else
		buf_printf(&figure, "%" PRIu64 " of %" PRIu64 " paths (%.1f %%)", d->changed, d->paths,
			   d->paths ? (double)d->changed * 100 / (double)d->paths : 0.0);
	for (size_t i = 0; i < d->lines.count && i < 3; i++)
		buf_printf(&figure, "%s%s", i ? "; " : ": ", d->lines.items[i]);
	if (d->lines.count > 3)
		buf_printf(&figure, "; and %zu more", d->lines.count - 3);
	report_gates_add(out, "trace-max-drift", l->text, buf_steal(&figure),
			 d->known && (l->percent ? part : d->changed) <= l->most);
}
