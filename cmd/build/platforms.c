#include "cmd/build/platforms.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "os/output_file.h"

#define ALL "all"
#define TRACE_START "linux/" /* of a trace's value that begins with a platform */

void build_platforms_done(struct build_platforms *p)
{
	strlist_done(&p->files);
	free(p->wanted);
	free(p->traces);
	*p = (struct build_platforms){0};
}

/* The names between the commas. */
static int parse_list(const char *text, struct build_platforms *out, struct err *err)
{
	struct pipeline_platforms_options *o = &out->options;
	int r = 0;
	for (const char *at = text; r == 0 && at; at = *at ? at + 1 : NULL) {
		const size_t n = strcspn(at, ",");
		CLEANUP_FREE char *one = mem_strndup(at, n);
		out->wanted = mem_realloc(out->wanted, o->n_wanted + 1, sizeof(*out->wanted));
		r = strcmp(one, ALL) == 0 ? err_set(err, ERR_INVAL, "option-value-invalid",
						    "--platform takes all or a list of platforms, not both: %s", text)
					  : oci_platform_parse(one, &out->wanted[o->n_wanted++], err);
		at += n;
	}
	o->wanted = out->wanted;
	return r < 0 ? err_wrap(err, "--platform") : 0;
}

/* "linux/arm64=FILE". A file of such a name is written ./linux/arm64=FILE. */
static int parse_trace(const char *text, struct build_platforms *out, struct err *err)
{
	struct pipeline_platform_trace *t = &out->traces[out->options.n_traces++];
	const char *equals = strchr(text, '=');
	int r = 0;
	*t = (struct pipeline_platform_trace){.file = text};
	if (equals && strncmp(text, TRACE_START, strlen(TRACE_START)) == 0) {
		CLEANUP_FREE char *name = mem_strndup(text, (size_t)(equals - text));
		t->named = true;
		t->file = equals + 1;
		r = oci_platform_parse(name, &t->platform, err);
	}
	strlist_add(&out->files, t->file);
	if (r == 0 && !*t->file)
		r = err_set(err, ERR_INVAL, "option-value-invalid", "%s names no file", text);
	return r < 0 ? err_wrap(err, "--trace") : 0;
}

static int parse_others(const char *text, struct build_platforms *out, struct err *err)
{
	out->options.keep_others = strcmp(text, "keep") == 0;
	if (!out->several)
		return err_set(err, ERR_INVAL, "option-needs-partner",
			       "--others needs several platforms: --platform all, or a list");
	if (!out->options.keep_others && strcmp(text, "fail") != 0)
		return err_set(err, ERR_INVAL, "option-value-invalid", "--others takes keep or fail, not \"%s\"", text);
	return 0;
}

/* Where only one platform is built. */
static int check_traces(const struct build_flags *f, const struct build_platforms *p, struct err *err)
{
	struct oci_platform built;
	char text[OCI_PLATFORM_TEXT];
	oci_platform_host(&built);
	if (f->container.platform && oci_platform_parse(f->container.platform, &built, err) < 0)
		return err_wrap(err, "--platform");
	for (size_t i = 0; i < p->options.n_traces; i++)
		if (p->traces[i].named && !oci_platform_matches(&p->traces[i].platform, &built) &&
		    !oci_platform_matches(&built, &p->traces[i].platform))
			return err_set(
			    err, ERR_INVAL, "trace-platform-not-built",
			    "--trace %s is not of %s, which is built: name its platform with --platform, too",
			    p->traces[i].file, oci_platform_text(&built, text));
	return 0;
}

int build_platforms_parse(struct build_flags *f, struct build_platforms *out, struct err *err)
{
	const char *text = f->container.platform;
	int r = 0;
	out->several = text && (strcmp(text, ALL) == 0 || strchr(text, ','));
	if (out->several) {
		f->several = text;
		f->container.platform = NULL;
	}
	if (out->several && strcmp(text, ALL) != 0)
		r = parse_list(text, out, err);
	out->traces = mem_calloc(f->traces.count, sizeof(*out->traces));
	for (size_t i = 0; r == 0 && i < f->traces.count; i++)
		r = parse_trace(f->traces.items[i], out, err);
	out->options.traces = out->traces;
	if (r == 0 && f->others)
		r = parse_others(f->others, out, err);
	return r < 0 || out->several ? r : check_traces(f, out, err);
}

static int for_one(const char *option, const char *instead, struct err *err)
{
	return err_set(err, ERR_INVAL, "option-conflict", "%s is for one platform, not for several: %s", option,
		       instead);
}

int build_platforms_check(const struct build_flags *f, bool keep_original, struct err *err)
{
	static const char *const file = "name a file; each further platform has its own beside it";
	if (!f->several)
		return 0;
	if (keep_original)
		return for_one("--on-fail keep-original", "build each platform with --keep-index", err);
	if (f->theirs)
		return for_one("--report-format docker-slim", "use slim's own report", err);
	if (f->report && output_file_is_stdout(f->report))
		return for_one("--report to standard output", "use --json", err);
	if (f->html && output_file_is_stdout(f->html))
		return for_one("--html to standard output", file, err);
	return 0;
}
