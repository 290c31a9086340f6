/* findings/secrets/scan.h - looks for secrets in bytes of any origin, by the text rules. The anchors of all rules are
 * looked for in one pass; a pattern is tried where its anchor stands. Values that documents use as examples are not
 * secrets, nor are references to variables. Lifetime: a scanner is immutable, and may be used by several threads. */
#pragma once

#include <stdbool.h>

#include "base/cleanup.h"
#include "findings/rules/rule.h"

#define FINDINGS_FILE_MAX (8u << 20) /* bytes; larger files are not scanned */

struct findings_hit {
	const struct findings_rule *rule;
	size_t begin, end; /* of the secret in the bytes */
};
typedef void findings_hit_fn(void *ctx, const struct findings_hit *hit);

struct findings_scanner;
struct findings_scanner *findings_scanner_new(void);
void findings_scanner_free(struct findings_scanner *s);
static inline void findings_scanner_freep(struct findings_scanner **s)
{
	findings_scanner_free(*s);
}
#define CLEANUP_FINDINGS_SCANNER CLEANUP(findings_scanner_freep)

/* path: absolute, of the file. Hits come in the order of the bytes and do not overlap, those of the rules for this path
 * come last, at most one of each. */
void findings_scan_file(const struct findings_scanner *s, const char *path, const char *data, size_t n,
			findings_hit_fn *found, void *ctx);
/* A text of the image's configuration, such as the command of a layer: hits may overlap. Rules by name find NAME=VALUE
 * and --NAME VALUE in it. */
void findings_scan_text(const struct findings_scanner *s, const char *data, size_t n, findings_hit_fn *found,
			void *ctx);
/* The same for a value of that name: an environment variable, a label. */
void findings_scan_value(const struct findings_scanner *s, const char *name, size_t len, const char *data, size_t n,
			 findings_hit_fn *found, void *ctx);
/* Whether the end of path matches one of the patterns (NULL-terminated; NULL = none). */
bool findings_have_path(const char *const *patterns, const char *path);

/* For scan_text.c. The rule by name for a name of n bytes, or NULL; and the anchors alone. */
const struct findings_rule *findings_scanner_named(const struct findings_scanner *s, const char *name, size_t n);
void findings_scan_anchors(const struct findings_scanner *s, const char *data, size_t n, findings_hit_fn *found,
			   void *ctx);
