/* keep/application/languages.h - recognises translations that nobody asked for: of programs' messages, below
 * share/locale. An application's own translations don't count: it chooses the language by the request. */
#pragma once

#include "base/strlist.h"
#include "base/strset.h"

/* The languages that an environment names (LANGUAGE, LC_ALL, LC_MESSAGES, LANG), and English; env may be NULL. */
void keep_languages_of(const struct strlist *env, struct strset *out);
/* Whether the directory (absolute path) holds the translations to a language that is not one of them. */
bool keep_languages_is_other(const struct strset *languages, const char *path);
