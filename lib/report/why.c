#include "report/why.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "os/path_walk.h"
#include "text/path.h"

static const char *text(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));
	return s ? s : "";
}

static void add_text(struct buf *out, const char *s)
{
	buf_escape(out, s, strlen(s));
}

static json_t *find_any(struct report_why_lists *w, const char *path)
{
	json_t *v = report_why_lists_find(w, REPORT_WHY_KEPT, path);
	return v ? v : report_why_lists_find(w, REPORT_WHY_DROPPED, path);
}

/* The path with symlinks on the way replaced, as far as the lists know them: "/lib/x" is listed as "/usr/lib/x".
 * follow: one at its end, too. */
static char *real_path(struct report_why_lists *lists, const char *path, bool follow)
{
	json_auto_t *crossed = json_array(); /* the walk borrows their targets */
	struct path_walk w;
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
		json_t *v = !follow && path_walk_is_last(&w) ? NULL : find_any(lists, at.data);
		const char *target = v ? text(v, "target") : "";
		json_array_append_new(crossed, v);
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

const char *report_why_sentence(const char *reason, const char *note)
{
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
	    {"rest", "--keep most keeps it, because it is not documentation, a cache or a build tool"},
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
	for (size_t i = 0; strcmp(reason, "rule") == 0 && i < sizeof(rules) / sizeof(rules[0]); i++)
		if (strcmp(rules[i][0], note) == 0)
			return rules[i][1];
	for (size_t i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++)
		if (strcmp(sentences[i][0], reason) == 0)
			return sentences[i][1];
	return NULL;
}

void report_why_reason(const json_t *v, struct buf *out)
{
	const char *reason = text(v, "reason"), *s = report_why_sentence(reason, text(v, "note"));
	if (strcmp(reason, "used") == 0) {
		add_use(v, out);
		return;
	}
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

/* Each reason, then the reason of the path that it names, until a reason names no other path. */
static void add_chain(struct report_why_lists *w, json_t *first, struct buf *out)
{
	json_t *v = json_incref(first);
	for (unsigned step = 0; v && step < REPORT_WHY_STEPS; step++) {
		buf_printf(out, "%*s", 2 + 2 * (int)(step < 16 ? step : 16), "");
		report_why_reason(v, out);
		buf_char(out, '\n');
		json_t *next = *text(v, "by") ? report_why_lists_find(w, REPORT_WHY_KEPT, text(v, "by")) : NULL;
		json_decref(v);
		v = next;
	}
	json_decref(v);
}

/* The entries below a directory that are dropped. */
struct below {
	json_int_t entries, bytes;
};

static struct below dropped_below(const struct report_why_lists *w, const char *dir)
{
	const struct report_why_paths *dropped = &w->lists[REPORT_WHY_DROPPED];
	struct below b = {0};
	for (size_t id = 0; id < dropped->paths.count; id++) {
		const char *path = strset_get(&dropped->paths, id);
		if (strcmp(path, dir) == 0 || !path_is_below(path, dir))
			continue;
		b.entries++;
		b.bytes += dropped->places[id].size;
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

/* The kept files that name a dropped path. */
static void add_names(const json_t *v, struct buf *out)
{
	json_int_t n = json_integer_value(json_object_get(v, "named_by"));
	const json_t *names = json_object_get(v, "named_in");
	size_t i;
	json_t *name;
	buf_printf(out, "%" JSON_INTEGER_FORMAT " kept file%s it:\n", n, n == 1 ? " names" : "s name");
	json_array_foreach (names, i, name) {
		buf_str(out, "    ");
		add_text(out, text(name, "path"));
		buf_str(out, ", ");
		add_text(out, text(name, "how"));
		buf_char(out, '\n');
	}
	if (n > (json_int_t)json_array_size(names))
		buf_printf(out, "    and %" JSON_INTEGER_FORMAT " more\n", n - (json_int_t)json_array_size(names));
}

/* v: its entry; NULL = a directory of which only the entries are listed. */
static void add_dropped(const json_t *v, const char *path, struct buf *out)
{
	bool excluded = json_is_true(json_object_get(v, "excluded"));
	bool named = json_is_integer(json_object_get(v, "named_by"));
	if (excluded)
		buf_str(out, "  the user excluded it");
	else
		buf_str(out, "  no run used it");
	if (named) {
		buf_str(out, excluded ? ", and no run used it, but " : ", but ");
		add_names(v, out);
	}
	if (excluded) {
		buf_str(out, named ? "" : "\n");
		return;
	}
	buf_str(out, named ? "  whether it is needed is unproven: an exercise that uses it proves it"
			   : ", and nothing that is kept is known to need it");
	add_advice(path, "it", out);
}

/* A kept link is of no use if its target was dropped. */
static void add_end(struct report_why_lists *w, const char *path, struct buf *out)
{
	CLEANUP_FREE char *end = real_path(w, path, true);
	if (report_why_lists_has(w, REPORT_WHY_KEPT, end))
		return;
	json_auto_t *v = report_why_lists_find(w, REPORT_WHY_DROPPED, end);
	struct below below = dropped_below(w, end);
	buf_str(out, "  it leads to ");
	add_text(out, end);
	if (json_is_true(json_object_get(v, "excluded"))) {
		buf_str(out, ", which the user excluded\n");
	} else if (v || below.entries) {
		buf_str(out, ", which is dropped");
		add_advice(end, "it", out);
	} else {
		buf_str(out, w->lists[REPORT_WHY_DROPPED].exists ? ", which the image does not have\n"
								 : ", which the slim image does not have\n");
	}
}

/* Of a file that only some of several runs used. */
static void add_seen(const json_t *v, struct buf *out)
{
	size_t i;
	json_t *run;
	const json_t *seen = json_object_get(v, "seen_in"), *of = json_object_get(v, "seen_of");
	if (!json_array_size(seen) || !json_is_integer(of))
		return;
	buf_printf(out, "  seen in %zu of %" JSON_INTEGER_FORMAT " runs: ", json_array_size(seen),
		   json_integer_value(of));
	json_array_foreach (seen, i, run)
		buf_printf(out, "%s%" JSON_INTEGER_FORMAT, i ? ", " : "", json_integer_value(run));
	buf_char(out, '\n');
}

static void add_answer(struct report_why_lists *w, json_t *v, bool is_kept, const char *path, struct buf *out)
{
	struct below below = dropped_below(w, path);
	add_text(out, path);
	buf_str(out, is_kept ? " is kept" : " is dropped");
	add_what(v, out);
	if (!v) {
		buf_str(out, " with all that is in it: ");
		add_below(&below, out);
	}
	buf_char(out, '\n');
	add_seen(v, out);
	if (is_kept)
		add_chain(w, v, out);
	else
		add_dropped(v, path, out);
	if (is_kept && below.entries) {
		buf_str(out, "  but ");
		add_below(&below, out);
		buf_str(out, below.entries == 1 ? " below it is dropped" : " below it are dropped");
		add_advice(path, "all of it", out);
	}
	if (v && *text(v, "target"))
		add_end(w, path, out);
}

static int answer(struct report_why_lists *w, const char *path, bool *is_kept, struct buf *out, struct err *err)
{
	const bool whole = w->lists[REPORT_WHY_DROPPED].exists;
	if (!w->lists[REPORT_WHY_KEPT].exists)
		return err_set(err, ERR_CORRUPT, "report-without-reasons",
			       "this report was written without the reasons: it has no array \"kept\"");
	CLEANUP_FREE char *real = real_path(w, path, false);
	json_auto_t *v = find_any(w, real);
	*is_kept = report_why_lists_has(w, REPORT_WHY_KEPT, real);
	if (v || dropped_below(w, real).entries)
		add_answer(w, v, *is_kept, real, out);
	else
		return err_set(err, ERR_NOTFOUND, "path-not-found", "the image has no %s%s", real,
			       whole ? "" : ", or it was dropped: only a report knows these");
	return 0;
}

int report_why_answer(struct report_why_lists *w, const char *path, bool *is_kept, struct buf *out, struct err *err)
{
	int r = answer(w, path, is_kept, out, err);
	if (!w->failed.code)
		return r;
	if (err)
		*err = w->failed;
	return -(int)w->failed.code;
}
