/* keep/modules/php_includes.h - keeps the files that a PHP source includes: those relative to itself or on the
 * include path; the directory from which a computed name is taken; the classes that an autoloader of its own lists.
 * Spec: PHP's include, include_path. */
#pragma once

#include "keep/source/script_source.h"

void keep_php_includes(struct keep_script_source *s);
