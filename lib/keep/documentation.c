#include "keep/documentation.h"

#include <stddef.h>

#include "text/path.h"

bool keep_documentation_is(const char *path)
{
	static const char *const places[] = {"/usr/share/doc",
					     "/usr/share/man",
					     "/usr/share/info",
					     "/usr/share/licenses",
					     "/usr/share/doc-base",
					     "/usr/share/gtk-doc",
					     "/usr/share/help",
					     "/usr/share/lintian",
					     "/usr/share/bug",
					     "/usr/local/share/doc",
					     "/usr/local/share/man",
					     "/usr/local/share/info",
					     "/usr/local/share/licenses",
					     "/usr/local/share/help",
					     "/usr/local/man",
					     "/usr/local/doc",
					     "/var/cache/man"};
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (path_is_below(path, places[i]))
			return true;
	return false;
}
