/* runtime/subid.h - the ranges of ids that an ordinary user may use in a user namespace.
 * Spec: subuid(5), subgid(5): lines NAME:START:COUNT, where NAME may be the user's number.
 * Lines that are malformed, of others, or overlap what is there already are skipped: the kernel would refuse the map.
 * libsubid, which asks nsswitch, is not used: it came with shadow 4.9, so that Ubuntu 22.04 and Debian 11 do not have
 * it; its functions were renamed in version 4; and it takes the files' paths from nobody, so that a test could not give
 * it samples. If the ranges come from elsewhere (nsswitch.conf has "subid: sss"), slim has to run as root. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define RUNTIME_SUBID_RANGES 32 /* of one user; what follows is not used */

struct runtime_subid_ranges {
	struct runtime_subid_range {
		uint32_t start, count; /* start + count <= UINT32_MAX */
	} items[RUNTIME_SUBID_RANGES];
	size_t n;
	uint64_t ids; /* all counts together */
};

/* Whose ranges, and the id that is in the map besides them. */
struct runtime_subid_user {
	const char *name;
	uint32_t uid;
	uint32_t own; /* the user's uid or gid, as the file is of uids or gids */
};

/* The ranges in such a text. */
void runtime_subid_parse(const char *text, size_t len, const struct runtime_subid_user *user,
			 struct runtime_subid_ranges *out);

/* The same of a file; a missing one has none. */
int runtime_subid_load(const char *path, const struct runtime_subid_user *user, struct runtime_subid_ranges *out,
		       struct err *err) MUST_CHECK;
