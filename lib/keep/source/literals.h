/* keep/source/literals.h - keeps the files that a source names in string literals. */
#pragma once

#include "keep/source/script_source.h"

/* Keeps what all literals name, also in pieces: join("views", "x.html"). Of an application also the folders of a web
 * framework that the source calls without naming them. */
void keep_script_source_literals(struct keep_script_source *s);
