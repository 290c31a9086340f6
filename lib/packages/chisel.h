/* packages/chisel.h - chisel's manifest of the slices of Debian packages that it installed, as jsonwall (wall.h). Its
 * lines are of these kinds: a package; a slice, whose name begins with that of its package; a path, with its slices;
 * and content, which is a path again for each of its slices.
 * Spec: chisel's documentation, "Chisel manifest", schema 1. Private to lib/packages/. */
#pragma once

#include "base/strset.h"
#include "packages/database.h"
#include "packages/wall.h"

#define PACKAGES_CHISEL_DIRECTORY "/var/lib/chisel"
#define PACKAGES_CHISEL_MANIFEST PACKAGES_CHISEL_DIRECTORY "/manifest.wall"

struct packages_chisel {
	struct buf packed; /* the file as it is */
	struct packages_wall wall;
	uint32_t node;        /* the file */
	struct strset known;  /* "NAME ARCHITECTURE" of dpkg's packages */
	uint32_t *known_at;   /* by id in known: the number of the package */
	struct strset listed; /* the names of the manifest's packages */
	uint32_t *listed_at;  /* by id in listed */
	size_t known_cap, listed_cap;
};

/* False if the image has no manifest that can be read. */
bool packages_chisel_open(const struct image_index *x, struct packages_chisel *out);
/* Finds the manifest's packages among those of p. more: p, to add those that are missing; NULL = leave them out. */
void packages_chisel_learn(struct packages_chisel *c, const struct packages *p, struct packages *more);
/* The number of the package that a slice is of, or PACKAGES_NONE. */
uint32_t packages_chisel_of_slice(const struct packages_chisel *c, const char *slice);
void packages_chisel_done(struct packages_chisel *c);
#define CLEANUP_PACKAGES_CHISEL CLEANUP(packages_chisel_done)

/* The trim of struct packages_database. */
int packages_chisel_trim(const struct packages *p, const struct image_index *x, const bool *kept, const bool *remains,
			 struct packages_edits *out, struct err *err) MUST_CHECK;
