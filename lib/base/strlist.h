/* base/strlist.h - an ordered list of owned strings, always followed by a NULL so that items is an
 * argv. All zero is an empty list (items is then NULL). */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

struct strlist {
	char **items;
	size_t count, cap;
};

void strlist_add(struct strlist *l, const char *s); /* copies */
void strlist_take(struct strlist *l, char *s);      /* owns s from now on */
void strlist_extend(struct strlist *l, const struct strlist *more);
bool strlist_has(const struct strlist *l, const char *s);
/* For lists of NAME=VALUE: replaces the entry of the same name in place, or appends. */
void strlist_set_env(struct strlist *l, const char *assignment);
const char *strlist_get_env(const struct strlist *l, const char *name); /* the value, NULL if absent */
void strlist_done(struct strlist *l);
#define CLEANUP_STRLIST CLEANUP(strlist_done)
