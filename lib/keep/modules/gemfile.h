/* keep/modules/gemfile.h - keeps the gems that a Gemfile names, but those of groups for developers: Bundler.require
 * loads them all. Read line by line, as Gemfiles are written. Spec: Bundler's gemfile(5). */
#pragma once

#include "keep/modules/ruby_features.h"

void keep_gemfile_read(struct keep_ruby *r, struct keep_script_source *s);
