/* runtime/userns.h - makes an ordinary user root of a user namespace, where layers unpack with all their owners,
 * overlays mount and containers run.
 * Spec: user_namespaces(7), newuidmap(1). Id 0 is the user, 1 and up are the user's ranges of subuid(5) and subgid(5),
 * which newuidmap and newgidmap (both setuid root) write into the maps. */
#pragma once

#include "base/err.h"

/* Nothing for root. Else this process becomes root of a new user namespace, in a mount namespace that it owns too and
 * that still follows the machine's mounts; HOME is set if it was not. Call before any thread is started and before
 * anything looks at an owner. The errors say what the machine or the user's account lacks: ERR_NOTFOUND for what is to
 * be installed or configured, ERR_DENIED for what the system forbids. */
int runtime_userns_enter(struct err *err) MUST_CHECK;
