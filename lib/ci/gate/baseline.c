#include "ci/gate/baseline.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "os/fd.h"
#include "text/json_split.h"

#define LOCK_SCHEMA "slim.lock/v1"

/* Skips the lists of a report, which may hold a million paths. */
static int skip(void *ctx, const struct json_split_element *e, struct err *err)
{
	return 0;
}

static int read_report(const struct buf *text, const char *path, struct ci_gate_baseline *out, struct err *err)
{
	static const char *const lists[] = {"kept", "dropped"};
	CLEANUP_JSON_SPLIT struct json_split s = {.keys = lists, .n_keys = 2, .each = skip, .what = path};
	json_auto_t *report = NULL;
	json_t *result;
	const char *schema;
	int r = json_split_add(&s, text->data ? text->data : "", text->len, err);
	if (r < 0 || (r = json_split_end(&s, &report, err)) < 0 ||
	    (r = json_get_string(report, "schema", true, &schema, err)) < 0)
		return r;
	if (strcmp(schema, "slim.report/v1") != 0)
		return err_set(err, ERR_INVAL, "growth-baseline-unknown",
			       "%s is neither a report of slim (slim.report/v1) nor a lock file", path);
	if ((r = json_get_object(report, "result", true, &result, err)) < 0 ||
	    (r = json_get_uint(result, "size_bytes", true, &out->size_bytes, err)) < 0)
		return err_wrap(err, "%s", path);
	r = json_get_uint(result, "compressed_bytes", true, &out->compressed_bytes, err);
	return r < 0 ? err_wrap(err, "%s", path) : 0;
}

/* The value of the line "NAME N"; 0 if the line is missing. */
static uint64_t lock_number(const struct buf *text, const char *name)
{
	CLEANUP_FREE char *begin = mem_printf("\n%s ", name);
	const char *line = strstr(text->data, begin);
	return line ? strtoull(line + strlen(begin), NULL, 10) : 0;
}

int ci_gate_baseline_read(const char *path, struct ci_gate_baseline *out, struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	struct ci_gate_baseline b = {0};
	int r = fd_read_file(AT_FDCWD, path, LIMIT_REPORT, &text, err);
	if (r < 0)
		return r;
	if (text.len >= strlen(LOCK_SCHEMA) && memcmp(text.data, LOCK_SCHEMA, strlen(LOCK_SCHEMA)) == 0) {
		b.size_bytes = lock_number(&text, "size_bytes");
		b.compressed_bytes = lock_number(&text, "compressed_bytes");
	} else if ((r = read_report(&text, path, &b, err)) < 0) {
		return r;
	}
	if (!b.size_bytes && !b.compressed_bytes)
		return err_set(err, ERR_INVAL, "growth-baseline-unknown",
			       "%s has no sizes of a result: it is of a build that failed", path);
	b.name = mem_strdup(path);
	*out = b;
	return 0;
}

void ci_gate_baseline_done(struct ci_gate_baseline *b)
{
	free(b->name);
	*b = (struct ci_gate_baseline){0};
}
