#include "keep/application/author_packages.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "keep/application/tools.h"
#include "keep/build_tools.h"
#include "keep/words.h"
#include "packages/install_command.h"
#include "text/glob.h"

#define META_DEPTH 4 /* metapackages in each other */

struct finder {
	const struct oci_image_config *config;
	const struct packages *packages;
	const struct packages_relations *relations;
	const struct keep_named_files *files;
	struct strset names[PACKAGES_MANAGERS]; /* of the history */
	struct keep_author_packages *out;
	bool *seen; /* by package */
};

/* ---- what is no such package ---- */

/* Interpreters whose closures know what they need of their packages. */
static bool is_interpreter(const struct package *p)
{
	static const char *const globs[] = {"python3",   "python3.*", "python3-minimal", "perl",
					    "perl-base", "ruby",      "ruby2.*",         "ruby3.*"};
	return GLOB_MATCH_ANY(globs, p->name);
}

/* Other runtimes with a closure, and data that a rule knows. */
static bool is_modelled(const struct package *p)
{
	static const char *const globs[] = {
	    "libpython3*", "python2*", "nodejs",     "node",         "perl-modules*",   "libperl5*",
	    "ruby[0-9]*",  "libruby*", "openjdk*",   "default-jre*", "temurin*",        "java-*",
	    "bash",        "dash",     "busybox*",   "libc6",        "coreutils",       "musl",
	    "glibc*",      "locales",  "setuptools", "git",          "ca-certificates*"};
	return is_interpreter(p) || GLOB_MATCH_ANY(globs, p->name);
}

static enum keep_author_role role_of(uint32_t package, const struct packages *packages,
				     const struct keep_named_files *files)
{
	const struct package *p = &packages->items[package];
	bool library = p->section && strcmp(p->section, "libs") == 0; /* essential ones, too */
	if (is_interpreter(p))
		return KEEP_AUTHOR_INTERPRETER;
	if ((p->essential && !library) || is_modelled(p))
		return KEEP_AUTHOR_APART;
	return keep_tools_are(p) && !files->packages[package].in_use ? KEEP_AUTHOR_APART : KEEP_AUTHOR_PART;
}

/* ---- names ---- */

/* PEP 503: pip takes any spelling. */
static void add_folded(struct strset *set, const char *name)
{
	CLEANUP_BUF struct buf folded = {0};
	for (; *name; name++) {
		bool separator = strchr("-_.", *name) != NULL;
		if (!separator || !folded.len || folded.data[folded.len - 1] != '-')
			buf_char(&folded, separator ? '-' : (char)tolower((unsigned char)*name));
	}
	(void)strset_add_len(set, folded.data ? folded.data : "", folded.len, NULL);
}

static void read_history(struct finder *f)
{
	const char *by;
	for (size_t i = 0; f->config && (by = oci_image_config_step(f->config, i)) != NULL; i++)
		packages_install_command(by, strlen(by), f->names);
	CLEANUP_STRSET struct strset spelt = f->names[PACKAGES_PIP];
	f->names[PACKAGES_PIP] = (struct strset){0};
	for (size_t i = 0; i < spelt.count; i++)
		add_folded(&f->names[PACKAGES_PIP], spelt.items[i].s);
}

static bool is_in_history(const struct finder *f, const struct package *p)
{
	const struct strset *names = &f->names[p->manager];
	if (p->manager != PACKAGES_PIP || !names->count)
		return names->count && strset_find(names, p->name) != STRSET_NONE;
	CLEANUP_STRSET struct strset folded = {0};
	add_folded(&folded, p->name);
	return strset_find(names, folded.items[0].s) != STRSET_NONE;
}

/* Whoever makes Debian's base images unpacks packages, and does not tell apt which of them only came along. */
static bool is_requested(const struct finder *f, uint32_t package)
{
	static const char *const along[] = {"libs", "oldlibs"};
	const struct package *p = &f->packages->items[package];
	if (p->manager != PACKAGES_DPKG)
		return p->requested;
	return p->requested && !f->files->packages[package].base && !(p->section && KEEP_WORDS_HAVE(along, p->section));
}

/* A tool of the distribution that a run built with. */
static bool is_built_with(const struct package *p, const struct keep_named_use *u)
{
	return packages_is_of_distribution(p) && keep_build_tools_are(p) && u->used;
}

/* ---- all together ---- */

static void add(struct finder *f, uint32_t package, unsigned depth)
{
	const struct keep_named_use *u = &f->files->packages[package];
	enum keep_author_role role = f->out->roles[package];
	if (f->seen[package] || role == KEEP_AUTHOR_APART)
		return;
	f->seen[package] = true;
	f->out->named[package] = role == KEEP_AUTHOR_INTERPRETER || u->files > 0;
	if (f->out->named[package] || depth == META_DEPTH)
		return;
	for (int kind = PACKAGES_NEEDS; kind <= PACKAGES_WANTS; kind++) {
		size_t n;
		const uint32_t *others = packages_relations_of(f->relations, package, (enum packages_relation)kind, &n);
		for (size_t i = 0; i < n; i++)
			add(f, others[i], depth + 1);
	}
}

void keep_author_packages_find(const struct oci_image_config *config, const struct packages *packages,
			       const struct packages_relations *relations, const struct keep_named_files *files,
			       struct keep_author_packages *out)
{
	CLEANUP_FREE bool *seen = mem_calloc(packages->count, sizeof(*seen));
	*out = (struct keep_author_packages){mem_calloc(packages->count, sizeof(*out->named)),
					     mem_calloc(packages->count, sizeof(*out->roles))};
	struct finder f = {config, packages, relations, files, {{0}}, out, seen};
	for (uint32_t i = 0; i < packages->count; i++)
		out->roles[i] = (uint8_t)role_of(i, packages, files);
	read_history(&f);
	for (uint32_t i = 0; i < packages->count; i++) {
		const struct package *p = &packages->items[i];
		if (is_in_history(&f, p) || is_requested(&f, i))
			add(&f, i, 0);
		if (is_built_with(p, &files->packages[i]) && out->roles[i] == KEEP_AUTHOR_PART)
			out->named[i] = true;
	}
	for (size_t i = 0; i < PACKAGES_MANAGERS; i++)
		strset_done(&f.names[i]);
}

void keep_author_packages_done(struct keep_author_packages *a)
{
	free(a->named);
	free(a->roles);
	*a = (struct keep_author_packages){0};
}
