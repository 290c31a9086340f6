/* cmd/explore/control.h - what each key does. Pure: a key goes in, and what the program has to do comes out. */
#pragma once

#include "cmd/explore/key.h"
#include "cmd/explore/state.h"

enum explore_action {
	EXPLORE_STAY,
	EXPLORE_QUIT,
	EXPLORE_WRITE, /* the policy file to state->file, unless there is such a file; then call explore_control_written
			*/
	EXPLORE_REPLACE, /* the same, even if there is such a file */
};

enum explore_action explore_control_key(struct explore_state *s, const struct explore_key *key);
/* The end of EXPLORE_WRITE and EXPLORE_REPLACE. exists: the file was there, and nothing was written. error: why it
 * could not be written; NULL = it was. */
void explore_control_written(struct explore_state *s, bool exists, const char *error);
