/* ci/output/guard.h - escapes text in which CI systems would find commands: Azure Pipelines and GitHub Actions obey a
 * line such as "##vso[task.setvariable ...]" or "::set-env ..." in a log, whoever printed it. */
#pragma once

#include <stdbool.h>

#include "base/buf.h"

/* Appends n bytes of whole lines. Writes "##word[" as "#\x23word[", and "::" at the start of a line as "\x3a:". json:
 * the text is a JSON document, whose value stays the same. */
void ci_guard(const char *s, size_t n, bool json, struct buf *out);
