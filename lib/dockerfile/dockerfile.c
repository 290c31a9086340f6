#include "dockerfile/dockerfile.h"

#include <jansson.h>
#include <string.h>

#include "base/mem.h"
#include "dockerfile/archive.h"
#include "dockerfile/config.h"
#include "dockerfile/copies.h"
#include "dockerfile/list.h"
#include "dockerfile/quote.h"
#include "os/output_file.h"

#define FEW_LINES 40 /* of COPY instructions; a list takes the place of more */

struct writing {
	const struct dockerfile_source *source;
	const char *file;
	struct dockerfile_carriers carriers;
	const char *tar; /* the original's tar, which reads the list; NULL = COPY instructions are used */
	size_t entries;  /* in the archive */
	struct layer_digests digests;
	struct strlist *refused;
	struct buf text;
};

char *dockerfile_archive_path(const char *file)
{
	return mem_printf("%s.tar", file);
}

/* The name of a file in the build context. */
static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
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
			   "slim read the original from a place that no builder can pull from. Give its name:");
	dockerfile_comment(&w->text, "%s", "    --build-arg ORIGINAL=NAME");
	buf_printf(&w->text, "ARG ORIGINAL\nFROM ${ORIGINAL}%s\n", stage);
}

static void add_archive(struct writing *w)
{
	CLEANUP_STRLIST struct strlist words = {0};
	strlist_take(&words, dockerfile_archive_path(name_of(w->file)));
	strlist_add(&words, "/");
	dockerfile_comment(&w->text, "The archive has %zu entries that cannot be copied, such as %s,", w->entries,
			   w->tar ? "edited files" : "symlinks");
	dockerfile_comment(&w->text, "and the owners, modes and times of directories (%s).", w->digests.blob.text);
	buf_str(&w->text, "ADD");
	dockerfile_words(&w->text, &words, 0);
	buf_char(&w->text, '\n');
}

/* Finds attributes that builders lose, although the archive or the original has them. */
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

/* Builders carry out the ONBUILD instructions of an image after FROM, but not after COPY --from. */
static bool has_triggers(const struct writing *w)
{
	const json_t *config = json_object_get(w->source->config->root, "config");
	return json_array_size(json_object_get(config, "OnBuild")) > 0;
}

/* Returns the image or the stage to copy from. */
static const char *add_original(struct writing *w)
{
	if (has_triggers(w) && w->source->from)
		return w->source->from;
	add_from(w, " AS fat");
	if (has_triggers(w))
		strlist_add(w->refused, "its ONBUILD instructions, which a builder carries out after FROM");
	return "fat";
}

static void add_stages(struct writing *w)
{
	const size_t before = w->text.len;
	const char *from = add_original(w);
	if (w->tar) {
		CLEANUP_FREE char *list = dockerfile_list_path(name_of(w->file));
		dockerfile_list_steps(w->tar, list, &w->text);
		buf_str(&w->text, "\nFROM scratch\nCOPY --from=fat " DOCKERFILE_LIST_DIR "/root/ /\n");
	} else {
		buf_str(&w->text, w->text.len > before ? "\n" : "");
		CLEANUP_FREE char *last = dockerfile_copies(&w->carriers, from, &w->text);
		buf_printf(&w->text, "%sFROM scratch\n", last ? "\n" : "");
		if (last)
			buf_printf(&w->text, "COPY --from=%s / /\n", last);
	}
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

static size_t count_lines(const struct dockerfile_carriers *c)
{
	CLEANUP_BUF struct buf text = {0};
	free(dockerfile_copies(c, "fat", &text)); /* the name of the last stage */
	size_t lines = 0;
	for (size_t i = 0; i < text.len; i++)
		lines += text.data[i] == '\n';
	return lines;
}

/* Chooses a list if the copies take many lines and the original can read a list. A list needs FROM the original, after
 * which a builder would carry out ONBUILD instructions. */
static int make_carriers(struct writing *w, struct err *err)
{
	const struct dockerfile_source *s = w->source;
	int r = dockerfile_carriers_make(s->keep, s->edits, false, &w->carriers, err);
	if (r < 0 || has_triggers(w) || count_lines(&w->carriers) <= FEW_LINES)
		return r;
	if (!(w->tar = dockerfile_list_tar(s->keep->index)))
		return 0;
	dockerfile_carriers_done(&w->carriers);
	return dockerfile_carriers_make(s->keep, s->edits, true, &w->carriers, err);
}

/* Writes the files beside the Dockerfile. */
static int write_companions(struct writing *w, struct err *err)
{
	CLEANUP_FREE char *archive = dockerfile_archive_path(w->file), *list = dockerfile_list_path(w->file);
	int r = 0;
	if ((w->carriers.has_archive || w->tar) && !dockerfile_can_copy(name_of(w->file)))
		return err_set(err, ERR_INVAL, "dockerfile-name-unusable",
			       "a file beside it is needed, and a Dockerfile cannot hold the name %s; choose another",
			       name_of(w->tar ? list : archive));
	if (w->carriers.has_archive)
		r = output_file_make(archive, make_archive, w, err);
	if (r == 0 && w->tar) {
		CLEANUP_BUF struct buf paths = {0};
		dockerfile_list(&w->carriers, &paths);
		r = output_file_write(list, paths.data, paths.len, err);
	}
	return r;
}

static int make(struct writing *w, struct err *err)
{
	int r = w->source->unchanged ? 0 : make_carriers(w, err);
	if (r < 0 || (r = write_companions(w, err)) < 0)
		return r;
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
