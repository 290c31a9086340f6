/* formats/cli_metadata.h - reads what an assembly of .NET or Mono names: other assemblies, native libraries, types of
 * other assemblies, and the strings of its code.
 * Spec: ECMA-335 (6th edition) II.22 (tables), II.24 (metadata's layout), II.25 (PE file). The file is hostile: what
 * lies out of its bounds, or above the caps of limits.h, is left out. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Callbacks, called in this order, once for each item. Strings are valid during the call only. */
struct cli_metadata {
	void (*assembly)(void *ctx, const char *name);                /* referenced: "System.Xml" */
	void (*library)(void *ctx, const char *name);                 /* of DllImport: "libc", "sqlite3" */
	void (*type)(void *ctx, const char *space, const char *name); /* referenced: "System.IO", "File" */
	void (*text)(void *ctx, const char *text, size_t n);          /* a string of the code, in UTF-8 */
	void *ctx;
};

/* False if the file is not an assembly. */
bool cli_metadata_read(int fd, const struct cli_metadata *c);
