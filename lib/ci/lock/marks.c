#include "ci/lock/marks.h"

#include "base/strset.h"

void ci_lock_marks_compare(const struct ci_lock_item *old, const struct ci_lock_members *now,
			   struct ci_lock_changes *out, size_t counts[CI_LOCK_CHANGES])
{
	CLEANUP_STRSET struct strset same = {0}, names = {0};
	for (size_t i = 0; i < old->count; i++) {
		strset_add_len(&same, old->marks + i * CI_LOCK_MARK, CI_LOCK_MARK, NULL);
		strset_add_len(&names, old->marks + i * CI_LOCK_MARK, CI_LOCK_MARK / 2, NULL);
	}
	for (size_t i = 0; i < CI_LOCK_CHANGES; i++)
		counts[i] = 0;
	for (size_t i = 0; i < now->count; i++) {
		const struct ci_lock_entry *e = now->items[i];
		if (strset_find_len(&same, e->mark, CI_LOCK_MARK) != STRSET_NONE)
			continue;
		const bool known = strset_find_len(&names, e->mark, CI_LOCK_MARK / 2) != STRSET_NONE;
		const enum ci_lock_change change = known ? CI_LOCK_CHANGED : CI_LOCK_NEW;
		ci_lock_changes_add(out, change, e->path, NULL);
		counts[change]++;
	}
	if (old->count + counts[CI_LOCK_NEW] > now->count)
		counts[CI_LOCK_DROPPED] = old->count + counts[CI_LOCK_NEW] - now->count;
}
