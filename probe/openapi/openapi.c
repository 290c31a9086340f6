#include "probe/openapi/openapi.h"

#include <fcntl.h>
#include <string.h>

#include "base/limits.h"
#include "os/fd.h"
#include "probe/openapi/bounds.h"
#include "probe/openapi/order.h"
#include "probe/openapi/request.h"

#define REQUESTS_OF_ONE 16 /* operation, if there is room for so many */

static void remark(const struct openapi_writer *w, const char *what, struct notes *notes)
{
	const size_t beyond = w->operations->left_out + w->too_many, large = w->operations->too_long + w->too_large;
	if (beyond)
		notes_add(notes, "api-operations-left-out",
			  "%s: %zu operations are not tried: slim reads up to %d and sends up to %d requests", what,
			  beyond, PROBE_OPENAPI_OPERATIONS, PROBE_OPENAPI_REQUESTS);
	if (large)
		notes_add(
		    notes, "api-requests-left-out",
		    "%s: %zu requests are left out: a path is longer than %d bytes, one is larger than %u bytes, or "
		    "all together are larger than %u",
		    what, large, LIMIT_LINK, PROBE_OPENAPI_BODY, PROBE_OPENAPI_BYTES);
	if (w->no_body.count)
		notes_add(notes, "api-body-not-made",
			  "%s: slim cannot make request bodies of type %.60s%s: give such requests an example that is "
			  "a string",
			  what, strset_get(&w->no_body, 0), w->no_body.count > 1 ? " and of other types" : "");
	if (w->document->work == 0)
		notes_add(notes, "api-document-too-complex",
			  "%s: its schemas are too many or too large: some requests lack values, or are left out",
			  what);
	openapi_credentials_remark(&w->credentials, what, notes);
	openapi_document_remark(w->document, what, notes);
}

int probe_openapi_read(const char *data, size_t n, const char *what, int dir,
		       const struct probe_openapi_options *options, struct probe_script *out, struct notes *notes,
		       struct err *err)
{
	json_auto_t *root = NULL;
	CLEANUP_OPENAPI_DOCUMENT struct openapi_document d = {.dir = -1};
	CLEANUP_OPENAPI_OPERATIONS struct openapi_operations operations = {0};
	CLEANUP_OPENAPI_RESOURCES struct openapi_resources resources = {0};
	int r = openapi_document_parse(data, n, what, &root, err);
	if (r == 0)
		r = openapi_document_init(&d, root, dir, what, err);
	if (r < 0)
		return r;
	openapi_operations_read(&d, options->base, PROBE_OPENAPI_OPERATIONS, &operations);
	if (!operations.count && !operations.too_long)
		return err_set(err, ERR_INVAL, "api-document-malformed", "%s describes no operation: it has no paths",
			       what);
	openapi_resources_find(&d, &operations, &resources);
	openapi_order(&resources, &operations);
	const size_t share = operations.count ? PROBE_OPENAPI_REQUESTS / operations.count : 0;
	struct openapi_writer w = {
	    .document = &d,
	    .expects = options->expects,
	    .operations = &operations,
	    .resources = &resources,
	    .credentials = {.given = options->credentials},
	    .script = out,
	    .first = out->count,
	    .most = share < REQUESTS_OF_ONE ? share : REQUESTS_OF_ONE,
	};
	for (size_t i = 0; i < operations.count; i++)
		openapi_request_write(&w, &operations.items[i]);
	remark(&w, what, notes);
	openapi_credentials_done(&w.credentials);
	strset_done(&w.no_body);
	return probe_script_check(out, w.first, what, err);
}

void probe_openapi_split(const char *text, char **path, char **base)
{
	const char *colon = NULL;
	for (const char *at = text; (at = strstr(at, ":/")); at++)
		colon = at;
	*path = colon ? mem_strndup(text, (size_t)(colon - text)) : mem_strdup(text);
	*base = mem_strdup(colon ? colon + 1 : NULL);
	for (size_t n = *base ? strlen(*base) : 0; n && (*base)[n - 1] == '/'; n--)
		(*base)[n - 1] = '\0';
}

int probe_openapi_read_file(const char *text, const struct probe_openapi_options *options, struct probe_script *out,
			    struct notes *notes, struct err *err)
{
	CLEANUP_BUF struct buf content = {0};
	CLEANUP_FREE char *path = NULL, *base = NULL;
	probe_openapi_split(text, &path, &base);
	struct probe_openapi_options own = *options;
	if (base)
		own.base = base;
	const char *slash = strrchr(path, '/');
	CLEANUP_FREE char *folder = slash ? mem_strndup(path, (size_t)(slash - path) + 1) : mem_strdup(".");
	int r = fd_read_file(AT_FDCWD, path, LIMIT_API_DOCUMENT, &content, err);
	if (r < 0)
		return r;
	CLEANUP_FD int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return probe_openapi_read(content.data ? content.data : "", content.len, path, dir, &own, out, notes, err);
}
