#include "ci/gate/tree.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "ci/gate/private_key.h"
#include "keep/policy.h"
#include "report/reasons.h"
#include "report/why.h"
#include "text/glob.h"

#define ALTERNATIVES 64 /* of one pattern, as in a policy */
#define SHOWN 3         /* paths of one pattern */

struct set {
	const char *word;
	const char *patterns[3];
	bool (*holds)(const struct image_index *x, uint32_t node); /* true for further files of the set; NULL = none */
};

static const struct set sets[] = {
    {"shell",
     {"/**/bin/{sh,bash,rbash,dash,ash,zsh,ksh,ksh93,mksh,csh,tcsh,fish,busybox,toybox,pwsh}",
      "/**/bin/{*.static,static-sh,busybox-extras}"},
     NULL},
    {"compiler",
     {"/**/bin/"
      "{cc,c++,c89,c99,gcc,g++,gcc-*,g++-*,*-gcc,*-g++,cpp,tcc,clang,clang++,clang-*,gfortran,ld,ld.bfd,ld.gold,ld.lld,"
      "as,"
      "*-ld,*-as,rustc,javac,ghc,go,gccgo,swiftc,dmd,fpc}",
      "/**/{cc1,cc1plus,collect2}"},
     NULL},
    {"git", {"/**/.git", "/**/bin/git"}, NULL},
    {"package-manager",
     {"/**/{bin,sbin}/{apk,apt,apt-get,aptitude,dnf,dpkg,microdnf,opkg,pacman,rpm,tdnf,yum,zypper}",
      "/**/bin/{bundle,composer,gem,npm,pip,pip3,pnpm,yarn}"},
     NULL},
    {"private-key",
     {"/**/{id_rsa,id_dsa,id_ecdsa,id_ed25519}", "/**/ssh_host_{rsa,dsa,ecdsa,ed25519}_key"},
     ci_gate_private_key},
};
#define SETS (sizeof(sets) / sizeof(sets[0]))

static const struct set *find_set(const char *word)
{
	for (size_t i = 0; i < SETS; i++)
		if (strcmp(sets[i].word, word) == 0)
			return &sets[i];
	return NULL;
}

void ci_gate_tree_words(struct buf *out)
{
	for (size_t i = 0; i < SETS; i++)
		buf_printf(out, "%s%s", i ? ", " : "", sets[i].word);
}

int ci_gate_tree_check(const char *pattern, struct err *err)
{
	CLEANUP_STRLIST struct strlist alternatives = {0};
	if (!*pattern)
		return err_set(err, ERR_INVAL, "option-value-invalid", "a pattern is not empty");
	if (!glob_expand(pattern, ALTERNATIVES, &alternatives))
		return err_set(
		    err, ERR_INVAL, "option-value-invalid",
		    "\"%s\" has a brace that is left open or stands in another, or more than %d alternatives", pattern,
		    ALTERNATIVES);
	return 0;
}

struct finding {
	const struct ci_gate_tree *tree;
	struct ci_gate_tree_found *found;
	bool must;
	uint32_t shown[SHOWN], gone[SHOWN]; /* the first kept ones, the first dropped ones */
	bool *seen;                         /* by node: two patterns of a set may match the same one */
};

/* A link to a dropped path counts as dropped. A link that is already broken in the source counts as it is. */
static bool is_kept(const struct ci_gate_tree *t, uint32_t node)
{
	const struct image_index *x = t->keep->index;
	if (t->whole)
		return true;
	if (!keep_has(t->keep, node))
		return false;
	if (!image_index_node(x, node)->target)
		return true;
	CLEANUP_BUF struct buf path = {0};
	image_index_path(x, node, &path);
	uint32_t end = image_index_resolve(x, path.data, true, NULL, NULL);
	return end == IMAGE_NONE || keep_has(t->keep, end);
}

static void hit(void *ctx, uint32_t node)
{
	struct finding *f = ctx;
	struct ci_gate_tree_found *found = f->found;
	if (f->seen[node] || (!f->must && S_ISDIR(image_index_node(f->tree->keep->index, node)->mode)))
		return;
	f->seen[node] = true;
	if (is_kept(f->tree, node)) {
		if (found->kept < SHOWN)
			f->shown[found->kept] = node;
		found->kept++;
	} else {
		if (found->dropped < SHOWN)
			f->gone[found->dropped] = node;
		found->dropped++;
	}
}

static void add_path(const struct image_index *x, uint32_t node, const char *before, struct buf *out)
{
	buf_str(out, before);
	image_index_path(x, node, out);
}

/* "/bin/sh (the interpreter of /entrypoint.sh), /bin/bash (a run used it: open; by /bin/sh) and 3 more" */
static void tell_kept(const struct finding *f, struct buf *out)
{
	const struct ci_gate_tree *t = f->tree;
	const struct report_reasons_use use = {.trace = t->trace};
	for (size_t i = 0; i < SHOWN && i < f->found->kept; i++) {
		add_path(t->keep->index, f->shown[i], i ? ", " : "", out);
		if (f->must || t->whole)
			continue;
		json_auto_t *reason = report_reasons_of(t->keep, t->packages, &use, f->shown[i]);
		buf_str(out, " (");
		report_why_reason(reason, out);
		buf_char(out, ')');
	}
	if (f->found->kept > SHOWN)
		buf_printf(out, " and %llu more", (unsigned long long)f->found->kept - SHOWN);
}

static void tell_dropped(const struct finding *f, struct buf *out)
{
	for (size_t i = 0; i < SHOWN && i < f->found->dropped; i++)
		add_path(f->tree->keep->index, f->gone[i], i ? ", " : "", out);
	if (f->found->dropped > SHOWN)
		buf_printf(out, " and %llu more", (unsigned long long)f->found->dropped - SHOWN);
}

static void find_patterns(struct finding *f, const struct set *set, const char *pattern)
{
	CLEANUP_STRLIST struct strlist patterns = {0}, unused = {0};
	const struct image_index *x = f->tree->keep->index;
	for (size_t i = 0; set && i < sizeof(set->patterns) / sizeof(set->patterns[0]) && set->patterns[i]; i++)
		strlist_add(&patterns, set->patterns[i]);
	if (!set && strchr(pattern, '/'))
		strlist_add(&patterns, pattern);
	else if (!set)
		strlist_take(&patterns, mem_printf("/**/%s", pattern));
	keep_policy_match(x, &patterns, hit, f, &unused);
	for (uint32_t id = 0; set && set->holds && id < image_index_count(x); id++)
		if (is_kept(f->tree, id) && set->holds(x, id))
			hit(f, id);
}

void ci_gate_tree_find(const struct ci_gate_tree *t, const char *pattern, bool must, struct ci_gate_tree_found *out)
{
	*out = (struct ci_gate_tree_found){0};
	CLEANUP_FREE bool *seen = mem_calloc(image_index_count(t->keep->index), sizeof(*seen));
	struct finding f = {.tree = t, .found = out, .must = must, .seen = seen};
	find_patterns(&f, find_set(pattern), pattern);
	if (out->kept)
		tell_kept(&f, &out->text);
	else
		tell_dropped(&f, &out->text);
}
