#include "dockerfile/dockerfile.h"

#include <jansson.h>
#include <string.h>

#include "base/mem.h"
#include "dockerfile/archive.h"
#include "dockerfile/config.h"
#include "dockerfile/copies.h"
#include "dockerfile/quote.h"
#include "os/output_file.h"

struct writing {
	const struct dockerfile_source *source;
	const char *file;
	struct dockerfile_carriers carriers;
	size_t entries; /* of the archive */
	struct layer_digests digests;
	struct strlist *refused;
	struct buf text;
};

char *dockerfile_archive_path(const char *file)
{
	return mem_printf("%s.tar", file);
}

static char *archive_name(const char *file)
{
	const char *slash = strrchr(file, '/');
	return dockerfile_archive_path(slash ? slash + 1 : file);
}

static int make_archive(void *ctx, int fd, struct err *err)
{
	struct writing *w = ctx;
	return dockerfile_archive(&w->carriers, fd, &w->entries, &w->digests, err);
}

static void add_from(struct writing *w, const char *stage)
{
	if (w->source->from) {
		buf_printf(&w->text, "FROM %s%s\n", w->source->from, stage);
		return;
	}
	dockerfile_comment(&w->text, "%s",
			   "No builder can pull the original by the name that slim read it by. Name it:");
	dockerfile_comment(&w->text, "%s", "    --build-arg ORIGINAL=NAME");
	buf_printf(&w->text, "ARG ORIGINAL\nFROM ${ORIGINAL}%s\n", stage);
}

static void add_archive(struct writing *w)
{
	CLEANUP_STRLIST struct strlist words = {0};
	strlist_take(&words, archive_name(w->file));
	strlist_add(&words, "/");
	dockerfile_comment(&w->text,
			   "What COPY cannot carry: %zu entries, such as symlinks and the directories' owners, "
			   "modes and times",
			   w->entries);
	dockerfile_comment(&w->text, "(%s)", w->digests.blob.text);
	buf_str(&w->text, "ADD ");
	dockerfile_words(&w->text, &words, " ");
	buf_char(&w->text, '\n');
}

/* What the builders tried lose, although it is in the archive or the original. */
static void find_losses(struct writing *w)
{
	const struct dockerfile_carriers *c = &w->carriers;
	const struct image_node *root = image_index_node(c->keep->index, 0);
	if (c->plan.count && c->plan.items[0].node == 0)
		strlist_take(w->refused, mem_printf("the mode %04o and owner %u:%u of the root directory",
						    root->mode & 07777, root->uid, root->gid));
	if (c->attributes) {
		CLEANUP_BUF struct buf path = {0};
		image_index_path(c->keep->index, c->attributes_node, &path);
		strlist_take(w->refused, mem_printf("extended attributes of %u entries, such as %s (only buildah keeps "
						    "them)",
						    c->attributes, path.data));
	}
}

/* A builder runs the triggers of an image that a stage begins with, but not of one that it only copies from. */
static bool has_triggers(const struct writing *w)
{
	const json_t *config = json_object_get(w->source->config->root, "config");
	return json_array_size(json_object_get(config, "OnBuild")) > 0;
}

static void add_stages(struct writing *w)
{
	const char *from = has_triggers(w) ? w->source->from : NULL;
	if (!from) {
		add_from(w, " AS fat");
		buf_char(&w->text, '\n');
	}
	if (!from && has_triggers(w))
		strlist_add(w->refused, "its ONBUILD instructions, which a builder carries out after FROM");
	CLEANUP_FREE char *last = dockerfile_copies(&w->carriers, from ? from : "fat", &w->text);
	buf_printf(&w->text, "%sFROM scratch\n", last ? "\n" : "");
	if (last)
		buf_printf(&w->text, "COPY --from=%s / /\n", last);
	if (w->carriers.has_archive)
		add_archive(w);
	else
		dockerfile_comment(&w->text, "%s", "Directories get the time of the build.");
	find_losses(w);
	dockerfile_config(w->source->config, &w->text, w->refused);
}

static void add_refused(struct writing *w, size_t before)
{
	if (w->refused->count == before)
		return;
	buf_char(&w->text, '\n');
	dockerfile_comment(&w->text, "%s", "Not carried over:");
	for (size_t i = before; i < w->refused->count; i++)
		dockerfile_comment(&w->text, "    %s", w->refused->items[i]);
}

static void make_text(struct writing *w)
{
	const size_t before = w->refused->count;
	for (size_t i = 0; i < w->source->header->count; i++)
		dockerfile_comment(&w->text, "%s", w->source->header->items[i]);
	buf_char(&w->text, '\n');
	if (w->source->unchanged)
		add_from(w, "");
	else
		add_stages(w);
	add_refused(w, before);
}

static int make(struct writing *w, struct err *err)
{
	const struct dockerfile_source *s = w->source;
	CLEANUP_FREE char *name = archive_name(w->file);
	int r = s->unchanged ? 0 : dockerfile_carriers_make(s->keep, s->edits, &w->carriers, err);
	if (r < 0)
		return r;
	if (w->carriers.has_archive) {
		CLEANUP_FREE char *path = dockerfile_archive_path(w->file);
		if (!dockerfile_can_copy(name))
			return err_set(err, ERR_INVAL, "dockerfile-name-unusable",
				       "an archive is needed beside it, and no Dockerfile can say the name %s", name);
		if ((r = output_file_make(path, make_archive, w, err)) < 0)
			return r;
	}
	make_text(w);
	return output_file_write(w->file, w->text.data, w->text.len, err);
}

int dockerfile_write(const struct dockerfile_source *s, const char *file, struct strlist *refused, struct err *err)
{
	struct writing w = {.source = s, .file = file, .refused = refused};
	int r = make(&w, err);
	dockerfile_carriers_done(&w.carriers);
	buf_done(&w.text);
	return r < 0 ? err_wrap(err, "--dockerfile-out") : 0;
}
