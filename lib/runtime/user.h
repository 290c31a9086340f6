/* runtime/user.h - looks the user of an image config up in the image's own files.
 * Spec: image-spec 1.1 config.md (User): user, uid, user:group, uid:gid, uid:group, user:gid.
 * As with Docker, a given group is the only one. If none is given, they are the user's primary group of /etc/passwd (0
 * if the user has no line) and the groups of /etc/group that name the user. HOME comes from the passwd line. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/err.h"

struct runtime_user {
	uint32_t uid, gid;
	uint32_t *groups; /* supplementary ids, the primary one not among them */
	size_t n_groups;
	char *home; /* "/" when unknown */
};

/* root: fd of the image's root directory. "" is root. Lines that are malformed are skipped; a name that is not there is
 * ERR_NOTFOUND and says in which file. */
int runtime_user_lookup(int root, const char *user, struct runtime_user *out, struct err *err) MUST_CHECK;
void runtime_user_done(struct runtime_user *u);
#define CLEANUP_RUNTIME_USER CLEANUP(runtime_user_done)
