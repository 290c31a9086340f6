#include "pipeline/selection.h"

#include "base/mem.h"
#include "keep/application/most.h"
#include "keep/application/package_programs.h"
#include "keep/application/skeleton.h"
#include "keep/closure/closures.h"
#include "keep/trees/registries.h"

#define TOLD_PACKAGES 8 /* of those that are listed in one note */

static bool is_used_database(const struct pipeline_selection *s, uint32_t node)
{
	return s->packages.database[node] && s->keep.reasons[node].kind == KEEP_TRACE &&
	       S_ISREG(image_index_node(s->keep.index, node)->mode);
}

static void keep_database(struct pipeline_selection *s, uint32_t node)
{
	keep_node(&s->keep, node, KEEP_WHY(KEEP_DATABASE, IMAGE_NONE));
}

/* The package databases name what remains. One that a run read stays as it is: what reads it may compare. */
static int trim_databases(struct pipeline_selection *s, struct err *err)
{
	const struct image_index *x = s->keep.index;
	uint32_t n = image_index_count(x);
	CLEANUP_FREE bool *kept = mem_calloc(n, sizeof(*kept));
	bool whole = s->policy->package_db == KEEP_DB_KEEP;
	for (uint32_t id = 0; id < n; id++) {
		kept[id] = keep_has(&s->keep, id);
		whole |= is_used_database(s, id);
	}
	packages_edits_done(&s->edits);
	if (s->policy->package_db == KEEP_DB_DROP)
		return 0;
	for (uint32_t id = 0; whole && id < n; id++)
		if (s->packages.database[id])
			keep_database(s, id);
	int r = whole ? 0 : packages_trim(&s->packages, x, kept, &s->edits, err);
	for (size_t i = 0; r == 0 && i < s->edits.count; i++)
		keep_database(s, s->edits.items[i].node);
	return r;
}

/* Notes the packages that were installed by name and are removed: one line for each that a run had to do with, and one
 * line for all others. */
static void tell_named(const struct pipeline_selection *s, struct notes *notes)
{
	CLEANUP_BUF struct buf others = {0};
	size_t n = 0;
	for (size_t i = s->named.count; i-- > 0;) { /* the biggest first */
		const struct keep_named_package *p = &s->named.items[i];
		const char *name = s->packages.items[p->package].name;
		double mb = (double)p->bytes / 1e6;
		CLEANUP_BUF struct buf path = {0};
		if (!p->kept && p->node) {
			image_index_path(s->keep.index, p->node, &path);
			notes_add(
			    notes, "named-package-not-kept",
			    "the package %s was installed by name, but only its files in use stay. It has %.1f MB with "
			    "the packages that it needs, which is above the limit; --include %s keeps it",
			    name, mb, path.data);
		} else if (!p->kept && n++ < TOLD_PACKAGES) {
			buf_printf(&others, "%s%s (%.1f MB)", others.len ? ", " : "", name, mb);
		}
	}
	if (n)
		notes_add(notes, "named-packages-not-used",
			  "%zu package%s installed by name, of which no run used anything: %s%s; --include-exe PROGRAM "
			  "keeps a program of one",
			  n, n == 1 ? " was" : "s were", others.data, n > TOLD_PACKAGES ? ", ..." : "");
}

int pipeline_selection_make(const struct evidence *evidence, const struct oci_image_config *config,
			    const struct keep_policy *policy, struct notes *notes, struct pipeline_selection *out,
			    struct err *err)
{
	CLEANUP_STRLIST struct strlist unused = {0};
	*out = (struct pipeline_selection){.policy = policy};
	keep_set_init(&out->keep, evidence->index, config, policy->level);
	out->keep.mentions = &out->mentions;
	keep_policy_exclude(&out->keep, policy, &unused);
	keep_trace(&out->keep, evidence);
	keep_config(&out->keep, config);
	keep_policy_include(&out->keep, policy, &unused);
	int r = packages_read(evidence->index, &out->packages, err);
	if (r < 0)
		return r;
	if (policy->level >= KEEP_CLOSURE)
		keep_package_programs(&out->keep, &out->packages, evidence);
	if (policy->level >= KEEP_SAFE) {
		keep_application_add(&out->keep, &out->packages, &out->application);
		keep_trees_add(&out->keep, &out->packages, evidence, KEEP_TREES_LIMITS, &out->trees);
		out->keep.trees = &out->trees;
		keep_registries_add(&out->keep, evidence, &out->trees);
		keep_siblings_add(&out->keep, &out->packages, evidence, KEEP_SIBLINGS_LIMITS, &out->siblings);
		keep_named_add(&out->keep, &out->packages, evidence, KEEP_NAMED_LIMITS, &out->named);
		keep_skeleton_add(&out->keep, &out->packages);
	}
	if (policy->level >= KEEP_MOST)
		keep_most_add(&out->keep, &out->packages);
	for (size_t i = 0; i < unused.count; i++)
		notes_add(notes, "policy-matches-nothing", "the image has nothing that \"%s\" of the policy matches",
			  unused.items[i]);
	for (size_t i = 0; policy->package_db == KEEP_DB_TRIM && i < out->packages.unread.count; i++)
		notes_add(notes, "package-database-dropped",
			  "there is no package in %s that slim can read: it is left out; --package-db keep keeps it",
			  out->packages.unread.items[i]);
	if (policy->level < KEEP_MOST) /* that level keeps them all the same */
		tell_named(out, notes);
	return pipeline_selection_close(out, err);
}

int pipeline_selection_close(struct pipeline_selection *s, struct err *err)
{
	int r = keep_closures(&s->keep, err);
	return r < 0 ? r : trim_databases(s, err);
}

void pipeline_selection_done(struct pipeline_selection *s)
{
	keep_unproven_done(&s->unproven);
	keep_mentions_done(&s->mentions);
	keep_siblings_done(&s->siblings);
	keep_named_done(&s->named);
	keep_trees_done(&s->trees);
	keep_application_done(&s->application);
	packages_edits_done(&s->edits);
	packages_done(&s->packages);
	keep_set_done(&s->keep);
}
