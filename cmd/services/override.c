#include "cmd/services/override.h"

#include <string.h>

#include "oci/ref.h"
#include "text/json.h"
#include "transport/traits.h"

/* A text in double quotes, as YAML and JSON have it. A "$" is doubled: compose replaces variables. */
static void add_quoted(const char *s, struct buf *out)
{
	CLEANUP_BUF struct buf text = {0};
	for (buf_str(&text, ""); *s; s++)
		buf_str(&text, *s == '$' ? "$$" : (const char[]){*s, '\0'});
	json_t *v = json_bytes(text.data, text.len);
	json_write(v, out);
	json_decref(v);
}

/* " -f PATH" for a comment, which must stay in its line; without the directory that all are in. */
static void add_file(const char *path, const char *dir, size_t n_dir, struct buf *out)
{
	const char *shown = strncmp(path, dir, n_dir) == 0 ? path + n_dir : path;
	buf_str(out, " -f ");
	buf_escape(out, shown, strlen(shown));
}

static const struct transport_traits *traits_of(const char *reference)
{
	static const struct transport_traits none;
	CLEANUP_OCI_REF struct oci_ref ref = {0};
	return oci_ref_parse(reference, &ref, NULL) < 0 ? &none : transport_traits(ref.scheme);
}

static void add_image(const struct override_image *image, const char *name, bool never_pull, struct buf *out)
{
	buf_str(out, "  ");
	add_quoted(image->service, out);
	buf_str(out, ":\n    image: ");
	add_quoted(name, out);
	buf_str(out, never_pull ? "\n    pull_policy: never\n" : "\n");
}

void override_text(const struct override_image *images, size_t n, const struct strlist *originals, const char *path,
		   struct buf *out)
{
	const char *first = originals->count ? originals->items[0] : "", *slash = strrchr(first, '/');
	const size_t n_dir = slash ? (size_t)(slash + 1 - first) : 0;
	bool files = false;
	for (size_t i = 0; i < n; i++)
		files |= !images[i].pinned;
	buf_str(out, "# The slim images of these services. Start them with:\n#   docker compose");
	for (size_t i = 0; i < originals->count; i++)
		add_file(originals->items[i], first, n_dir, out);
	add_file(path, first, n_dir, out);
	buf_str(out, " up\n");
	if (files)
		buf_str(out, "# Only slim reads images that are files (oci:, dir: and archives): load them into your "
			     "engine first.\n");
	buf_str(out, "services:\n");
	for (size_t i = 0; i < n; i++) {
		const bool engine = traits_of(images[i].reference)->engine;
		add_image(&images[i], images[i].pinned ? images[i].pinned : images[i].reference, engine, out);
	}
}

void override_references(const struct override_image *images, size_t n, struct buf *out)
{
	buf_str(out, "services:\n");
	for (size_t i = 0; i < n; i++)
		add_image(&images[i], images[i].reference, false, out);
}
