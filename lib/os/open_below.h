/* os/open_below.h - openat2(2), also on kernels, emulators and seccomp profiles that do not have it: there the path is
 * walked by hand, with the same results, but with several calls for each component.
 * Spec: openat2(2), path_resolution(7). */
#pragma once

#include <linux/openat2.h>

/* As openat2: an fd, or -1 and errno. how->resolve: RESOLVE_BENEATH or RESOLVE_IN_ROOT, with any of
 * RESOLVE_NO_SYMLINKS, RESOLVE_NO_MAGICLINKS and RESOLVE_NO_XDEV; or RESOLVE_NO_SYMLINKS alone. Asks the kernel again
 * after EINTR and EAGAIN. */
int open_below(int dir, const char *path, const struct open_how *how);
/* The walk by hand. A directory that is moved or replaced meanwhile leads nowhere else: the walk fails. */
int open_below_by_hand(int dir, const char *path, const struct open_how *how);
