/* ci/output/guard.h - makes text harmless for CI systems that look for commands in a log: Azure Pipelines and GitHub
 * Actions do what a line such as "##vso[task.setvariable ...]" or "::set-env ..." says, whoever printed it. */
#pragma once

#include <stdbool.h>

#include "base/buf.h"

/* Append whole lines of n bytes, with "##word[" as "#\x23word[", and "::" at the beginning of a line as "\x3a:". json:
 * the text is a JSON document, and its value stays the same. */
void ci_guard(const char *s, size_t n, bool json, struct buf *out);
