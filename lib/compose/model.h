/* compose/model.h - files, with what they include and extend, as one tree of long forms. */
#pragma once

#include "compose/include.h"

/* The files merged in their order. dir, env: what is relative to it, and its variables. nest: NULL = none. A new
 * reference. */
compose_loader compose_model_load MUST_CHECK;
