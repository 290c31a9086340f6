#include <string.h>

#include "base/limits.h"
#include "keep/policy.h"
#include "os/fd.h"
#include "text/json.h"

/* n: 2 at least. */
static int choose(const char *option, const char *text, const char *const *names, size_t n, unsigned *out,
		  struct err *err)
{
	CLEANUP_BUF struct buf all = {0};
	for (size_t i = 0; i < n; i++)
		if (strcmp(text, names[i]) == 0) {
			*out = (unsigned)i;
			return 0;
		}
	for (size_t i = 0; i < n; i++)
		buf_printf(&all, "%s%s", i + 1 == n ? " or " : i ? ", " : "", names[i]);
	return err_set(err, ERR_INVAL, "policy-value-invalid", "%s takes %s, not \"%.60s\"", option, all.data, text);
}

int keep_policy_parse_level(const char *text, struct keep_policy *p, struct err *err)
{
	static const char *const names[] = {"exact", "closure", "safe", "most"}; /* by enum keep_level */
	unsigned i = 0;
	int r = choose("keep", text, names, 4, &i, err);
	if (r == 0) {
		p->level = (enum keep_level)i;
		p->level_set = true;
	}
	return r;
}

int keep_policy_parse_package_db(const char *text, struct keep_policy *p, struct err *err)
{
	static const char *const names[] = {"trim", "keep", "drop"}; /* by enum keep_package_db */
	unsigned i = 0;
	int r = choose("package-db", text, names, 3, &i, err);
	if (r == 0) {
		p->package_db = (enum keep_package_db)i;
		p->package_db_set = true;
	}
	return r;
}

static int get_bool(const json_t *root, const char *key, bool *out, struct err *err)
{
	const json_t *v = json_object_get(root, key);
	if (v && !json_is_boolean(v))
		return err_set(err, ERR_CORRUPT, "json-type-wrong", "member \"%s\" is not true or false", key);
	*out |= json_is_true(v);
	return 0;
}

/* A misspelt member would silently change what is kept. */
static int check_members(json_t *root, struct err *err)
{
	static const char *const known[] = {"schema",  "keep",        "package-db",   "include",
					    "exclude", "include-exe", "include-shell"};
	const char *key;
	json_t *v;
	json_object_foreach (root, key, v) {
		size_t i = 0;
		while (i < sizeof(known) / sizeof(known[0]) && strcmp(known[i], key) != 0)
			i++;
		if (i == sizeof(known) / sizeof(known[0]))
			return err_set(err, ERR_INVAL, "policy-member-unknown",
				       "there is no member \"%.60s\" in " KEEP_POLICY_SCHEMA, key);
	}
	return 0;
}

static int parse(json_t *root, struct keep_policy *p, struct err *err)
{
	const char *schema = NULL, *level = NULL, *db = NULL;
	int r;
	if ((r = json_get_string(root, "schema", true, &schema, err)) < 0)
		return r;
	if (strcmp(schema, KEEP_POLICY_SCHEMA) != 0)
		return err_set(err, ERR_UNSUPPORTED, "policy-schema-unknown",
			       "the schema is \"%.60s\", not " KEEP_POLICY_SCHEMA, schema);
	if ((r = check_members(root, err)) < 0 || (r = json_get_string(root, "keep", false, &level, err)) < 0 ||
	    (r = json_get_string(root, "package-db", false, &db, err)) < 0 ||
	    (r = json_get_strlist(root, "include", false, &p->include, err)) < 0 ||
	    (r = json_get_strlist(root, "exclude", false, &p->exclude, err)) < 0 ||
	    (r = json_get_strlist(root, "include-exe", false, &p->include_exe, err)) < 0 ||
	    (r = get_bool(root, "include-shell", &p->include_shell, err)) < 0)
		return r;
	if (level && (r = keep_policy_parse_level(level, p, err)) < 0)
		return r;
	return db ? keep_policy_parse_package_db(db, p, err) : 0;
}

int keep_policy_load(int dir, const char *path, struct keep_policy *p, struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	json_auto_t *root = NULL;
	int r = fd_read_file(dir, path, LIMIT_POLICY, &text, err);
	if (r < 0)
		return err_wrap(err, "policy");
	r = json_parse_object(text.data, text.len, LIMIT_POLICY, path, &root, err);
	if (r == 0 && (r = parse(root, p, err)) < 0)
		err_wrap(err, "policy %s", path);
	return r;
}

int keep_policy_load_patterns(int dir, const char *path, struct strlist *out, struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	int r = fd_read_file(dir, path, LIMIT_POLICY, &text, err);
	if (r < 0)
		return err_wrap(err, "patterns");
	char *rest = text.data, *line;
	while (text.len && (line = strsep(&rest, "\n"))) {
		size_t n = strlen(line);
		if (n && line[n - 1] == '\r')
			line[n - 1] = '\0';
		if (*line && *line != '#')
			strlist_add(out, line);
	}
	return 0;
}
