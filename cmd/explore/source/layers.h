/* cmd/explore/source/layers.h - the rows of the screen of layers, of an image and of a report. */
#pragma once

#include <jansson.h>

#include "cmd/explore/model.h"
#include "pipeline/inspect_image.h"

extern const char *const explore_layers_image_names[EXPLORE_SIZES], *const explore_layers_report_names[EXPLORE_SIZES];

/* A row for each layer of the image's history. To be freed; the texts are borrowed, as below. */
struct explore_layer *explore_layers_of_image(const struct pipeline_inspected *i);
/* layers: the member "layers" of a report, from outside; NULL = it has none. Returns how many rows there are: 0 if they
 * are no list, or if there are more than an image can have. */
size_t explore_layers_of_report(const json_t *layers, struct explore_layer **out);
