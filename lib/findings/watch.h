/* findings/watch.h - what findings need to know of the files of all layers, noted while they pass by: where text rules
 * match, and what ELF programs are made of. The secrets themselves are not kept. */
#pragma once

#include "findings/secrets/scan.h"
#include "formats/elf_sections.h"
#include "inspect/texts.h"

struct findings_secret {
	const char *path; /* of the list */
	const struct findings_rule *rule;
	size_t line;  /* of the first one, from 1 */
	size_t count; /* in this file */
};
struct findings_program {
	const char *path; /* of the list */
	struct elf_sections_found found;
};

struct findings_watch {
	const struct findings_scanner *scanner;
	struct findings_watch_layer {
		struct findings_secret *secrets;
		size_t n_secrets, secrets_cap;
		struct findings_program *programs; /* in the order of the tar: the last of a path counts */
		size_t n_programs, programs_cap;
		struct elf_sections elf; /* the file that passes by */
	} * layers;                      /* by place */
	size_t n_layers;
	struct inspect_texts texts; /* of small files that rules read: users, the system's name, package.json */
};

/* The most secrets of a layer that are noted. */
#define FINDINGS_SECRETS_MAX 2000

#define FINDINGS_TEXT_MAX (1u << 20) /* bytes of a file that rules read */

/* scanner: borrowed. */
void findings_watch_init(struct findings_watch *w, const struct findings_scanner *scanner, size_t n_layers);
/* For pipeline_inspect: ctx is w. */
struct inspect_watch findings_watch_of(struct findings_watch *w);
void findings_watch_done(struct findings_watch *w);
#define CLEANUP_FINDINGS_WATCH CLEANUP(findings_watch_done)
