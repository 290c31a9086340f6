/* findings/rules/rule.h - the rules by which slim inspect judges an image. They are data: a rule is a row, and a few
 * matchers read the rows. Const; may be shared by threads. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum findings_kind { FINDINGS_DANGER, FINDINGS_FAT };
enum findings_severity { FINDINGS_LOW, FINDINGS_MEDIUM, FINDINGS_HIGH };
#define FINDINGS_SEVERITIES 3
extern const char *const findings_kind_names[];                        /* "danger", "fat" */
extern const char *const findings_severity_names[FINDINGS_SEVERITIES]; /* "low", ... */

#define FINDINGS_NO_LAYER UINT32_MAX
enum findings_where {
	FINDINGS_IN_FILES,
	FINDINGS_IN_CONFIG,
	FINDINGS_IN_ENVIRONMENT,
	FINDINGS_IN_LABEL,
	FINDINGS_IN_HISTORY
};
extern const char *const findings_where_names[]; /* "files", "config", "environment", "label", "history" */

/* How a rule finds something, and which of its members count for that. */
enum findings_match {
	FINDINGS_BY_PATH,    /* paths, except: entries that the image shows, with all below them */
	FINDINGS_BY_TEXT,    /* anchors or paths, pattern: text in files of any layer, and in the configuration */
	FINDINGS_BY_NAME,    /* pattern: a value in the configuration whose name matches */
	FINDINGS_BY_PACKAGE, /* what: enum findings_packages */
	FINDINGS_BY_MODE,    /* mode, any, directories, paths: entries with all bits of mode and one of any */
	FINDINGS_BY_FACT,    /* what: enum findings_fact */
};

enum findings_packages {
	FINDINGS_BUILD_TOOLS, /* compilers, headers, package managers (keep/build_tools.h), and toolchains' trees */
	FINDINGS_DEVELOPMENT, /* packages that only the development of software needs: paths are names, package.json
				 others */
};

/* Facts that no row can describe: each has a function. */
enum findings_fact {
	FINDINGS_HEAVY_BASE,
	FINDINGS_REMOVED_LATER,
	FINDINGS_REPLACED_LATER,
	FINDINGS_COPIED_FOR_MODE,
	FINDINGS_DOCUMENTATION,
	FINDINGS_TRANSLATIONS,
	FINDINGS_DEBUG_SYMBOLS,
	FINDINGS_RUNTIME_COPIES, /* paths: patterns of programs' names, each of one runtime */
	FINDINGS_SAME_FILES,
	FINDINGS_ROOT_USER,
};

/* Of a rule that claims files. */
#define FINDINGS_UNOWNED 8u /* no package owns them, and they are no part of a runtime's tree */

/* Of a text rule. */
#define FINDINGS_WORD 1u   /* the byte before the anchor is not a letter, a digit or "_" */
#define FINDINGS_EXACT 2u  /* nor is the byte behind the pattern, or "-" */
#define FINDINGS_CONFIG 4u /* looked for in the configuration alone: in files it would find too much */

#define FINDINGS_OPENPGP 16u /* a key of OpenPGP, which may be protected: then it is not a finding */

struct findings_rule {
	const char *id; /* stable, in kebab-case */
	uint8_t kind, severity, match, what, flags;
	uint16_t mode, any; /* of FINDINGS_BY_MODE */
	bool directories;   /* the same: of directories, not files */
	uint32_t least;     /* bytes; of a fat rule in one layer: less is not a finding */
	const char *title;  /* a noun phrase */
	/* One line for the user. %p: the path, %l: number of the layer, %r: of the layer that removes it, %s: bytes,
	 * %f: the first files, %n: the name. NULL = findings/advice.c has one for each place. */
	const char *advice;
	const char *copied;                       /* the same if a COPY or ADD makes the layer; NULL = advice */
	const char *const *paths, *const *except; /* text/glob.h, for the end of a path; NULL-terminated */
	/* Text that begins a secret, at least 3 bytes; pattern (POSIX, extended) is matched behind it. NULL: pattern is
	 * looked for in all lines of the files at paths. What pattern matches is the secret. */
	const char *const *anchors;
	const char *pattern;
};

/* All rules in the order in which they claim bytes; NULL behind the last. */
const struct findings_rule *findings_rule_at(size_t i);
/* The rule of that id, or NULL. */
const struct findings_rule *findings_rule_find(const char *id);

/* For rule.c. */
extern const struct findings_rule findings_rules_secret[], findings_rules_danger[], findings_rules_fat[];
extern const size_t findings_rules_secret_count, findings_rules_danger_count, findings_rules_fat_count;

#define FINDINGS_LIST(...) ((const char *const[]){__VA_ARGS__, NULL})
