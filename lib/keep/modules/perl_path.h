/* keep/modules/perl_path.h - finds modules as Perl does: in the application's own directories, then in @INC, which is
 * known by its directories' names. A module comes with its compiled part (auto/X/X.so, *.al).
 * Spec: perlfunc(1) (require), XSLoader(3), AutoLoader(3). Lifetime: _new, any number of calls, _free. */
#pragma once

#include "keep/source/script_source.h"

struct keep_perl;

struct keep_perl *keep_perl_new(struct keep_set *k);
void keep_perl_free(void *perl);

/* Keep the module of a name ("A::B", n bytes); text that is no name is ignored. False: there is none. */
bool keep_perl_module(struct keep_perl *p, struct keep_script_source *s, const char *name, size_t n);
/* Keep a file as require finds it ("A/B.pm", "bytes_heavy.pl"), or, if @INC has none, wherever the image has one
 * of that path ("/usr/share/x/A/B.pm"). False: there is none. */
bool keep_perl_file(struct keep_perl *p, struct keep_script_source *s, const char *path);
/* Keep the modules below a name ("A::B", "A/B", n bytes), which one is taken from at run time. A directory that is too
 * large is left out. */
void keep_perl_below(struct keep_perl *p, struct keep_script_source *s, const char *name, size_t n);
/* Keep the directory beside the main module of the library that the source is a part of. */
void keep_perl_library(struct keep_perl *p, const struct keep_script_source *s);
