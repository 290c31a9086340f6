#include "keep/application/author_packages.h"

#include <ctype.h>
#include <string.h>

#include "base/mem.h"
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
	bool *named, *seen;                     /* by package */
};

/* ---- what is no such package ---- */

static bool matches(const char *const *globs, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (glob_match_name(globs[i], strlen(globs[i]), name, strlen(name)))
			return true;
	return false;
}
#define MATCHES(list, name) matches(list, sizeof(list) / sizeof((list)[0]), name)

/* Runtimes with a closure, and data that a rule knows. */
static bool is_modelled(const struct package *p)
{
	static const char *const globs[] = {
	    "python3", "python3.*", "python3-minimal", "libpython3*", "python2*",     "nodejs",     "node",
	    "perl",    "perl-base", "perl-modules*",   "libperl5*",   "ruby",         "ruby[0-9]*", "ruby2.*",
	    "ruby3.*", "libruby*",  "openjdk*",        "java-*",      "default-jre*", "temurin*",   "bash",
	    "dash",    "busybox*",  "coreutils",       "libc6",       "musl",         "glibc*",     "setuptools",
	    "locales", "git",       "ca-certificates*"};
	return MATCHES(globs, p->name);
}

/* What people and Dockerfiles use, besides what builds. */
static bool is_tool(const struct package *p)
{
	static const char *const sections[] = {"vcs", "editors", "shells", "kernel"};
	static const char *const globs[] = {"curl",
					    "wget",
					    "aria2",
					    "gnupg*",
					    "gpg*",
					    "dirmngr",
					    "apt-transport-https",
					    "software-properties-common",
					    "lsb-release",
					    "git",
					    "mercurial",
					    "subversion",
					    "vim*",
					    "nano",
					    "strace",
					    "gdb",
					    "bash-completion"};
	return keep_build_tools_are(p) || (p->section && KEEP_WORDS_HAVE(sections, p->section)) ||
	       MATCHES(globs, p->name);
}

bool keep_author_packages_is_apart(const struct package *p)
{
	bool library = p->section && strcmp(p->section, "libs") == 0; /* essential ones, too */
	return (p->essential && !library) || is_modelled(p) || is_tool(p);
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

/* ---- all together ---- */

static void add(struct finder *f, uint32_t package, unsigned depth)
{
	const struct package *p = &f->packages->items[package];
	const struct keep_named_use *u = &f->files->packages[package];
	if (f->seen[package] || p->essential || is_modelled(p) || (is_tool(p) && !u->used))
		return;
	f->seen[package] = true;
	f->named[package] = u->files > 0;
	if (u->files || depth == META_DEPTH)
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
			       bool *named)
{
	CLEANUP_FREE bool *seen = mem_calloc(packages->count, sizeof(*seen));
	struct finder f = {config, packages, relations, files, {{0}}, named, seen};
	read_history(&f);
	for (uint32_t i = 0; i < packages->count; i++)
		if (is_in_history(&f, &packages->items[i]) || is_requested(&f, i))
			add(&f, i, 0);
	for (size_t i = 0; i < PACKAGES_MANAGERS; i++)
		strset_done(&f.names[i]);
}
