#include "dockerfile/steps.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "oci/history.h"
#include "text/path.h"

static bool begins(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

static bool ends(const char *s, const char *with)
{
	size_t n = strlen(s), m = strlen(with);
	return n >= m && memcmp(s + n - m, with, m) == 0;
}

static void split(const char *text, struct strlist *words)
{
	for (text += strspn(text, " "); *text; text += strspn(text, " ")) {
		size_t n = strcspn(text, " ");
		strlist_take(words, mem_strndup(text, n));
		text += n;
	}
}

/* Docker's classic builder and buildah write "dir:1f2e", "file:1f2e" or "multi:1f2e", then "in" and the destination. */
static bool is_digest(const struct strlist *words, size_t first)
{
	const char *s = words->items[first];
	return words->count == first + 3 && strcmp(words->items[first + 1], "in") == 0 &&
	       (begins(s, "dir:") || begins(s, "file:") || begins(s, "multi:"));
}

static bool is_archive(const char *name)
{
	static const char *const endings[] = {".tar", ".tar.gz",  ".tgz",  ".tar.xz",
					      ".txz", ".tar.bz2", ".tbz2", ".tar.zst"};
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (ends(name, endings[i]))
			return true;
	return begins(name, "file:"); /* after ADD: the root of a base image */
}

/* Reads the sources: the words from first to the last but one. Returns false if they are not files of the context. */
static bool read_sources(const struct strlist *words, size_t first, bool add, struct strlist *out)
{
	if (is_digest(words, first))
		return !add || !is_archive(words->items[first]);
	for (size_t i = first; i + 1 < words->count; i++) {
		const char *s = words->items[i];
		if (s[0] == '/' || path_has_dotdot(s) || begins(s, "<<") || s[0] == '[' || strstr(s, "://") ||
		    (add && is_archive(s)))
			return false;
		while (begins(s, "./"))
			s += 2 + strspn(s + 2, "/");
		strlist_add(out, *s ? s : ".");
	}
	return true;
}

static char *absolute(const char *dest, const char *working_dir)
{
	while (begins(dest, "./"))
		dest += 2;
	if (strcmp(dest, ".") == 0)
		dest = "";
	return dest[0] == '/' ? mem_strdup(dest)
			      : mem_printf("%s%s%s", working_dir, ends(working_dir, "/") ? "" : "/", dest);
}

static void add_step(struct dockerfile_steps *steps, const char *text, size_t layer, const char *working_dir)
{
	CLEANUP_STRLIST struct strlist words = {0}, sources = {0};
	split(text, &words);
	size_t first = 1;
	bool stage = false;
	for (; first < words.count && begins(words.items[first], "--"); first++)
		stage |= begins(words.items[first], "--from=");
	if (stage || words.count < first + 2 || !read_sources(&words, first, begins(text, "ADD "), &sources))
		return;
	steps->items = mem_grow(steps->items, steps->count, &steps->cap, sizeof(*steps->items));
	steps->items[steps->count++] = (struct dockerfile_step){
	    .text = mem_strdup(text),
	    .layer = layer,
	    .dest = absolute(words.items[words.count - 1], working_dir),
	    .sources = sources,
	};
	sources = (struct strlist){0};
}

void dockerfile_steps_read(const struct oci_image_config *config, struct dockerfile_steps *out)
{
	CLEANUP_FREE char *working_dir = mem_strdup("/");
	const json_t *history = json_object_get(config->root, "history");
	const char *step;
	*out = (struct dockerfile_steps){0};
	for (size_t i = 0, layer = 0; (step = oci_image_config_step(config, i)); i++) {
		bool empty = json_is_true(json_object_get(json_array_get(history, i), "empty_layer")), runs;
		CLEANUP_FREE char *text = oci_history_instruction(step, &runs);
		for (size_t k = 0; runs && k < out->count; k++)
			out->items[k].run_follows = true;
		if (begins(text, "WORKDIR ")) {
			char *dir = absolute(text + strlen("WORKDIR "), working_dir);
			free(working_dir);
			working_dir = dir;
		}
		if (!empty && layer < config->n_layers && (begins(text, "COPY ") || begins(text, "ADD ")))
			add_step(out, text, layer, working_dir);
		layer += !empty;
	}
}

void dockerfile_steps_done(struct dockerfile_steps *s)
{
	for (size_t i = 0; i < s->count; i++) {
		free(s->items[i].text);
		free(s->items[i].dest);
		strlist_done(&s->items[i].sources);
	}
	free(s->items);
	*s = (struct dockerfile_steps){0};
}
