/* keep/application/named.h - keeps packages that the image's author installed by name (author_packages.h), for the
 * level safe: they were put there for a program that the image uses. One stays if it has to do with what a run used: a
 * run used a file of it; files of it lie in a directory that is not everybody's and that a run used or looked into (a
 * directory of modules, plugins, dictionaries); it is a library; a package that a run used needs or wants it; it is of
 * the same software as one, or made for one. One that has not stays if it is small.
 * With it stays what it needs of the same source, and the program of the interpreter that it has programs or modules
 * for. A tool that a run built with stays in the same way, with its headers and static libraries, and with the tools
 * that it needs. Of all others stays all but documentation, headers, static libraries, translations to other languages
 * than the image's, and scripts of an interpreter that does not stay. */
#pragma once

#include "keep/set.h"
#include "packages/packages.h"

/* Of bytes that a package adds with what stays with it, and of all of them; what closures find for it comes on top.
 * unrelated: of those that have nothing to do with the runs. */
struct keep_named_limits {
	uint64_t package, sum, unrelated, unrelated_sum;
};
#ifndef KEEP_NAMED_MIB /* docs/limits.md: why so many */
#define KEEP_NAMED_MIB 128
#endif
#define KEEP_NAMED_LIMITS                                                                                              \
	((struct keep_named_limits){(uint64_t)KEEP_NAMED_MIB << 20, 2 * (uint64_t)KEEP_NAMED_MIB << 20, 16ull << 20,   \
				    64ull << 20})

struct keep_named_package {
	uint32_t package; /* its number */
	uint64_t bytes;   /* that it adds, or would have */
	uint32_t node;    /* what holds most of it, a directory or a file; 0 if kept, unrelated or one of too many */
	bool related;     /* it has to do with what a run used */
	bool kept;
};

struct keep_named {
	struct keep_named_package *items; /* by bytes, the smallest first */
	size_t count, cap;
	uint64_t bytes; /* added, at most */
};

/* After keep_trace and all else that needs no closure: what is kept already counts for nothing. *out: the caller's, to
 * be given to _done. */
void keep_named_add(struct keep_set *k, const struct packages *packages, const struct evidence *e,
		    struct keep_named_limits limits, struct keep_named *out);
void keep_named_done(struct keep_named *n);
