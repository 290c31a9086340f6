/* verify/said.h - looks for the names of files in what a program said: its output and its answers. */
#pragma once

#include <stdbool.h>

#include "base/buf.h"

/* Whether the name of a file, without what follows its first dot, is a word of the text; very short names never are. */
bool verify_said_names(const struct buf *said, const char *name);
