/* base/privilege.h - how far root's rights reach. */
#pragma once

#include <stdbool.h>

/* Whether we are root of the machine itself: not an ordinary user, nor root of a user namespace, whom the kernel
 * refuses trusted.* xattrs, device nodes and fanotify. */
bool privilege_is_full(void);
