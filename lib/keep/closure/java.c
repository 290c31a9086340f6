/* Java. Kept is a class file's root directory (the class path's entry that it was loaded from) with its classes,
 * resources and service files. Also kept: the class path that a jar's manifest names; the jars beside an
 * application's jar, among which plugins lie; and the commands that an application's classes start.
 * Spec: JVM specification 4.1 (class files), JAR file specification (Class-Path). */
#include <string.h>

#include "base/limits.h"
#include "formats/jar.h"
#include "formats/java_class.h"
#include "keep/closure/closure.h"
#include "keep/source/program_texts.h"
#include "keep/tree.h"

#define MAX_MANIFEST (256u << 10)
#define MAX_MEMBERS 64      /* looked at for the manifest, which stands first */
#define MAX_JAR (16u << 20) /* bytes of one that is read for commands */
#define MAX_CLASS (256u << 10)
#define MAX_CLASSES 8192

static bool applies(const struct keep_file *f)
{
	return keep_file_ends(f, ".class") || keep_file_ends(f, ".jar") || keep_file_ends(f, ".war");
}

/* The class path entry that holds the class: its directory, up by the packages in its name. */
static void class_file(struct keep_script_source *s)
{
	CLEANUP_BUF struct buf name = {0};
	if (!java_class_name(s->text.data, s->text.len, &name))
		return;
	uint32_t root = s->dir;
	for (char *slash; (slash = strrchr(name.data, '/')) && root;
	     root = image_index_node(s->k->index, root)->parent) {
		*slash = '\0';
		const char *last = strrchr(name.data, '/') ? strrchr(name.data, '/') + 1 : name.data;
		if (strcmp(last, image_index_node(s->k->index, root)->name) != 0)
			return;
	}
	(void)keep_script_source_directory(s, root,
					   KEEP_WHY_NOTED(KEEP_IMPORT, s->node, keep_note(s->k, "class path")));
}

struct texts {
	const struct keep_programs *programs;
	bool starts; /* the class names what starts programs */
	struct strset *found;
};

static bool is(const char *text, size_t n, const char *name)
{
	return strlen(name) == n && memcmp(text, name, n) == 0;
}

static void look_for_starter(void *ctx, const char *text, size_t n)
{
	struct texts *t = ctx;
	t->starts = t->starts || is(text, n, "java/lang/ProcessBuilder") || is(text, n, "java/lang/Runtime");
}

static void look_for_command(void *ctx, const char *text, size_t n)
{
	struct texts *t = ctx;
	bool added;
	if (keep_programs_is_command(t->programs, text, n, t->starts))
		(void)strset_add_len(t->found, text, n, &added);
}

/* Where one class starts programs, others may have the shell's texts for it. */
static void class_commands(const struct keep_programs *p, const char *class, size_t n, struct strset *found)
{
	struct texts t = {.programs = p, .found = found};
	java_class_texts(class, n, look_for_starter, &t);
	java_class_texts(class, n, look_for_command, &t);
}

static void jar_commands(struct keep_script_source *s, const struct keep_programs *p, int fd)
{
	struct archive *a = jar_open(fd);
	CLEANUP_BUF struct buf class = {0};
	struct strset found = {0};
	const char *name;
	for (unsigned i = 0; a && i < MAX_CLASSES && (name = jar_next(a)); i++) {
		size_t n = strlen(name);
		if (n < 6 || strcmp(name + n - 6, ".class") != 0)
			continue;
		jar_read(a, MAX_CLASS, &class);
		class_commands(p, class.data, class.len, &found);
	}
	if (a)
		archive_read_free(a);
	keep_programs_keep(s, &found);
	strset_done(&found);
}

static bool read_manifest(int fd, struct buf *out)
{
	struct archive *a = jar_open(fd);
	const char *name = NULL;
	for (unsigned i = 0; a && i < MAX_MEMBERS && (name = jar_next(a)); i++)
		if (strcmp(name, "META-INF/MANIFEST.MF") == 0)
			break;
	if (name && strcmp(name, "META-INF/MANIFEST.MF") == 0)
		jar_read(a, MAX_MANIFEST, out);
	if (a)
		archive_read_free(a);
	return out->len > 0;
}

/* Class-Path: relative URLs, separated by spaces; a line goes on behind "\n ". */
static void manifest(struct keep_script_source *s, char *text)
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
			(void)keep_script_source_path(s, s->dir, strncmp(word, "file:", 5) == 0 ? word + 5 : word,
						      true);
}

/* Of a directory of jars. */
static const struct keep_limit jars = {256u << 20, 4096};

static void siblings(struct keep_script_source *s)
{
	const struct image_node *dir = image_index_node(s->k->index, s->dir);
	if (!s->application || image_index_child(s->k->index, s->dir, "modules", 7) != IMAGE_NONE ||
	    image_index_child(s->k->index, s->dir, "rt.jar", 6) != IMAGE_NONE) /* of the runtime */
		return;
	struct keep_reason why = KEEP_WHY_NOTED(KEEP_PACKAGE, s->node, keep_note(s->k, "jars of the directory"));
	if (!keep_tree_fits(s->k->index, s->dir, jars)) {
		keep_leave_out(s->k, s->dir, jars, why);
		return;
	}
	for (uint32_t i = 0; i < dir->n_children; i++) {
		const char *end = strrchr(image_index_node(s->k->index, dir->first_child + i)->name, '.');
		if (end && strcmp(end, ".jar") == 0)
			keep_node(s->k, dir->first_child + i, why);
	}
}

static int run(const struct keep_file *f, void **state, struct err *err)
{
	CLEANUP_KEEP_SCRIPT_SOURCE struct keep_script_source s;
	CLEANUP_BUF struct buf text = {0};
	if (!*state)
		*state = keep_programs_new(f->k);
	keep_script_source_read(&s, f, NULL);
	if (keep_file_ends(f, ".class")) {
		struct strset found = {0};
		class_file(&s);
		if (s.application)
			class_commands(*state, s.text.data, s.text.len, &found);
		keep_programs_keep(&s, &found);
		strset_done(&found);
		return 0;
	}
	if (read_manifest(f->fd, &text))
		manifest(&s, text.data);
	siblings(&s);
	if (s.application && f->info->size <= MAX_JAR)
		jar_commands(&s, *state, f->fd);
	return 0;
}

const struct keep_closure keep_closure_java = {
    .name = "java", .level = KEEP_CLOSURE, .applies = applies, .run = run, .free_state = keep_programs_free};
