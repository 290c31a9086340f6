#include "transport/engine/source.h"

/* Not yet: the layers are always streamed. */
int engine_source_in_place(struct engine_source *s, struct err *err)
{
	return 0;
}
