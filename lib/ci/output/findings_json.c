#include "ci/output/findings_json.h"

#include <ctype.h>
#include <string.h>

#include "base/strset.h"
#include "text/json.h"

#define SARIF_SCHEMA "https://json.schemastore.org/sarif-2.1.0.json"

static json_t *text(const char *s)
{
	return json_bytes(s, strlen(s));
}

/* A relative path: without the leading slash. */
static const char *file_of(const struct ci_finding *f)
{
	const char *path = f->path ? f->path : CI_FINDINGS_FILE;
	return path + strspn(path, "/");
}

/* ---- code quality ---- */

void ci_code_quality(const struct ci_build *b, struct buf *out)
{
	static const char *const severities[] = {
	    [CI_LEVEL_ERROR] = "major", [CI_LEVEL_WARNING] = "minor", [CI_LEVEL_NOTE] = "info"};
	CLEANUP_CI_FINDINGS struct ci_findings f = {0};
	json_auto_t *root = json_array();
	ci_findings_make(b, &f);
	for (size_t i = 0; i < f.count; i++) {
		char fingerprint[SHA256_HEX_SIZE];
		json_t *v = json_object();
		ci_finding_fingerprint(&f.items[i], fingerprint);
		json_object_set_new(v, "description", text(f.items[i].text));
		json_object_set_new(v, "check_name", text(f.items[i].id));
		json_object_set_new(v, "fingerprint", json_string(fingerprint));
		json_object_set_new(v, "severity", json_string(severities[f.items[i].level]));
		json_object_set_new(
		    v, "location",
		    json_pack("{s:o, s:{s:i}}", "path", text(file_of(&f.items[i])), "lines", "begin", 1));
		json_array_append_new(root, v);
	}
	json_write_pretty(root, out);
	buf_char(out, '\n');
}

/* ---- SARIF ---- */

/* A relative reference of RFC 3986. The first segment may not hold a colon: that would be a scheme. */
static json_t *uri(const char *path)
{
	CLEANUP_BUF struct buf b = {0};
	for (const char *c = path; *c; c++)
		if (isalnum((unsigned char)*c) || strchr("/-._~", *c))
			buf_char(&b, *c);
		else
			buf_printf(&b, "%%%02X", (unsigned char)*c);
	return json_string(b.len ? b.data : "");
}

static json_t *location(const char *image, const struct ci_finding *f)
{
	json_t *v = json_pack("{s:{s:{s:o}, s:{s:i}}}", "physicalLocation", "artifactLocation", "uri", uri(file_of(f)),
			      "region", "startLine", 1);
	if (image)
		json_object_set_new(v, "logicalLocations",
				    json_pack("[{s:o, s:s}]", "fullyQualifiedName", text(image), "kind", "image"));
	return v;
}

static json_t *result(const char *image, const struct ci_finding *f, size_t rule)
{
	static const char *const levels[] = {
	    [CI_LEVEL_ERROR] = "error", [CI_LEVEL_WARNING] = "warning", [CI_LEVEL_NOTE] = "note"};
	char fingerprint[SHA256_HEX_SIZE];
	ci_finding_fingerprint(f, fingerprint);
	return json_pack("{s:o, s:I, s:s, s:{s:o}, s:[o], s:{s:s}}", "ruleId", text(f->id), "ruleIndex",
			 (json_int_t)rule, "level", levels[f->level], "message", "text", text(f->text), "locations",
			 location(image, f), "partialFingerprints", "slim/v1", fingerprint);
}

void ci_findings_sarif(const struct ci_findings *f, const char *image, const char *version, bool done, struct buf *out)
{
	CLEANUP_STRSET struct strset ids = {0};
	json_auto_t *root = json_object();
	json_t *rules = json_array(), *results = json_array();
	for (size_t i = 0; i < f->count; i++) {
		bool is_new;
		size_t rule = strset_add_len(&ids, f->items[i].id, strlen(f->items[i].id), &is_new);
		if (is_new)
			json_array_append_new(rules, json_pack("{s:o}", "id", text(f->items[i].id)));
		json_array_append_new(results, result(image, &f->items[i], rule));
	}
	json_t *driver = json_pack("{s:s, s:s, s:o}", "name", "slim", "version", version, "rules", rules);
	json_t *run = json_pack("{s:{s:o}, s:[{s:b}], s:s, s:o}", "tool", "driver", driver, "invocations",
				"executionSuccessful", done, "columnKind", "utf16CodeUnits", "results", results);
	json_object_set_new(root, "$schema", json_string(SARIF_SCHEMA));
	json_object_set_new(root, "version", json_string("2.1.0"));
	json_object_set_new(root, "runs", json_pack("[o]", run));
	json_write_pretty(root, out);
	buf_char(out, '\n');
}

void ci_sarif(const struct ci_build *b, struct buf *out)
{
	CLEANUP_CI_FINDINGS struct ci_findings f = {0};
	ci_findings_make(b, &f);
	ci_findings_sarif(&f, b->report->source.reference, b->version, !b->error || b->error->code == ERR_NONE, out);
}
