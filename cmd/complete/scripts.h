/* cmd/complete/scripts.h - the scripts of the shells, which embed.py puts into the program. */
#pragma once

struct complete_script_text {
	const char *shell; /* NULL = behind the last */
	const char *text;
};
extern const struct complete_script_text complete_scripts[];
