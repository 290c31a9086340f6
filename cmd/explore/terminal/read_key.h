/* cmd/explore/terminal/read_key.h - a key as ncurses reads it. */
#pragma once

#include <stdbool.h>

#include "cmd/explore/key.h"

/* Reads the next key of the terminal that terminal.c set up. Returns false if none waits. */
bool explore_read_key(struct explore_key *out);
