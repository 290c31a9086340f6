/* os/privilege.h - whether the process is root of the machine itself, and its ids outside of its user namespace. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

/* Whether we are root of the machine itself. False for an ordinary user, and for root of a user namespace or of a
 * container without CAP_SYS_ADMIN: the kernel refuses them trusted.* xattrs, device nodes and fanotify. */
bool privilege_is_full(void);

/* Our ids as the parent user namespace sees them: to root of a user's own namespace, that user's ids. If they can't be
 * read, our ids as they are. */
void privilege_outer_ids(uid_t *uid, gid_t *gid);
/* For subproc's prepare, if a program has to see itself as the user who started slim (ssh looks up the home of its
 * own id). Outside of a user namespace it does nothing. Inside one it enters a namespace below, in which the ids are
 * those of privilege_outer_ids. ctx: a struct privilege_user, filled before the fork. */
struct privilege_user {
	bool needed;
	char uid_map[64], gid_map[64];
};
void privilege_user_init(struct privilege_user *u);
int privilege_be_user(void *ctx);
