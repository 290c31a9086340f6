/* keep/application/named.h - keeps packages that the image's author installed by name (author_packages.h), for the
 * level safe: they were put there for a program that the image uses. A package stays if it is small, or if one of
 * these ties it to a run:
 * - A run used a file of it.
 * - It has files in a directory that a run used or looked into, and that few packages share (a directory of modules,
 * plugins, dictionaries).
 * - It is a library.
 * - A package that a run used depends on it or recommends it, is of the same software, or is the one that it was made
 * for.
 * With it stay the packages of the same source that it needs, and the interpreter's program if it has programs or
 * modules for one. A tool that a run built with stays in the same way, with its headers and static libraries, and
 * with the tools that it needs. Of all others everything stays but documentation, headers, static libraries,
 * translations to other languages than the image's, and scripts of an interpreter that does not stay. */
#pragma once

#include "keep/set.h"
#include "packages/packages.h"

/* Limits in bytes: of one package together with those that stay with it, and of all packages. Files that closures
 * find for a package are not counted. unrelated: the limit of packages that have nothing to do with the runs. */
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
