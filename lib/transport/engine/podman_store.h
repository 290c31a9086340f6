/* transport/engine/podman_store.h - tells whether podman may have images here, without starting it. Spec:
 * containers-storage.conf(5). Private to lib/transport/engine/. */
#pragma once

#include <stdbool.h>

bool engine_podman_is_installed(void);
/* Whether its store exists, as far as files tell; true where they leave it open. */
bool engine_podman_has_store(void);
