/* cmd/explore/source/story.h - a path of an image in words: its kind, its package, and the changes by each layer. */
#pragma once

#include "base/buf.h"
#include "pipeline/inspect_image.h"
#include "view/tree.h"

/* tree: of the whole image. Every string from the image is escaped. */
void explore_story(const struct pipeline_inspected *i, const struct view_tree *tree, const char *path, struct buf *out);
