#include <string.h>

#include "base/mem.h"
#include "findings/matchers.h"
#include "text/json.h"

#define MANIFEST "/package.json"

/* Whether it is the manifest of an application, not of a package that it has installed. */
static bool is_manifest(const char *path)
{
	const size_t n = strlen(path), len = strlen(MANIFEST);
	return n >= len && strcmp(path + n - len, MANIFEST) == 0 && !strstr(path, "/node_modules/");
}

static void mark(const struct findings_work *w, const char *dir, size_t n, const json_t *manifest, bool *wanted)
{
	const json_t *needed = json_object_get(manifest, "dependencies");
	json_t *names = json_object_get(manifest, "devDependencies"), *version;
	const char *name;
	json_object_foreach (names, name, version) {
		if (json_object_get(needed, name))
			continue;
		CLEANUP_FREE char *path = mem_printf("%.*s/node_modules/%s", (int)n, dir, name);
		const uint32_t node = image_index_resolve(w->in->index, path, true, NULL, NULL);
		const uint32_t owner = node == IMAGE_NONE ? PACKAGES_NONE : w->in->packages->owner[node];
		if (owner != PACKAGES_NONE && w->in->packages->items[owner].manager == PACKAGES_NPM)
			wanted[owner] = true;
	}
}

void findings_manifests_mark(const struct findings_work *w, bool *wanted)
{
	for (size_t i = 0; i < w->in->history->n_paths; i++) {
		const char *path = w->in->history->paths[i].path;
		json_auto_t *manifest = NULL;
		if (!is_manifest(path))
			continue;
		CLEANUP_FREE char *text = findings_text_of(w, path);
		if (text && json_parse_object(text, strlen(text), FINDINGS_TEXT_MAX, path, &manifest, NULL) == 0)
			mark(w, path, strlen(path) - strlen(MANIFEST), manifest, wanted);
	}
}
