/* findings/findings.h - judges an image by the rules: why it is fat, and what is dangerous in it. */
#pragma once

#include "findings/finding.h"
#include "findings/input.h"

void findings_make(const struct findings_input *in, struct findings *out);
