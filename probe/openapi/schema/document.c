#include "probe/openapi/schema/document.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/strlist.h"
#include "os/fd.h"
#include "probe/openapi/schema/encode.h"
#include "text/json.h"
#include "text/path.h"
#include "formats/yaml.h"

#define FILES_MAX 64
#define EXAMPLES_MAX 8       /* of one object; more are not sent */
#define CHAIN_MAX 32         /* references to references */
#define REF_USUAL 16         /* bytes of a reference that are followed in one step */
#define WORK 20000000        /* schemas and members looked at */
#define NAMED_IN_NOTE 3      /* references */
#define NAMED_IN_NOTE_LEN 80 /* of each */

/* An upper bound of the values in it: what stands for one takes more room in memory than in the text. */
static size_t count_values(const char *data, size_t n)
{
	size_t count = 0;
	for (size_t i = 0; i < n; i++)
		count += data[i] == ',' || data[i] == '{' || data[i] == '[';
	return count;
}

int openapi_document_parse(const char *data, size_t n, const char *what, json_t **out, struct err *err)
{
	static const char mark[] = "\xef\xbb\xbf"; /* of UTF-8 */
	size_t at = n >= 3 && memcmp(data, mark, 3) == 0 ? 3 : 0;
	while (at < n && strchr(" \t\r\n", data[at]) && data[at])
		at++;
	data += at;
	n -= at;
	if (n <= LIMIT_API_DOCUMENT && count_values(data, n) > LIMIT_API_VALUES)
		return err_set(err, ERR_LIMIT, "input-too-large", "%s has more than %u values", what, LIMIT_API_VALUES);
	if (n && *data == '{')
		return json_parse_object(data, n, LIMIT_API_DOCUMENT, what, out, err);
	json_auto_t *tree = NULL;
	int r = yaml_parse(data, n, what, NULL, &tree, err);
	if (r == 0 && !json_is_object(tree))
		r = err_set(err, ERR_INVAL, "api-document-malformed",
			    "%s is not an API description: it is not an object", what);
	if (r == 0)
		*out = steal_ptr(&tree);
	return r;
}

/* ---- references ---- */

/* Return the file to which a reference in the file from (NULL = the main document) leads: its name relative to the
 * folder ("" = the main document), or NULL for a URL or a file outside of the folder. */
static char *file_of(const char *from, const char *ref)
{
	CLEANUP_FREE char *part = mem_strndup(ref, strcspn(ref, "#"));
	CLEANUP_BUF struct buf name = {0}, decoded = {0};
	if (!*part)
		return mem_strdup(from ? from : "");
	if (strstr(part, "://") || *part == '/')
		return NULL;
	openapi_decode(part, &decoded);
	const char *slash = from ? strrchr(from, '/') : NULL;
	if (slash)
		buf_append(&name, from, (size_t)(slash - from));
	buf_char(&name, '/');
	buf_str(&name, decoded.data ? decoded.data : "");

	CLEANUP_STRLIST struct strlist stack = {0};
	const char *rest = name.data, *at;
	size_t len;
	while (path_next(&rest, &at, &len)) {
		if (len == 2 && memcmp(at, "..", 2) == 0) {
			if (!stack.count)
				return NULL;
			free(stack.items[--stack.count]);
			stack.items[stack.count] = NULL;
		} else if (len != 1 || *at != '.') {
			strlist_take(&stack, mem_strndup(at, len));
		}
	}
	struct buf out = {0};
	for (size_t i = 0; i < stack.count; i++)
		buf_printf(&out, "%s%s", i ? "/" : "", stack.items[i]);
	return buf_steal(&out);
}

/* Writes the references of the file that is called name as if they stood in the main document. */
static void anchor(json_t *v, const char *name)
{
	void *next;
	const char *key;
	size_t i;
	json_t *member;
	json_array_foreach (v, i, member)
		anchor(member, name);
	json_object_foreach_safe(v, next, key, member)
	{
		const char *ref = strcmp(key, "$ref") == 0 ? json_string_value(member) : NULL;
		if (!ref) {
			anchor(member, name);
			continue;
		}
		CLEANUP_FREE char *file = file_of(name, ref);
		if (!file)
			continue;
		CLEANUP_FREE char *whole = mem_printf("%s#%s", file, strchr(ref, '#') ? strchr(ref, '#') + 1 : "");
		json_object_set_new(v, key, json_string(whole));
	}
}

static json_t *read_file(const struct openapi_document *d, const char *name)
{
	CLEANUP_BUF struct buf text = {0};
	struct stat st;
	CLEANUP_FD int fd = fd_open_in_root(d->dir, name, O_RDONLY | O_NONBLOCK, 0, NULL);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return NULL;
	json_auto_t *tree = NULL;
	if (fd_read_all(fd, LIMIT_API_DOCUMENT, name, &text, NULL) < 0 ||
	    openapi_document_parse(text.data ? text.data : "", text.len, name, &tree, NULL) < 0)
		return NULL;
	json_t *own = json_deep_copy(tree); /* an alias of YAML is one value in several places */
	anchor(own, name);
	return own;
}

static json_t *file(struct openapi_document *d, const char *name)
{
	if (!*name)
		return d->root;
	if (d->dir < 0)
		return NULL;
	size_t id = strset_find(&d->names, name);
	if (id == STRSET_NONE) {
		if (d->names.count >= FILES_MAX)
			return NULL;
		id = strset_add(&d->names, name);
		d->files = mem_grow(d->files, id, &d->files_cap, sizeof(*d->files));
		d->files[id] = read_file(d, name);
	}
	return d->files[id];
}

/* The value that one part of a pointer, as it is written in a reference, names. */
static json_t *step(json_t *v, const char *part, size_t len)
{
	CLEANUP_FREE char *raw = mem_strndup(part, len);
	CLEANUP_BUF struct buf decoded = {0}, key = {0};
	openapi_decode(raw, &decoded);
	buf_str(&key, "");
	for (const char *s = decoded.data ? decoded.data : ""; *s; s++) {
		bool escape = *s == '~' && (s[1] == '0' || s[1] == '1');
		buf_char(&key, !escape ? *s : s[1] == '0' ? '~' : '/');
		s += escape;
	}
	if (json_is_object(v))
		return json_object_get(v, key.data);
	bool number = key.len && key.len < 8 && key.data[strspn(key.data, "0123456789")] == '\0';
	return number ? json_array_get(v, strtoul(key.data, NULL, 10)) : NULL;
}

json_t *openapi_document_at(struct openapi_document *d, const char *reference)
{
	CLEANUP_FREE char *name = file_of(NULL, reference);
	const char *at = strchr(reference, '#');
	json_t *v = name ? file(d, name) : NULL;
	for (at = at ? at + 1 : ""; v && *at == '/';) {
		size_t len = strcspn(++at, "/");
		v = step(v, at, len);
		at += len;
	}
	return *at ? NULL : v;
}

json_t *openapi_document_resolve(struct openapi_document *d, json_t *value)
{
	for (int i = 0; i < CHAIN_MAX; i++) {
		const char *ref = json_string_value(json_object_get(value, "$ref"));
		if (!ref)
			return value;
		value = openapi_document_spend(d, 1 + strlen(ref) / REF_USUAL) ? openapi_document_at(d, ref) : NULL;
		if (!value) {
			if (d->lost.count < LIMIT_LINKS)
				strset_add(&d->lost, ref);
			return NULL;
		}
	}
	return NULL;
}

json_t *openapi_document_member(struct openapi_document *d, json_t *object, const char *key)
{
	return openapi_document_resolve(d, json_object_get(object, key));
}

json_t *openapi_document_examples(struct openapi_document *d, json_t *object)
{
	json_t *list = json_array(), *one = json_object_get(object, "example");
	const char *key;
	if (one && !json_is_null(one))
		json_array_append(list, one);
	json_object_foreach (json_object_get(object, "examples"), key, one) {
		if (json_array_size(list) >= EXAMPLES_MAX || !openapi_document_spend(d, 1))
			break;
		json_t *value = openapi_document_member(d, openapi_document_resolve(d, one), "value");
		if (value)
			json_array_append(list, value);
	}
	return list;
}

bool openapi_document_spend(struct openapi_document *d, size_t steps)
{
	const bool enough = d->work >= steps;
	d->work = enough ? d->work - steps : 0;
	return enough;
}

void openapi_document_remark(const struct openapi_document *d, const char *what, struct notes *notes)
{
	CLEANUP_BUF struct buf list = {0};
	for (size_t i = 0; i < d->lost.count && i < NAMED_IN_NOTE; i++)
		buf_printf(&list, "%s%.*s", i ? ", " : "", NAMED_IN_NOTE_LEN, strset_get(&d->lost, i));
	if (d->lost.count)
		notes_add(notes, "api-reference-unknown",
			  "%s: %zu references lead nowhere (%s%s) and were left out; slim does not read URLs or files "
			  "outside of the document's folder",
			  what, d->lost.count, list.data, d->lost.count > NAMED_IN_NOTE ? ", ..." : "");
}

/* ---- begin and end ---- */

int openapi_document_init(struct openapi_document *d, json_t *root, int dir, const char *what, struct err *err)
{
	json_t *three = json_object_get(root, "openapi"), *two = json_object_get(root, "swagger");
	const char *version = json_string_value(three ? three : two);
	bool is_three = three && version && strncmp(version, "3.", 2) == 0;
	/* 2.0 without quotes is a number in YAML */
	bool is_two = two && ((version && strncmp(version, "2", 1) == 0) || json_number_value(two) == 2);
	if (!is_three && !is_two)
		return err_set(err, ERR_INVAL, "api-document-malformed",
			       "%s is not an API description: it has neither openapi: 3.x nor swagger: 2.0", what);
	*d = (struct openapi_document){.root = json_incref(root), .swagger = !is_three, .dir = dir, .work = WORK};
	return 0;
}

void openapi_document_done(struct openapi_document *d)
{
	for (size_t i = 0; i < d->names.count; i++)
		json_decref(d->files[i]);
	free(d->files);
	strset_done(&d->names);
	strset_done(&d->lost);
	json_decref(d->root);
	*d = (struct openapi_document){.dir = -1};
}
