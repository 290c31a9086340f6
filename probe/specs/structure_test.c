#include "probe/specs/structure_test.h"

#include <fcntl.h>
#include <string.h>

#include "base/limits.h"
#include "os/fd.h"

struct reader {
	struct probe_fields fields;
	struct probe_spec *out;
	size_t unread, with_env; /* expectations that can't be checked, commands with variables */
};

/* Appends a list of texts, or one text. */
static int add_words(struct reader *t, const json_t *o, const char *key, const json_t *v, struct strlist *argv,
		     struct err *err)
{
	const size_t n = json_is_array(v) ? json_array_size(v) : v && !json_is_null(v) ? 1 : 0;
	for (size_t i = 0; i < n; i++) {
		CLEANUP_BUF struct buf text = {0};
		if (!probe_fields_text(json_is_array(v) ? json_array_get(v, i) : v, &text))
			return probe_fields_fail(&t->fields, o, key, err, "\"%s\" is not a list of words", key);
		strlist_add(argv, text.data);
	}
	return 0;
}

/* Commands before and after: whatever they end with. */
static int add_others(struct reader *t, const json_t *o, const char *key, const char *name, struct err *err)
{
	size_t i;
	json_t *v;
	int e = 0;
	json_array_foreach (json_object_get(o, key), i, v) {
		CLEANUP_FREE char *what = mem_printf("%s: %s %zu", name, key, i + 1);
		struct probe_spec_command *c = probe_spec_add(t->out, what);
		c->status = -1;
		if (e == 0)
			e = add_words(t, o, key, v, &c->argv, err);
		if (e == 0 && !c->argv.count)
			e = probe_fields_fail(&t->fields, o, key, err, "\"%s\" has a command without words", key);
	}
	return e;
}

static void add_outputs(struct reader *t, const json_t *o, const char *key, bool fails, struct probe_spec_command *c)
{
	size_t i;
	json_t *v;
	json_array_foreach (json_object_get(o, key), i, v) {
		CLEANUP_FREE char *pattern = json_is_string(v) ? probe_spec_regex(json_string_value(v)) : NULL;
		if (pattern)
			probe_spec_output(c, pattern, fails);
		else
			t->unread++;
	}
}

static int read_test(struct reader *t, const json_t *o, struct err *err)
{
	static const char *const allowed[] = {
	    "name",           "setup",         "teardown",      "envVars",  "command",  "args", "expectedOutput",
	    "excludedOutput", "expectedError", "excludedError", "exitCode", "isLegacy", NULL};
	CLEANUP_FREE char *name = NULL;
	unsigned status = 0;
	int e;
	if (!json_is_object(o))
		return probe_fields_fail(&t->fields, o, NULL, err, "a command test is a mapping");
	if ((e = probe_fields_known(&t->fields, o, "a command test", allowed, err)) < 0 ||
	    (e = probe_fields_get_text(&t->fields, o, "name", &name, err)) < 0 ||
	    (e = probe_fields_get_uint(&t->fields, o, "exitCode", 0, 255, &status, err)) < 0)
		return e;
	if (!name || !json_object_get(o, "command"))
		return probe_fields_fail(&t->fields, o, NULL, err, "a command test has a \"name\" and a \"command\"");
	if (json_array_size(json_object_get(o, "envVars"))) {
		t->with_env++;
		return 0;
	}
	if ((e = add_others(t, o, "setup", name, err)) < 0)
		return e;
	struct probe_spec_command *c = probe_spec_add(t->out, name);
	c->status = (int)status;
	if ((e = add_words(t, o, "command", json_object_get(o, "command"), &c->argv, err)) < 0 ||
	    (e = add_words(t, o, "args", json_object_get(o, "args"), &c->argv, err)) < 0)
		return e;
	if (!c->argv.count)
		return probe_fields_fail(&t->fields, o, "command", err, "\"command\" has no words");
	add_outputs(t, o, "expectedOutput", false, c);
	add_outputs(t, o, "excludedOutput", true, c);
	t->unread +=
	    json_array_size(json_object_get(o, "expectedError")) + json_array_size(json_object_get(o, "excludedError"));
	return add_others(t, o, "teardown", name, err);
}

/* Notes what the file has beside command tests. */
static void tell(const struct reader *t, const json_t *root, struct notes *notes)
{
	static const char *const others[] = {"fileExistenceTests", "fileContentTests", "licenseTests"};
	for (size_t i = 0; i < 3; i++)
		probe_spec_tell(notes, t->fields.what, json_array_size(json_object_get(root, others[i])), others[i]);
	probe_spec_tell(notes, t->fields.what, json_object_get(root, "metadataTest") != NULL, "metadataTest");
	probe_spec_tell(notes, t->fields.what, t->unread, "standard error or expression");
	probe_spec_tell(notes, t->fields.what, t->with_env, "command with envVars");
}

int probe_structure_test_parse(const char *data, size_t n, const char *what, struct probe_spec *out,
			       struct notes *notes, struct err *err)
{
	CLEANUP_YAML_LINES struct yaml_lines lines = {0};
	json_auto_t *root = NULL;
	struct reader t = {{what, &lines, -1}, out, 0, 0};
	const size_t before = out->count;
	size_t i;
	json_t *test;
	int e = yaml_parse(data, n, what, &lines, &root, err);
	if (e == 0 && (!json_is_object(root) || !json_object_get(root, "schemaVersion")))
		e = probe_fields_fail(&t.fields, root, NULL, err,
				      "a file of container-structure-test has a \"schemaVersion\"");
	json_array_foreach (json_object_get(root, "commandTests"), i, test)
		if (e == 0)
			e = read_test(&t, test, err);
	if (e < 0)
		return e;
	tell(&t, root, notes);
	if (out->count == before)
		return err_set(err, ERR_INVAL, "probe-file-malformed",
			       "%.300s has no test that slim can run: slim runs commandTests without envVars", what);
	return 0;
}

int probe_structure_test_read(const char *path, struct probe_spec *out, struct notes *notes, struct err *err)
{
	CLEANUP_BUF struct buf data = {0};
	int e = fd_read_file(AT_FDCWD, path, LIMIT_YAML, &data, err);
	return e < 0 ? e : probe_structure_test_parse(data.data, data.len, path, out, notes, err);
}
