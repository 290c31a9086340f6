/* Java: a class file's root directory (the class path's entry that it was loaded from) with its classes, resources and
 * service files; the class path that a jar's manifest names; the jars beside an application's jar, where plugins lie.
 * Spec: JVM specification 4.1 (class files), JAR file specification (Class-Path). */
#include <archive.h>
#include <archive_entry.h>
#include <endian.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "keep/source.h"
#include "keep/tree.h"

#define MAX_MANIFEST (256u << 10)
#define MAX_JARS (256u << 20) /* bytes of a directory of jars */
#define MAX_MEMBERS 64        /* looked at for the manifest, which stands first */

static bool applies(const struct keep_file *f)
{
	return keep_source_ends(f, ".class") || keep_source_ends(f, ".jar") || keep_source_ends(f, ".war");
}

struct reader {
	const unsigned char *p, *end;
};

static uint32_t number(struct reader *r, size_t bytes)
{
	uint32_t v = 0;
	for (; bytes; bytes--)
		v = v << 8 | (r->p < r->end ? *r->p++ : 0);
	return v;
}

/* The class's own name, "a/b/C"; false if the file is broken. */
static bool class_name(const struct buf *text, struct buf *out)
{
	/* bytes behind the tag of a constant, by tag; 0 = none such */
	static const uint8_t sizes[] = {0, 0, 0, 4, 4, 8, 8, 2, 2, 4, 4, 4, 4, 0, 0, 3, 2, 4, 4, 2, 2};
	struct reader r = {(const unsigned char *)text->data, (const unsigned char *)text->data + text->len};
	if (number(&r, 4) != 0xcafebabe)
		return false;
	(void)number(&r, 4); /* version */
	uint32_t n = number(&r, 2);
	CLEANUP_FREE const unsigned char **at = mem_calloc(n + 1, sizeof(*at));
	for (uint32_t i = 1; i < n; i++) {
		at[i] = r.p;
		uint32_t tag = number(&r, 1), size = tag == 1 ? number(&r, 2) : tag < sizeof(sizes) ? sizes[tag] : 0;
		if (!size && tag != 1)
			return false;
		if ((size_t)(r.end - r.p) < size)
			return false;
		r.p += size;
		if (tag == 5 || tag == 6)
			i++; /* takes two places */
	}
	(void)number(&r, 2); /* access flags */
	uint32_t class = number(&r, 2);
	if (!class || class >= n || !at[class] || *at[class] != 7)
		return false;
	struct reader c = {at[class] + 1, r.end};
	uint32_t name = number(&c, 2);
	if (!name || name >= n || !at[name] || *at[name] != 1)
		return false;
	struct reader u = {at[name] + 1, r.end};
	uint32_t len = number(&u, 2);
	buf_append(out, u.p, len);
	return len && len <= LIMIT_PATH && !memchr(u.p, '\0', len);
}

/* The class path entry that holds the class: its directory, up by the packages in its name. */
static void class_file(struct keep_source *s)
{
	CLEANUP_BUF struct buf name = {0};
	if (!class_name(&s->text, &name))
		return;
	uint32_t root = s->dir;
	for (char *slash; (slash = strrchr(name.data, '/')) && root;
	     root = rootfs_index_node(s->k->index, root)->parent) {
		*slash = '\0';
		const char *last = strrchr(name.data, '/') ? strrchr(name.data, '/') + 1 : name.data;
		if (strcmp(last, rootfs_index_node(s->k->index, root)->name) != 0)
			return;
	}
	if (keep_source_may_be_whole(s, root))
		keep_tree(s->k, root, KEEP_TREE_DATA,
			  KEEP_WHY_NOTED(KEEP_IMPORT, s->node, keep_note(s->k, "class path")));
}

static bool read_manifest(int fd, struct buf *out)
{
	struct archive *a = archive_read_new();
	struct archive_entry *e;
	if (!a)
		return false;
	archive_read_support_format_zip_seekable(a);
	(void)lseek(fd, 0, SEEK_SET); /* a file: can't fail */
	bool found = archive_read_open_fd(a, fd, 65536) == ARCHIVE_OK;
	for (unsigned i = 0; found && i < MAX_MEMBERS; i++) {
		int r = archive_read_next_header(a, &e);
		const char *name = r == ARCHIVE_OK || r == ARCHIVE_WARN ? archive_entry_pathname(e) : NULL;
		if (!name || strcmp(name, "META-INF/MANIFEST.MF") == 0) {
			found = name != NULL;
			break;
		}
	}
	ssize_t n = 0;
	buf_reserve(out, MAX_MANIFEST);
	if (found)
		n = archive_read_data(a, out->data, MAX_MANIFEST);
	out->len = n > 0 ? (size_t)n : 0;
	out->data[out->len] = '\0';
	archive_read_free(a);
	return out->len > 0;
}

/* Class-Path: relative URLs, separated by spaces; a line goes on behind "\n ". */
static void manifest(struct keep_source *s, char *text)
{
	char *to = text;
	for (const char *from = text; *from; from++) {
		if (*from == '\r')
			continue;
		if (*from == '\n' && from[1] == ' ')
			from++;
		else
			*to++ = *from;
	}
	*to = '\0';
	char *line = strncmp(text, "Class-Path:", 11) == 0 ? text : strstr(text, "\nClass-Path:");
	if (!line)
		return;
	line = strchr(line, ':') + 1;
	line[strcspn(line, "\n")] = '\0';
	for (char *word; (word = strsep(&line, " "));)
		if (*word)
			(void)keep_source_path(s, s->dir, strncmp(word, "file:", 5) == 0 ? word + 5 : word, true);
}

static void siblings(struct keep_source *s)
{
	const struct rootfs_node *dir = rootfs_index_node(s->k->index, s->dir);
	if (!s->application || rootfs_index_child(s->k->index, s->dir, "modules", 7) != ROOTFS_NONE ||
	    rootfs_index_child(s->k->index, s->dir, "rt.jar", 6) != ROOTFS_NONE || /* of the runtime */
	    !keep_tree_fits(s->k->index, s->dir, MAX_JARS, 4096))
		return;
	for (uint32_t i = 0; i < dir->n_children; i++) {
		const char *end = strrchr(rootfs_index_node(s->k->index, dir->first_child + i)->name, '.');
		if (end && strcmp(end, ".jar") == 0)
			keep_node(s->k, dir->first_child + i,
				  KEEP_WHY_NOTED(KEEP_PACKAGE, s->node, keep_note(s->k, "jars of the directory")));
	}
}

static int run(const struct keep_file *f, void **state, struct err *err)
{
	CLEANUP_KEEP_SOURCE struct keep_source s;
	CLEANUP_BUF struct buf text = {0};
	keep_source_read(&s, f, NULL);
	if (keep_source_ends(f, ".class")) {
		class_file(&s);
		return 0;
	}
	if (read_manifest(f->fd, &text))
		manifest(&s, text.data);
	siblings(&s);
	return 0;
}

const struct keep_closure keep_closure_java = {.name = "java", .level = KEEP_CLOSURE, .applies = applies, .run = run};
