/* keep/modules/perl_path.h - finds modules as Perl does: in the application's own directories, then in @INC, which is
 * known by its directories' names. A module comes with its compiled part (auto/X/X.so, *.al).
 * Spec: perlfunc(1) (require), XSLoader(3), AutoLoader(3). Lifetime: _new, any number of calls, _free. */
#pragma once

#include "keep/source/script_source.h"

struct keep_perl;

struct keep_perl *keep_perl_new(struct keep_set *k);
void keep_perl_free(void *perl);

/* Keeps the module of a name ("A::B", n bytes). False if the text is not a name, or if the module does not exist. */
bool keep_perl_module(struct keep_perl *p, struct keep_script_source *s, const char *name, size_t n);
/* Keeps a file as require finds it ("A/B.pm", "bytes_heavy.pl"). If @INC does not have it, keeps every file of the
 * image whose path ends like that ("/usr/share/x/A/B.pm"). False if there is no such file. */
bool keep_perl_file(struct keep_perl *p, struct keep_script_source *s, const char *path);
/* Keep the modules below a name ("A::B", "A/B", n bytes), which one is taken from at run time. A directory that is too
 * large is left out. */
void keep_perl_below(struct keep_perl *p, struct keep_script_source *s, const char *name, size_t n);
/* Keep the directory beside the main module of the library that the source is a part of. */
void keep_perl_library(struct keep_perl *p, const struct keep_script_source *s);
