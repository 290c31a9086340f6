/* keep/modules/ruby_features.h - finds features and gems as Ruby's require does: the application's own directories,
 * then the interpreter's library directories, then the lib directory of any gem. A used gem is kept whole, with the
 * gems that it declares; so is the directory of a library that lies in the interpreter's directories beside its main
 * file. Search path: RUBYLIB, directories with fileutils.rb or rbconfig.rb, site_ruby, vendor_ruby; directories "gems"
 * beside "specifications" (Debian's packages have specifications alone: their files are in vendor_ruby), bundler's
 * gems. Spec: Kernel#require, Gem::Specification. Lifetime: _new, any number of calls, _free. Not thread-safe. */
#pragma once

#include "keep/source/script_source.h"

struct keep_ruby;

struct keep_ruby *keep_ruby_new(struct keep_set *k);
void keep_ruby_free(void *ruby);

/* Keep what require finds for a feature ("json", "tilt/haml", "./x"), if that is anything. */
void keep_ruby_require(struct keep_ruby *r, struct keep_script_source *s, const char *feature);
/* Keep what require_relative and load find beside the source. */
void keep_ruby_beside(struct keep_script_source *s, const char *feature);
/* Keep what require may find for a name that starts with prefix, up to its last slash: "x/" of "x/#{name}". Whole
 * directories, bounded; of gems, all gems that have the directory. */
void keep_ruby_below(struct keep_ruby *r, struct keep_script_source *s, const char *prefix);

/* Keep the installed gems of that name. */
void keep_ruby_gem(struct keep_ruby *r, struct keep_script_source *s, const char *name);
/* Keep the gems that the text of a gemspec declares for running. */
void keep_ruby_dependencies(struct keep_ruby *r, struct keep_script_source *s, const char *gemspec);
/* Keep the gem or the library that the source is a part of. */
void keep_ruby_own(struct keep_ruby *r, struct keep_script_source *s);
/* Whether the source is of the interpreter or its package managers. They name others' features in texts that are no
 * features: commands, options, messages. */
bool keep_ruby_is_standard(const struct keep_ruby *r, const struct keep_script_source *s);
/* Keep the encodings' files: the interpreter loads one when a text names it. */
void keep_ruby_encodings(struct keep_ruby *r, uint32_t by);
