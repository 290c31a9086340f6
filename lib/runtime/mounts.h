/* runtime/mounts.h - a private mount namespace, so that no mount outlives slim, however it is killed. */
#pragma once

#include "base/err.h"

/* Unshare and make every mount a slave. *host_ns: fd of the namespace we came from, for programs of the host that we
 * start (runtime_mounts_enter). Call once, before any thread. ERR_DENIED says what is lacking. */
int runtime_mounts_isolate(int *host_ns, struct err *err) MUST_CHECK;

/* For a child between fork and exec: back into the namespace, in the working directory of the same path there (ENOENT
 * if it has none). Returns 0 or an errno. Async-signal-safe. */
int runtime_mounts_enter(int ns);
