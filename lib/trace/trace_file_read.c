#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "os/fd.h"
#include "text/json.h"
#include "text/json_array.h"
#include "trace/syscall_name.h"
#include "trace/trace_file.h"

/* "slim.trace/vN": N beyond what is known here is a newer slim's. */
static int check_schema(const json_t *root, struct err *err)
{
	static const char family[] = "slim.trace/v";
	const char *schema = NULL;
	int r = json_get_string(root, "schema", true, &schema, err);
	if (r < 0)
		return err_wrap(err, "this is not a trace of slim");
	if (strcmp(schema, TRACE_SCHEMA) == 0)
		return 0;
	if (strncmp(schema, family, sizeof(family) - 1) == 0)
		return err_set(err, ERR_UNSUPPORTED, "trace-version-unsupported",
			       "the trace has version %.20s, but this slim reads %s: use a newer slim, or record again",
			       schema + sizeof(family) - 2, TRACE_SCHEMA);
	return err_set(err, ERR_INVAL, "trace-schema-unknown",
		       "the schema is \"%.60s\", not " TRACE_SCHEMA ": this is not a trace of slim", schema);
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int from_hex(const char *key, const char *hex, struct buf *out, struct err *err)
{
	size_t n = strlen(hex);
	for (size_t i = 0; i < n; i += 2) {
		int high = hex_digit(hex[i]), low = high < 0 ? -1 : hex_digit(hex[i + 1]);
		if (low < 0)
			return err_set(err, ERR_CORRUPT, "trace-malformed",
				       "member \"%s\" is not pairs of lower-case hex digits", key);
		if (!high && !low)
			return err_set(err, ERR_CORRUPT, "trace-malformed", "member \"%s\" has a NUL", key);
		buf_char(out, (char)(high << 4 | low));
	}
	return 0;
}

/* Member key or key_hex, whichever is there. With neither out stays empty, an error where it is required. */
static int get_bytes(const json_t *o, const char *key, bool required, struct buf *out, struct err *err)
{
	char hex_key[32];
	snprintf(hex_key, sizeof(hex_key), "%s_hex", key);
	const char *text = NULL, *hex = NULL;
	int r;
	if ((r = json_get_string(o, hex_key, false, &hex, err)) < 0 ||
	    (r = json_get_string(o, key, required && !hex, &text, err)) < 0)
		return r;
	if (text && hex)
		return err_set(err, ERR_CORRUPT, "trace-malformed", "members \"%s\" and \"%s\" are both there", key,
			       hex_key);
	if (!text && !hex)
		return 0;
	size_t len = text ? strlen(text) : strlen(hex) / 2;
	if (len > LIMIT_TRACE_PATH)
		return err_set(err, ERR_LIMIT, "trace-too-large", "member \"%s\" is longer than %d bytes",
			       text ? key : hex_key, LIMIT_TRACE_PATH);
	buf_reserve(out, len);
	if (text)
		buf_append(out, text, len);
	else if ((r = from_hex(hex_key, hex, out, err)) < 0)
		return r;
	return out->len ? 0
			: err_set(err, ERR_CORRUPT, "trace-malformed", "member \"%s\" is empty", text ? key : hex_key);
}

static int get_names(const json_t *o, const char *key, bool required, const char *const *names, size_t n, uint32_t *set,
		     struct err *err)
{
	json_t *array = NULL, *v;
	size_t i;
	int r = json_get_array(o, key, required, &array, err);
	if (r < 0)
		return r;
	json_array_foreach (array, i, v) {
		const char *s = json_string_value(v);
		size_t k = 0;
		while (s && k < n && strcmp(s, names[k]) != 0)
			k++;
		if (!s)
			return err_set(err, ERR_CORRUPT, "trace-malformed", "member \"%s\" is not an array of strings",
				       key);
		if (k == n)
			return err_set(err, ERR_UNSUPPORTED, "trace-value-unknown",
				       "member \"%s\" has \"%.40s\", which this slim does not know", key, s);
		*set |= 1u << k;
	}
	return 0;
}

static int get_found(const json_t *o, uint8_t *found, struct err *err)
{
	const json_t *v = json_object_get(o, "found");
	if (v && !json_is_null(v) && !json_is_boolean(v))
		return err_set(err, ERR_CORRUPT, "trace-malformed", "member \"found\" is not true, false or null");
	*found = json_is_true(v) ? TRACE_FOUND_YES : json_is_false(v) ? TRACE_FOUND_NO : TRACE_FOUND_UNKNOWN;
	return 0;
}

static int get_content(const json_t *o, uint64_t *out, struct err *err)
{
	const char *text = NULL;
	char *end;
	int r = json_get_string(o, "content", false, &text, err);
	if (r < 0 || !text)
		return r;
	if (strcmp(text, TRACE_CONTENT_NAME) == 0) {
		*out = TRACE_CONTENT_VARIOUS;
		return 0;
	}
	*out = strtoull(text, &end, 16);
	if (strlen(text) != 16 || strspn(text, "0123456789abcdef") != 16 || !*out || *out == TRACE_CONTENT_VARIOUS)
		return err_set(err, ERR_CORRUPT, "trace-malformed",
			       "member \"content\" is neither 16 lower-case hex digits nor \"" TRACE_CONTENT_NAME "\"");
	return 0;
}

static int get_count(const json_t *o, const char *key, uint64_t *out, struct err *err)
{
	uint64_t n = 0;
	int r = json_get_uint(o, key, false, &n, err);
	if (r < 0)
		return r;
	if (n > TRACE_COUNT_MAX)
		return err_set(err, ERR_LIMIT, "trace-too-large", "member \"%s\" is larger than 2^53", key);
	*out = n;
	return 0;
}

static int add_program(struct trace *t, const char *path, uint32_t *id, struct err *err)
{
	*id = trace_program(t, path);
	if (t->programs.count > LIMIT_TRACE_PROGRAMS)
		return err_set(err, ERR_LIMIT, "trace-too-large", "more than %d programs", LIMIT_TRACE_PROGRAMS);
	return 0;
}

static int read_path(struct trace_file *f, const json_t *o, struct err *err)
{
	CLEANUP_BUF struct buf path = {0}, program = {0};
	uint32_t kinds = 0, witnesses = 0, by = UINT32_MAX;
	uint8_t found = TRACE_FOUND_UNKNOWN;
	uint64_t content = 0;
	uint64_t known = 0;
	int r;
	if ((r = get_bytes(o, "path", true, &path, err)) < 0)
		return r;
	if (path.data[0] != '/')
		return err_set(err, ERR_CORRUPT, "trace-malformed", "member \"path\" is not absolute");
	if ((r = get_names(o, "kinds", true, trace_kind_names, TRACE_KINDS, &kinds, err)) < 0 ||
	    (r = get_names(o, "witnesses", true, trace_witness_names, TRACE_WITNESSES, &witnesses, err)) < 0 ||
	    (r = get_found(o, &found, err)) < 0 || (r = get_content(o, &content, err)) < 0 ||
	    (r = get_count(o, "known", &known, err)) < 0 || (r = get_bytes(o, "program", false, &program, err)) < 0 ||
	    (program.len && (r = add_program(&f->trace, program.data, &by, err)) < 0))
		return r;
	if (known > path.len)
		return err_set(err, ERR_CORRUPT, "trace-malformed", "member \"known\" is longer than the path");
	trace_add(&f->trace, path.data, path.len, kinds, by, (uint8_t)witnesses);
	struct trace_entry *e = &f->trace.entries[strset_find_len(&f->trace.paths, path.data, path.len)];
	if (found > e->found)
		e->found = found;
	e->content = trace_content_unite(e->content, content);
	if (known > e->known)
		e->known = (uint16_t)known;
	return 0;
}

/* ---- programs ---- */

static int read_parents(struct trace *t, uint32_t id, const json_t *o, const char *key, bool hex, struct err *err)
{
	json_t *array = NULL, *v;
	size_t i;
	int r = json_get_array(o, key, false, &array, err);
	if (r < 0)
		return r;
	json_array_foreach (array, i, v) {
		/* each as the member that it would be alone */
		json_auto_t *one = json_pack("{s:O}", hex ? "path_hex" : "path", v);
		CLEANUP_BUF struct buf path = {0};
		uint32_t parent;
		if ((r = get_bytes(one, "path", true, &path, err)) < 0 ||
		    (r = add_program(t, path.data, &parent, err)) < 0)
			return err_wrap(err, "%s[%zu]", key, i);
		trace_add_parent(t, id, parent);
	}
	return 0;
}

static int read_syscalls(struct trace *t, uint32_t id, const json_t *o, struct err *err)
{
	json_t *abis = NULL, *array, *v;
	const char *key;
	size_t i;
	int r = json_get_object(o, "syscalls", false, &abis, err);
	if (r < 0)
		return r;
	json_object_foreach (abis, key, array) {
		const struct trace_abi *abi = trace_abi_named(key);
		if (!abi)
			return err_set(err, ERR_UNSUPPORTED, "trace-value-unknown",
				       "\"syscalls\" has \"%.40s\", which this slim does not know", key);
		if (!json_is_array(array))
			return err_set(err, ERR_CORRUPT, "trace-malformed", "syscalls: member \"%s\" is not an array",
				       key);
		json_array_foreach (array, i, v) {
			const char *name = json_string_value(v);
			if (!name)
				return err_set(err, ERR_CORRUPT, "trace-malformed",
					       "member \"%s\" is not an array of strings", key);
			int64_t nr = trace_syscall_number(abi, name);
			if (nr < 0)
				return err_set(err, ERR_UNSUPPORTED, "trace-value-unknown",
					       "\"%s\" has \"%.40s\", which is not a system call that this slim knows",
					       key, name);
			trace_add_syscall(t, id, abi->audit_arch, (uint32_t)nr);
		}
	}
	return 0;
}

static int read_program(struct trace_file *f, const json_t *o, struct err *err)
{
	CLEANUP_BUF struct buf path = {0};
	struct trace *t = &f->trace;
	uint64_t runs = 0, starts = 0;
	uint32_t id;
	int r;
	if ((r = get_bytes(o, "path", true, &path, err)) < 0 || (r = add_program(t, path.data, &id, err)) < 0 ||
	    (r = get_count(o, "runs", &runs, err)) < 0 || (r = get_count(o, "starts", &starts, err)) < 0 ||
	    (r = read_parents(t, id, o, "parents", false, err)) < 0 ||
	    (r = read_parents(t, id, o, "parents_hex", true, err)) < 0)
		return r;
	t->facts[id].runs += runs;
	t->facts[id].starts += starts;
	return read_syscalls(t, id, o, err);
}

/* Calls that this slim cannot name are taken too: they only have to be named again. */
static int read_assumed(struct trace *t, const json_t *root, struct err *err)
{
	json_t *array = NULL, *v;
	size_t i;
	int r = json_get_array(root, "syscalls_assumed", false, &array, err);
	if (r < 0)
		return r;
	if (json_array_size(array) > LIMIT_TRACE_ASSUMED)
		return err_set(err, ERR_LIMIT, "trace-too-large", "\"syscalls_assumed\" has more than %d elements",
			       LIMIT_TRACE_ASSUMED);
	json_array_foreach (array, i, v) {
		const char *name = json_string_value(v);
		size_t n = name ? strlen(name) : 0;
		if (!n || n > LIMIT_NAME || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != n)
			return err_set(err, ERR_CORRUPT, "trace-malformed",
				       "syscalls_assumed[%zu] is not the name of a system call", i);
		(void)strset_add(&t->assumed, name);
	}
	return 0;
}

/* ---- the witnesses ---- */

static int read_difference(struct trace_file *f, const json_t *o, struct err *err)
{
	const char *rule = NULL;
	uint64_t n = 0;
	int r;
	if ((r = json_get_string(o, "rule", true, &rule, err)) < 0 || (r = get_count(o, "paths", &n, err)) < 0)
		return r;
	for (size_t i = 0; i < TRACE_RULES; i++)
		if (strcmp(trace_rule_names[i], rule) == 0) {
			f->trace.comparison.rules[i] += n;
			return 0;
		}
	return err_set(err, ERR_UNSUPPORTED, "trace-value-unknown",
		       "member \"rule\" is \"%.40s\", which this slim does not know", rule);
}

static int read_unexplained(struct trace_file *f, const json_t *o, struct err *err)
{
	CLEANUP_BUF struct buf path = {0};
	int r = get_bytes(o, "path", true, &path, err);
	if (r == 0)
		trace_add_unexplained(&f->trace, path.data, path.len);
	return r;
}

/* ---- the rest ---- */

static int read_port(struct trace_file *f, const json_t *o, struct err *err)
{
	uint64_t number = 0;
	const char *protocol = NULL;
	int r;
	if ((r = json_get_uint(o, "port", true, &number, err)) < 0 ||
	    (r = json_get_string(o, "protocol", true, &protocol, err)) < 0)
		return r;
	bool udp = strcmp(protocol, "udp") == 0;
	if (number > UINT16_MAX)
		return err_set(err, ERR_CORRUPT, "trace-malformed", "member \"port\" is not a port number");
	if (!udp && strcmp(protocol, "tcp") != 0)
		return err_set(err, ERR_UNSUPPORTED, "trace-value-unknown",
			       "member \"protocol\" is \"%.40s\", not tcp or udp", protocol);
	trace_add_port(&f->trace, (uint16_t)number, udp);
	return 0;
}

static int read_image(struct trace_file *f, const json_t *o, struct err *err)
{
	const char *reference = "", *digest = NULL;
	int r;
	if ((r = json_get_string(o, "reference", false, &reference, err)) < 0 ||
	    (r = json_get_string(o, "digest", true, &digest, err)) < 0)
		return r;
	if (strlen(reference) > LIMIT_TRACE_PATH || strlen(digest) > LIMIT_NAME)
		return err_set(err, ERR_LIMIT, "trace-too-large", "member \"%s\" is too long",
			       strlen(digest) > LIMIT_NAME ? "digest" : "reference");
	trace_file_add_image(f, reference, digest);
	return 0;
}

struct reading {
	struct trace_file *f;
	const char *key; /* of the array */
	size_t max;      /* elements of it */
	int (*read)(struct trace_file *, const json_t *, struct err *);
};

static int too_many(const char *key, size_t max, struct err *err)
{
	return err_set(err, ERR_LIMIT, "trace-too-large", "\"%s\" has more than %zu elements", key, max);
}

static int read_element(void *ctx, size_t i, const json_t *v, struct err *err)
{
	const struct reading *reading = ctx;
	if (i >= reading->max)
		return too_many(reading->key, reading->max, err);
	if (!json_is_object(v))
		return err_set(err, ERR_CORRUPT, "trace-malformed", "%s[%zu] is not an object", reading->key, i);
	int r = reading->read(reading->f, v, err);
	return r < 0 ? err_wrap(err, "%s[%zu]", reading->key, i) : 0;
}

static int read_array(struct trace_file *f, const json_t *root, const char *key, bool required, size_t max,
		      int (*read)(struct trace_file *, const json_t *, struct err *), struct err *err)
{
	json_t *array = NULL, *v;
	size_t i;
	int r = json_get_array(root, key, required, &array, err);
	if (r < 0 || !array)
		return r;
	if (json_array_size(array) > max)
		return too_many(key, max, err);
	struct reading reading = {f, key, max, read};
	json_array_foreach (array, i, v)
		if ((r = read_element(&reading, i, v, err)) < 0)
			return r;
	return 0;
}

static int read_root(struct trace_file *f, const json_t *root, struct err *err)
{
	struct trace *t = &f->trace;
	json_t *lost = NULL, *files = NULL;
	uint32_t witnesses = 0;
	int r;
	if ((r = check_schema(root, err)) < 0 ||
	    (r = read_array(f, root, "images", false, LIMIT_TRACE_IMAGES, read_image, err)) < 0 ||
	    (r = get_count(root, "processes", &t->processes, err)) < 0 ||
	    (r = get_count(root, "stops", &t->stops, err)) < 0 ||
	    (r = get_count(root, "trace_attempts", &t->ptraces, err)) < 0 ||
	    (r = get_names(root, "witnesses", false, trace_witness_names, TRACE_WITNESSES, &witnesses, err)) < 0 ||
	    (r = read_assumed(t, root, err)) < 0 || (r = json_get_object(root, "lost", false, &lost, err)) < 0)
		return r;
	t->witnesses = (uint8_t)witnesses;
	if (lost && ((r = get_count(lost, "unreadable", &t->unreadable, err)) < 0 ||
		     (r = get_count(lost, "overflows", &t->overflows, err)) < 0))
		return err_wrap(err, "lost");
	if ((r = json_get_object(root, "files", false, &files, err)) < 0)
		return r;
	if (files && ((r = get_count(files, "calls", &t->comparison.files_calls, err)) < 0 ||
		      (r = get_count(files, "fanotify", &t->comparison.files_fanotify, err)) < 0 ||
		      (r = get_count(files, "both", &t->comparison.files_both, err)) < 0))
		return err_wrap(err, "files");
	if ((r = read_array(f, root, "ports", false, 2 * (UINT16_MAX + 1), read_port, err)) < 0 ||
	    (r = read_array(f, root, "programs", false, LIMIT_TRACE_PROGRAMS, read_program, err)) < 0 ||
	    (r = read_array(f, root, "witness_differences", false, TRACE_RULES, read_difference, err)) < 0 ||
	    (r = read_array(f, root, "unexplained", false, LIMIT_TRACE_UNEXPLAINED, read_unexplained, err)) < 0)
		return r;
	return read_array(f, root, "paths", true, LIMIT_TRACE_PATHS, read_path, err);
}

int trace_file_parse(const char *data, size_t n, struct trace_file *out, struct err *err)
{
	json_auto_t *root = NULL;
	CLEANUP_TRACE_FILE struct trace_file f = {0};
	struct reading reading = {&f, "paths", LIMIT_TRACE_PATHS, read_path};
	int r = trace_file_check(data, n, err);
	if (r < 0)
		return r;
	const struct json_array_text paths = json_array_find(data, n, reading.key);
	if ((r = json_array_parse_rest(data, n, &paths, LIMIT_TRACE, "the trace", &root, err)) < 0 ||
	    (r = read_root(&f, root, err)) < 0 ||
	    (r = json_array_read(&paths, "the trace", read_element, &reading, err)) < 0)
		return r;
	*out = f;
	f = (struct trace_file){0};
	return 0;
}

int trace_file_load(int dir, const char *path, struct trace_file *out, struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	int r = fd_read_file(dir, path, LIMIT_TRACE, &text, err);
	if (r < 0)
		return r;
	r = trace_file_parse(text.data ? text.data : "", text.len, out, err);
	return r < 0 ? err_wrap(err, "%s", path) : 0;
}
