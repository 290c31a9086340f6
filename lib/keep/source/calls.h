/* keep/source/calls.h - commands in a source's calls of functions that start programs (exec, spawn, system, ...). */
#pragma once

#include "keep/source.h"

/* Keeps what the literal first words and shell texts of such calls name. */
void keep_source_commands(struct keep_source *s);
