#include "view/depth.h"

#include <string.h>

#include "base/limits.h"

#define PATH_BYTES_MAX (4u * LIMIT_PATH) /* a report has \xNN for a byte */
#define DIRECTORIES_MAX (256u << 20)     /* bytes of names */

int view_depth_add(struct view_depth *d, const char *path, struct err *err)
{
	const char *before = d->before ? d->before : "";
	const size_t len = strlen(path);
	size_t same = 0;
	while (path[same] && path[same] == before[same])
		same++;
	for (size_t i = same; i < len; i++)
		d->bytes += path[i] == '/' ? i : 0;
	d->before = path;
	if (len <= PATH_BYTES_MAX && d->bytes <= DIRECTORIES_MAX)
		return 0;
	return err_set(err, ERR_LIMIT, "paths-too-deep",
		       "paths are too long, or too many of them have many components");
}
