/* keep/source/config_names.h - keeps the programs and files that the image's entrypoint, command, health check and
 * CLASSPATH name as arguments or in a shell's text. */
#pragma once

#include "keep/set.h"

void keep_config_names(struct keep_set *k);
