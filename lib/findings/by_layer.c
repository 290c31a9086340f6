#include "findings/matchers.h"

static bool has_other_rights(const struct inspect_entry *a, const struct inspect_entry *b)
{
	return a->mode != b->mode || a->uid != b->uid || a->gid != b->gid;
}

static enum findings_fact fact_of(const struct inspect_version *v, const struct inspect_version *after)
{
	if (!after->entry)
		return FINDINGS_REMOVED_LATER;
	return after->same_content && has_other_rights(v->entry, after->entry) ? FINDINGS_COPIED_FOR_MODE
									       : FINDINGS_REPLACED_LATER;
}

/* Package managers rewrite their databases in each layer that installs something: nobody can avoid that. */
static bool is_database(const struct findings_work *w, size_t path)
{
	return w->claimed[path] ||
	       (w->nodes[path] != IMAGE_NONE && w->in->packages->database && w->in->packages->database[w->nodes[path]]);
}

void findings_by_layer(struct findings_work *w, const struct findings_rule *rule)
{
	const struct inspect_history *h = w->in->history;
	for (size_t i = 0; i < h->n_paths; i++) {
		const struct inspect_version *v = h->versions + h->paths[i].first;
		if (rule->what == FINDINGS_REPLACED_LATER && is_database(w, i))
			continue;
		for (size_t k = 0; k + 1 < h->paths[i].n; k++) {
			if (!v[k].entry || !v[k].entry->bytes || fact_of(&v[k], &v[k + 1]) != rule->what)
				continue;
			struct findings_item *item =
			    findings_add(w, rule, v[k].layer, v[k + 1].layer, h->paths[i].path);
			if (item)
				findings_item_place(item, h->paths[i].path, v[k].entry->bytes, 1);
		}
	}
}
