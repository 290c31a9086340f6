/* findings/finding.h - what the rules found in an image. The contents of files are never part of it. */
#pragma once

#include "base/cleanup.h"
#include "base/idmap.h"
#include "base/notes.h"
#include "findings/rules/rule.h"

#define FINDINGS_MAX 20000 /* of one image; further ones are counted in left_out */
#define FINDINGS_PLACES 20 /* of one finding that are kept, the largest */

struct findings_item {
	const struct findings_rule *rule;
	enum findings_where where;
	uint32_t layer;   /* that has it, bottom = 0; FINDINGS_NO_LAYER = no layer has */
	uint32_t removed; /* the layer that removes or replaces it; FINDINGS_NO_LAYER = the image shows it */
	char *path;       /* the file or directory, or the one that all places are in; NULL = not in files */
	char *name;       /* a variable, a label, a package, a user; NULL = none */
	size_t line;      /* of a text in a file or step of the history, from 1; 0 = not a text */
	uint64_t bytes;   /* that the image could save; of a danger 0 */
	size_t count;     /* of places */
	struct findings_place {
		char *path; /* or the name of a package */
		uint64_t bytes;
		size_t files;
	} * places; /* the largest first, once they are sorted */
	size_t n_places, places_cap;
	char *advice; /* one line; may hold any bytes of paths */
};

struct findings {
	struct findings_item *items; /* dangers first, the most severe first; then by bytes */
	size_t count, cap;
	size_t left_out;
	struct idmap merged; /* number of an item, by rule, layer and removed; until they are sorted */
	struct findings_base {
		char *name, *digest; /* NULL = not known */
		char *system;        /* what the image's os-release calls itself, or NULL */
		const char *source;  /* how it is known: "annotation", "label", "layers" (those of an image
				      * beside it), "history" (of its steps), "distribution"
				      * (the lowest layer  has one); NULL = it is not */
		size_t layers;       /* lowest ones that come from it; 0 = not known */
	} base;
	size_t dangers;
	size_t accepted;    /* files, packages and texts that the file of exceptions accepts */
	uint64_t fat_bytes; /* of all fat findings but a heavy base: no byte counts twice */
	bool minimal;       /* findings_judge */
	struct notes notes; /* on the file of exceptions */
};

/* The finding of the rule in that layer, a new one if there is none yet. NULL if there are FINDINGS_MAX. Borrowed until
 * the next call. */
struct findings_item *findings_item_at(struct findings *f, const struct findings_rule *rule, uint32_t layer,
				       uint32_t removed);
/* A new finding in any case, or NULL. */
struct findings_item *findings_item_new(struct findings *f, const struct findings_rule *rule, uint32_t layer,
					uint32_t removed);
/* Adds a file or directory: its path is copied. */
void findings_item_place(struct findings_item *i, const char *path, uint64_t bytes, size_t files);
/* The same for something without a path, such as a package. */
void findings_item_part(struct findings_item *i, const char *name, uint64_t bytes, size_t files);
/* Drops findings that are too small, sorts the rest and their places, and sums up. An image is minimal if its base
 * is not heavy, and its fat findings have less than 1 MB, or less than a twentieth of all bytes in its layers. */
void findings_judge(struct findings *f, uint64_t layers_bytes);
void findings_done(struct findings *f);
#define CLEANUP_FINDINGS CLEANUP(findings_done)
