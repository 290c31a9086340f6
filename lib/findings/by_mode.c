#include "findings/matchers.h"

#define STICKY 01000 /* only owners remove what is in the directory */

void findings_by_mode(struct findings_work *w, const struct findings_rule *rule)
{
	const struct inspect_history *h = w->in->history;
	const enum inspect_kind kind = rule->directories ? INSPECT_DIRECTORY : INSPECT_FILE;
	for (size_t i = 0; i < h->n_paths; i++) {
		const struct inspect_version *v = inspect_history_final(h, i);
		if (!v || v->entry->kind != kind || (v->entry->mode & rule->mode) != rule->mode ||
		    !(v->entry->mode & rule->any) || (rule->directories && (v->entry->mode & STICKY)) ||
		    (rule->paths && !findings_have_path(rule->paths, h->paths[i].path)))
			continue;
		struct findings_item *item = findings_add(w, rule, v->layer, FINDINGS_NO_LAYER, h->paths[i].path);
		if (item)
			findings_item_place(item, h->paths[i].path, 0, 1);
	}
}
