/* text/passwd.h - the lines of passwd(5) and group(5) of an image, read as Docker and the OCI runtimes read them:
 * white space around a line is ignored, and a line with a malformed number is skipped. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A line. Its strings lie in the text. */
struct passwd_entry {
	const char *name, *home; /* home: "" if the line has none */
	uint32_t uid, gid;
};
struct passwd_group {
	const char *name, *members; /* members: names separated by commas */
	uint32_t gid;
};

/* Makes each NUL in the text a part of its line, which would end the text otherwise. Call it before the first line. */
void passwd_clean(char *text, size_t len);

/* Cut the next line out of the text at *rest. False at its end; *rest NULL = a text without lines. */
bool passwd_next(char **rest, struct passwd_entry *out);
bool passwd_next_group(char **rest, struct passwd_group *out);

/* A decimal number up to 2147483647, the most that Docker and the runtimes accept, and nothing else. */
bool passwd_parse_id(const char *s, uint32_t *out);
