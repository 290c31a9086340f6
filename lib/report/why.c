#include "report/why.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "os/path_walk.h"
#include "text/json.h"
#include "text/path.h"

static const char *text(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));
	return s ? s : "";
}

static const json_t *find(const json_t *array, const char *path)
{
	size_t i;
	json_t *v;
	json_array_foreach (array, i, v)
		if (strcmp(text(v, "path"), path) == 0)
			return v;
	return NULL;
}

static void add_text(struct buf *out, const char *s)
{
	buf_escape(out, s, strlen(s));
}

static const json_t *find_any(const json_t *root, const char *path)
{
	const json_t *v = find(json_object_get(root, "kept"), path);
	return v ? v : find(json_object_get(root, "dropped"), path);
}

/* The path with symlinks on the way replaced, as far as the lists know them: "/lib/x" is listed as "/usr/lib/x".
 * follow: one at its end, too. */
static char *real_path(const json_t *root, const char *path, bool follow)
{
	struct path_walk w; /* the targets are borrowed from root */
	path_walk_init(&w, path);
	struct buf at = {0};
	buf_str(&at, "");
	enum path_walk_step step;
	const char *name;
	size_t len;
	while ((step = path_walk_next(&w, &name, &len)) != PATH_WALK_END) {
		if (step == PATH_WALK_UP)
			path_walk_up(&at);
		if (step != PATH_WALK_NAME)
			continue;
		size_t before = at.len;
		buf_printf(&at, "/%.*s", (int)len, name);
		const json_t *v = !follow && path_walk_is_last(&w) ? NULL : find_any(root, at.data);
		const char *target = v ? text(v, "target") : "";
		if (!*target || !path_walk_follow(&w, target))
			continue;
		at.len = *target == '/' ? 0 : before;
		at.data[at.len] = '\0';
	}
	if (!at.len)
		buf_char(&at, '/');
	return buf_steal(&at);
}

static void add_what(const json_t *v, struct buf *out)
{
	const json_t *size = json_object_get(v, "size");
	if (*text(v, "target")) {
		buf_str(out, ", a symbolic link to ");
		add_text(out, text(v, "target"));
	}
	if (json_is_integer(size))
		buf_printf(out, ", %" JSON_INTEGER_FORMAT " bytes", json_integer_value(size));
	if (*text(v, "package")) {
		buf_str(out, ", of the package ");
		add_text(out, text(v, "package"));
	}
}

static void add_use(const json_t *v, struct buf *out)
{
	size_t i;
	json_t *kind;
	buf_str(out, "a run used it");
	json_array_foreach (json_object_get(v, "kinds"), i, kind) {
		buf_str(out, i ? ", " : ": ");
		add_text(out, json_string_value(kind) ? json_string_value(kind) : "");
	}
	if (*text(v, "program")) {
		buf_str(out, "; by ");
		add_text(out, text(v, "program"));
	}
	if (*text(v, "as") && strcmp(text(v, "as"), text(v, "path")) != 0) {
		buf_str(out, ", as ");
		add_text(out, text(v, "as"));
	}
}

static void add_reason(const json_t *v, struct buf *out)
{
	/* %b: by, %n: note */
	static const char *const sentences[][2] = {
	    {"parent", "the way to %b"},
	    {"symlink", "a link on the way to %b"},
	    {"interpreter", "the interpreter of %b"},
	    {"library", "a library that %b needs"},
	    {"config", "the image's configuration names it"},
	    {"engine", "engines need it to start a container"},
	    {"import", "%b imports or names it: %n"},
	    {"command", "%b names the command %n"},
	    {"alias", "a link that leads to %b"},
	    {"rule", "the rule %n, set off by %b"},
	    {"package", "the rest of the package %n, of which %b is used"},
	    {"application", "of the application: %n"},
	    {"named-package", "with the package %n, which was installed by name or built with"},
	    {"for-scripts", "scripts use it, and the shell %b stays"},
	    {"skeleton", "a directory for programs to fill, kept without what is in it: %n"},
	    {"rest", "--keep most keeps it, as it is no documentation, cache or tool to build with"},
	    {"policy", "the user asked for it: %n"},
	    {"package-database", "the package database, trimmed to what remains"},
	    {"healed", "without it the slim image behaved differently: %n"},
	};
	static const char *const rules[][2] = {
	    {"own-tree", "all of the program's directory in which a run used %b"},
	    {"registry", "%b names it, a text that a run read in the same program's directory"},
	    {"siblings", "beside %b, which a run opened, with a name that ends alike"},
	    {"named-tree", "all of a program's directory that %b names"},
	};
	const char *reason = text(v, "reason"), *s = NULL;
	if (strcmp(reason, "used") == 0) {
		add_use(v, out);
		return;
	}
	for (size_t i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++)
		if (strcmp(sentences[i][0], reason) == 0)
			s = sentences[i][1];
	for (size_t i = 0; strcmp(reason, "rule") == 0 && i < sizeof(rules) / sizeof(rules[0]); i++)
		if (strcmp(rules[i][0], text(v, "note")) == 0)
			s = rules[i][1];
	if (!s) {
		add_text(out, reason);
		return;
	}
	for (; *s; s++) {
		if (*s != '%') {
			buf_char(out, *s);
			continue;
		}
		s++;
		add_text(out, text(v, *s == 'b' ? "by" : "note"));
	}
}

/* Each reason, and that of what it names, until one that stands for itself. */
static void add_chain(const json_t *kept, const json_t *v, struct buf *out)
{
	for (unsigned step = 0; v && step < REPORT_WHY_STEPS; step++) {
		buf_printf(out, "%*s", 2 + 2 * (int)(step < 16 ? step : 16), "");
		add_reason(v, out);
		buf_char(out, '\n');
		v = *text(v, "by") ? find(kept, text(v, "by")) : NULL;
	}
}

/* What is dropped below a directory. */
struct below {
	json_int_t entries, bytes;
};

static struct below dropped_below(const json_t *root, const char *dir)
{
	struct below b = {0};
	size_t i;
	json_t *v;
	json_array_foreach (json_object_get(root, "dropped"), i, v) {
		if (strcmp(text(v, "path"), dir) == 0 || !path_is_below(text(v, "path"), dir))
			continue;
		b.entries++;
		b.bytes += json_integer_value(json_object_get(v, "size"));
	}
	return b;
}

static void add_below(const struct below *b, struct buf *out)
{
	buf_printf(out, "%" JSON_INTEGER_FORMAT " entr%s, %" JSON_INTEGER_FORMAT " bytes", b->entries,
		   b->entries == 1 ? "y" : "ies", b->bytes);
}

static void add_advice(const char *path, const char *what, struct buf *out)
{
	buf_str(out, "; --include ");
	add_text(out, path);
	buf_printf(out, " keeps %s\n", what);
}

/* v: its entry; NULL = a directory of which only the entries are listed. */
static void add_dropped(const json_t *v, const char *path, struct buf *out)
{
	if (json_is_true(json_object_get(v, "excluded"))) {
		buf_str(out, "  the user excluded it\n");
		return;
	}
	buf_str(out, "  no run used it, and nothing that is kept is known to need it");
	add_advice(path, "it", out);
}

/* A link that is there does not help if what it leads to is not. */
static void add_end(const json_t *root, const char *path, struct buf *out)
{
	CLEANUP_FREE char *end = real_path(root, path, true);
	if (find(json_object_get(root, "kept"), end))
		return;
	const json_t *v = find(json_object_get(root, "dropped"), end);
	struct below below = dropped_below(root, end);
	buf_str(out, "  it leads to ");
	add_text(out, end);
	if (json_is_true(json_object_get(v, "excluded"))) {
		buf_str(out, ", which the user excluded\n");
	} else if (v || below.entries) {
		buf_str(out, ", which is dropped");
		add_advice(end, "it", out);
	} else {
		buf_str(out, json_object_get(root, "dropped") ? ", which the image does not have\n"
							      : ", which the slim image does not have\n");
	}
}

static void add_answer(const json_t *root, const json_t *v, bool is_kept, const char *path, struct buf *out)
{
	struct below below = dropped_below(root, path);
	add_text(out, path);
	buf_str(out, is_kept ? " is kept" : " is dropped");
	add_what(v, out);
	if (!v) {
		buf_str(out, " with all that is in it: ");
		add_below(&below, out);
	}
	buf_char(out, '\n');
	if (is_kept)
		add_chain(json_object_get(root, "kept"), v, out);
	else
		add_dropped(v, path, out);
	if (is_kept && below.entries) {
		buf_str(out, "  but ");
		add_below(&below, out);
		buf_str(out, below.entries == 1 ? " below it is dropped" : " below it are dropped");
		add_advice(path, "all of it", out);
	}
	if (v && *text(v, "target"))
		add_end(root, path, out);
}

int report_why_answer(const json_t *root, const char *path, bool *is_kept, struct buf *out, struct err *err)
{
	json_t *kept = NULL;
	int r = json_get_array(root, "kept", true, &kept, err);
	if (r < 0)
		return err_wrap(err, "this report was written without the reasons");
	CLEANUP_FREE char *real = real_path(root, path, false);
	const json_t *v = find(kept, real);
	*is_kept = v != NULL;
	if (!v)
		v = find(json_object_get(root, "dropped"), real);
	if (!v && !dropped_below(root, real).entries)
		return err_set(err, ERR_NOTFOUND, "path-not-found", "the image has no %s%s", real,
			       json_object_get(root, "dropped") ? ""
								: ", or it was dropped: only a report knows these");
	add_answer(root, v, *is_kept, real, out);
	return 0;
}
