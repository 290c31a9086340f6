/* keep/source/calls.h - keeps the commands that a source passes to functions that start programs (exec, spawn, system,
 * ...). */
#pragma once

#include "keep/source/script_source.h"

/* Keeps what the literal first words and shell texts of such calls name. */
void keep_script_source_commands(struct keep_script_source *s);
