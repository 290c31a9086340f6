/* keep/modules/php_includes.h - keeps what a PHP source includes: files relative to itself or on the include path; the
 * directory that a computed name is taken from; the classes that an autoloader of its own lists. Spec: PHP's include,
 * include_path. */
#pragma once

#include "keep/source/script_source.h"

void keep_php_includes(struct keep_script_source *s);
