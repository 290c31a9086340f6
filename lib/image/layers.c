#include "image/layers.h"

#include <stdlib.h>
#include <unistd.h>

void image_layer_done(struct image_layer *l)
{
	if (l->path && l->fd >= 0)
		close(l->fd);
	free(l->path);
	*l = (struct image_layer){.fd = -1};
}

void image_layers_done(struct image_layers *l)
{
	for (size_t i = 0; i < l->count; i++)
		image_layer_done(&l->items[i]);
	free(l->items);
	*l = (struct image_layers){0};
}
