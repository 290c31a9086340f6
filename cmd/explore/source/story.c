#include "cmd/explore/source/story.h"

#include <inttypes.h>
#include <string.h>

#include "report/step/step.h"

static void add_text(struct buf *out, const char *s)
{
	buf_escape(out, s, strlen(s));
}

static void add_target(const char *words, const char *target, struct buf *out)
{
	buf_str(out, words);
	add_text(out, target ? target : "");
}

static void add_entry(const struct inspect_entry *e, struct buf *out)
{
	switch (e->kind) {
	case INSPECT_DIRECTORY:
		buf_str(out, "directory");
		break;
	case INSPECT_SYMLINK:
		add_target("symbolic link to ", e->target, out);
		break;
	case INSPECT_HARDLINK:
		add_target("another name of ", e->target, out);
		break;
	case INSPECT_SPECIAL:
		buf_str(out, "device, fifo or socket");
		break;
	default:
		buf_printf(out, "file, %" PRIu64 " bytes", e->bytes);
	}
	buf_printf(out, ", mode %04o, owner %" PRIu32 ":%" PRIu32, e->mode & 07777u, e->uid, e->gid);
}

static void add_command(const struct pipeline_inspected *i, size_t layer, struct buf *out)
{
	const char *command = oci_image_config_created_by(&i->image.config, layer);
	buf_str(out, "      ");
	add_text(out, *command ? command : "(the image does not record its command)");
	buf_char(out, '\n');
}

static void add_version(const struct pipeline_inspected *i, const struct inspect_version *v, struct buf *out)
{
	static const char *const verbs[INSPECT_CHANGES] = {"adds it: ", "changes it: ", "removes it"};
	buf_printf(out, "  layer %u %s", v->layer + 1, verbs[v->change]);
	if (v->entry)
		add_entry(v->entry, out);
	if (v->same_content)
		buf_str(out, "; its content stays");
	buf_char(out, '\n');
	add_command(i, v->layer, out);
}

/* The bytes of all its versions but the one that the image shows. */
static uint64_t hidden_bytes(const struct inspect_history *h, size_t path)
{
	const struct inspect_version *shown = inspect_history_final(h, path);
	uint64_t sum = 0;
	for (size_t i = 0; i < h->paths[path].n; i++) {
		const struct inspect_version *v = &h->versions[h->paths[path].first + i];
		sum += v->entry && v != shown ? v->entry->bytes : 0;
	}
	return sum;
}

static void add_history(const struct pipeline_inspected *i, size_t path, struct buf *out)
{
	const struct inspect_history *h = &i->history;
	const uint64_t hidden = hidden_bytes(h, path);
	for (size_t k = 0; k < h->paths[path].n; k++)
		add_version(i, &h->versions[h->paths[path].first + k], out);
	if (hidden)
		buf_printf(out, "  %" PRIu64 " bytes in lower layers are pulled, but no container sees them\n", hidden);
}

static void add_node(const struct view_tree *tree, const struct view_node *n, struct buf *out)
{
	char size[32];
	if (n->kind == VIEW_DIRECTORY)
		buf_printf(out, "  %" PRIu32 " file%s below it, %s\n", n->files_after, n->files_after == 1 ? "" : "s",
			   report_step_size(n->bytes_after, size));
	if (n->package == VIEW_NONE)
		return;
	buf_str(out, "  of the package ");
	add_text(out, strset_get(&tree->packages, n->package));
	buf_char(out, '\n');
}

void explore_story(const struct pipeline_inspected *i, const struct view_tree *tree, const char *path, struct buf *out)
{
	const size_t node = view_tree_find(tree, path), at = inspect_history_find(&i->history, path);
	add_text(out, path);
	buf_str(out, node == SIZE_MAX ? " is not in the image any more\n" : "\n");
	if (node != SIZE_MAX)
		add_node(tree, &tree->nodes[node], out);
	if (at != SIZE_MAX)
		add_history(i, at, out);
	else
		buf_str(out, "  no layer lists this directory: it is there because files below it are\n");
}
