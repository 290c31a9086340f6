#include "keep/unproven/frozen.h"

#include <stdlib.h>

#include "keep/words.h"

#define SINCE 11 /* of Python 3 */

bool keep_unproven_is_frozen(const struct image_index *x, uint32_t node)
{
	static const char *const modules[] = {"abc.py",
					      "codecs.py",
					      "io.py",
					      "_collections_abc.py",
					      "_sitebuiltins.py",
					      "genericpath.py",
					      "ntpath.py",
					      "posixpath.py",
					      "os.py",
					      "site.py",
					      "stat.py",
					      "runpy.py",
					      "zipimport.py",
					      "__hello__.py"};
	static const char *const of_importlib[] = {"_bootstrap.py", "_bootstrap_external.py", "__init__.py", "util.py",
						   "machinery.py"};
	const struct image_node *n = image_index_node(x, node), *dir = image_index_node(x, n->parent);
	bool importlib = strcmp(dir->name, "importlib") == 0;
	if (importlib ? !KEEP_WORDS_HAVE(of_importlib, n->name) : !KEEP_WORDS_HAVE(modules, n->name))
		return false;
	const char *library = importlib ? image_index_node(x, dir->parent)->name : dir->name;
	return strncmp(library, "python3.", 8) == 0 && strtoul(library + 8, NULL, 10) >= SINCE;
}
