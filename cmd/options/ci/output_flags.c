#include "cmd/options/ci/output_flags.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "ci/output/azure.h"
#include "ci/output/batch_page.h"
#include "ci/output/dotenv.h"
#include "ci/output/findings_json.h"
#include "ci/output/github.h"
#include "ci/output/junit.h"
#include "ci/output/markdown.h"
#include "ci/output/openmetrics.h"
#include "ci/output/tekton.h"
#include "os/output_file.h"
#include "version.h"

#define AT(member) offsetof(struct output_flags, member)
static const struct option_row rows[] = {
    {"ci", 0, OPTION_STRING, AT(ci), "SYSTEM",
     "write outputs for a CI system: " JOB_SYSTEM_FORMS " (default: auto), see slim-ci(7)", OPTION_RARE,
     "auto|github|gitlab|azure|jenkins|tekton|none"},
    {"ci-dir", 0, OPTION_STRING, AT(ci_dir), "DIR", "write the files that the CI system reads into DIR"},
    {"junit", 0, OPTION_STRING, AT(junit), "FILE", "write runs, requests, differences and gates as JUnit XML"},
    {"sarif", 0, OPTION_STRING, AT(sarif), "FILE", "write errors, warnings and notes as SARIF 2.1.0"},
    {"markdown", 0, OPTION_STRING, AT(markdown), "FILE", "write a page of Markdown, for a comment on a pull request"},
    {"metrics", 0, OPTION_STRING, AT(metrics), "FILE", "write sizes, times and counts as OpenMetrics"},
    {"code-quality", 0, OPTION_STRING, AT(code_quality), "FILE",
     "write errors, warnings and notes as GitLab's code quality report"},
    {"dotenv", 0, OPTION_STRING, AT(dotenv), "FILE", "write image, digest and sizes as lines of NAME=value"},
};
const struct option_group output_flags_group = OPTION_GROUP("Outputs for CI systems", rows);

enum form {
	FORM_JUNIT,
	FORM_SARIF,
	FORM_MARKDOWN,
	FORM_METRICS,
	FORM_CODE_QUALITY,
	FORM_DOTENV,
	FORM_GITHUB_OUTPUT,
	FORM_GITHUB_SUMMARY,
	FORM_RESULT, /* of Tekton; the figure is added */
};

/* A build, verification or recording; or a batch, whose makers are fewer. */
struct content {
	const struct ci_build *build;
	const struct ci_batch *batch;
	char **values; /* of Tekton's results */
};

static void (*const batch_makers[])(const struct ci_batch *b, struct buf *out) = {
    [FORM_JUNIT] = ci_batch_junit,
    [FORM_MARKDOWN] = ci_batch_markdown,
    [FORM_DOTENV] = ci_batch_dotenv,
    [FORM_GITHUB_OUTPUT] = ci_batch_github_outputs,
};

static void (*const makers[])(const struct ci_build *b, struct buf *out) = {
    [FORM_JUNIT] = ci_junit,
    [FORM_SARIF] = ci_sarif,
    [FORM_MARKDOWN] = ci_markdown,
    [FORM_METRICS] = ci_openmetrics,
    [FORM_CODE_QUALITY] = ci_code_quality,
    [FORM_DOTENV] = ci_dotenv,
    [FORM_GITHUB_OUTPUT] = ci_github_outputs,
};

/* ---- files of options ---- */

void output_plan_done(struct output_plan *p)
{
	for (size_t i = 0; i < p->count; i++)
		free(p->items[i].path);
	free(p->items);
	*p = (struct output_plan){0};
}

/* path is taken. */
static void add(struct output_plan *p, const char *what, char *path, int form)
{
	p->items = mem_grow(p->items, p->count, &p->cap, sizeof(*p->items));
	p->items[p->count++] = (struct output_target){
	    .what = what,
	    .path = path,
	    .append = form == FORM_GITHUB_OUTPUT || form == FORM_GITHUB_SUMMARY,
	    .form = form,
	};
}

struct named {
	const char *what, *path;
	enum form form;
};
#define OUTPUT_FILES 6

static void named_files(const struct output_flags *f, struct named out[OUTPUT_FILES])
{
	const struct named all[OUTPUT_FILES] = {
	    {"--junit", f->junit, FORM_JUNIT},
	    {"--sarif", f->sarif, FORM_SARIF},
	    {"--markdown", f->markdown, FORM_MARKDOWN},
	    {"--metrics", f->metrics, FORM_METRICS},
	    {"--code-quality", f->code_quality, FORM_CODE_QUALITY},
	    {"--dotenv", f->dotenv, FORM_DOTENV},
	};
	memcpy(out, all, sizeof(all));
}

size_t output_flags_on_stdout(const struct output_flags *f)
{
	struct named all[OUTPUT_FILES];
	size_t n = 0;
	named_files(f, all);
	for (size_t i = 0; i < OUTPUT_FILES; i++)
		n += all[i].path && output_file_is_stdout(all[i].path);
	return n;
}

int output_flags_check_stdout(const struct output_flags *f, size_t others, struct err *err)
{
	const size_t files = output_flags_on_stdout(f);
	if (files && files + others > 1)
		return err_set(err, ERR_INVAL, "option-conflict",
			       "more than one output goes to standard output: name a file for the others");
	return 0;
}

/* ---- files of the system ---- */

static void add_told(struct output_plan *p, const struct job_environment *env, const char *variable, const char *below,
		     enum form form)
{
	const char *path = env->get(env->ctx, variable);
	if (path && *path)
		add(p, variable, below ? mem_printf("%s/%s", path, below) : mem_strdup(path), (int)form);
}

static void add_results(struct output_plan *p, const char *dir)
{
	const struct strlist *images = p->subject.images;
	const size_t n = images ? ci_batch_tekton_count(images->count) : CI_FIGURES;
	for (size_t i = 0; i < n; i++) {
		if (!images && !ci_verb_has_figure(p->subject.verb, (enum ci_figure)i))
			continue;
		CLEANUP_FREE char *name =
		    images ? ci_batch_tekton_name(images, i) : mem_strdup(ci_tekton_name((enum ci_figure)i));
		add(p, "--ci tekton", mem_printf("%s/%s", dir, name), FORM_RESULT + (int)i);
	}
}

/* Those that an option names elsewhere are not written twice. */
static void add_directory(struct output_plan *p, const struct output_flags *f)
{
	const bool gitlab = p->system == JOB_GITLAB, one = !p->subject.images;
	const struct {
		const char *name, *elsewhere;
		enum form form;
		bool wanted;
	} all[] = {
	    {"junit.xml", f->junit, FORM_JUNIT, true},
	    {"slim.sarif", f->sarif, FORM_SARIF, !gitlab && one},
	    {"slim.md", f->markdown, FORM_MARKDOWN, !gitlab},
	    {"metrics.txt", f->metrics, FORM_METRICS, gitlab && one},
	    {"gl-code-quality-report.json", f->code_quality, FORM_CODE_QUALITY, gitlab && one},
	    {"slim.env", f->dotenv, FORM_DOTENV, gitlab},
	};
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i].wanted && !all[i].elsewhere)
			add(p, "--ci-dir", mem_printf("%s/%s", f->ci_dir, all[i].name), (int)all[i].form);
}

/* The files that the system named, and those of --ci-dir. */
static void add_of_system(struct output_plan *p, const struct output_flags *f, const struct job_environment *env)
{
	const bool part = p->subject.is_part; /* then only a place that the image has for itself counts */
	if (p->system == JOB_GITHUB && !part) {
		add_told(p, env, "GITHUB_OUTPUT", NULL, FORM_GITHUB_OUTPUT);
		add_told(p, env, "GITHUB_STEP_SUMMARY", NULL, FORM_GITHUB_SUMMARY);
	} else if (p->system == JOB_AZURE && !part) {
		add_told(p, env, "AGENT_TEMPDIRECTORY", CI_AZURE_SUMMARY, FORM_MARKDOWN);
	}
	if (p->system != JOB_TEKTON && f->ci_dir)
		add_directory(p, f);
	else if (p->system == JOB_TEKTON && (f->ci_dir || !part))
		add_results(p, f->ci_dir ? f->ci_dir : JOB_TEKTON_RESULTS);
}

int output_plan_init(const struct output_flags *f, const struct output_subject *subject,
		     const struct job_environment *env, struct output_plan *out, struct err *err)
{
	struct output_plan p = {.subject = *subject};
	struct named all[OUTPUT_FILES];
	env = env ? env : &job_environment;
	int r = job_system_choose(f->ci, env, &p.system, err);
	if (r < 0)
		return r;
	named_files(f, all);
	for (size_t i = 0; i < OUTPUT_FILES; i++)
		if (all[i].path)
			add(&p, all[i].what, mem_strdup(all[i].path), (int)all[i].form);
	add_of_system(&p, f, env);
	if (subject->images && p.system != JOB_NONE && (r = ci_batch_check_names(subject->images, err)) < 0) {
		output_plan_done(&p);
		return r;
	}
	*out = p;
	return 0;
}

int output_plan_check(const struct output_plan *p, struct err *err)
{
	for (size_t i = 0; i < p->count; i++) {
		int r = output_file_check(p->items[i].path, err);
		if (r < 0)
			return err_wrap(err, "%s", p->items[i].what);
	}
	return 0;
}

/* ---- writing ---- */

static int add_summary(const char *path, const struct content *c, struct buf *out, struct err *err)
{
	CLEANUP_OUTPUT_FILE struct output_file f = OUTPUT_FILE_NONE;
	int r = output_file_open(path, &f, err);
	if (r < 0)
		return r;
	const size_t has = f.descriptor < 0 && f.st.st_mode ? (size_t)f.st.st_size : 0;
	if (c->batch)
		ci_batch_github_summary(c->batch, has, out);
	else
		ci_github_summary(c->build, has, out);
	return 0;
}

static int write_target(const struct output_target *t, const struct content *c, struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	int r = 0;
	if (t->form >= FORM_RESULT)
		buf_str(&text, c->values[t->form - FORM_RESULT]);
	else if (t->form == FORM_GITHUB_SUMMARY)
		r = add_summary(t->path, c, &text, err);
	else if (c->batch)
		batch_makers[t->form](c->batch, &text);
	else
		makers[t->form](c->build, &text);
	if (r < 0)
		return r;
	const char *data = text.len ? text.data : "";
	return t->append ? output_file_append(t->path, data, text.len, err)
			 : output_file_write(t->path, data, text.len, err);
}

static const char *azure_summary(const struct output_plan *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->items[i].form == FORM_MARKDOWN && strcmp(p->items[i].what, "AGENT_TEMPDIRECTORY") == 0)
			return p->items[i].path;
	return NULL;
}

static int write_all(const struct output_plan *p, const struct content *c, struct err *err)
{
	int first = 0;
	for (size_t i = 0; i < p->count; i++) {
		struct err e = {0};
		int r = write_target(&p->items[i], c, &e);
		if (r == 0 || first < 0)
			continue;
		*err = e;
		first = err_wrap(err, "%s", p->items[i].what);
	}
	return first;
}

int output_plan_write(const struct output_plan *p, const struct ci_build *b, struct buf *commands, struct err *err)
{
	char *values[CI_FIGURES];
	ci_tekton_values(b, values);
	int r = write_all(p, &(struct content){.build = b, .values = values}, err);
	for (size_t i = 0; i < CI_FIGURES; i++)
		free(values[i]);
	if (p->system == JOB_GITHUB)
		ci_github_annotations(b, commands);
	else if (p->system == JOB_AZURE && p->subject.is_part)
		ci_azure_issues(b, commands);
	else if (p->system == JOB_AZURE)
		ci_azure_commands(b, azure_summary(p), commands);
	return r;
}

int output_plan_write_batch(const struct output_plan *p, const struct ci_batch *b, struct buf *commands,
			    struct err *err)
{
	const size_t n = ci_batch_tekton_count(b->count);
	char **values = mem_calloc(n, sizeof(*values));
	ci_batch_tekton_values(b, values);
	int r = write_all(p, &(struct content){.batch = b, .values = values}, err);
	for (size_t i = 0; i < n; i++)
		free(values[i]);
	free(values);
	if (p->system == JOB_AZURE)
		ci_batch_azure_commands(b, azure_summary(p), commands);
	return r;
}

/* ---- for a verb ---- */

int output_plan_begin(const struct output_flags *f, const struct output_subject *subject, struct output_plan *p,
		      struct outcome *out)
{
	if (output_plan_init(f, subject, NULL, p, &out->err) < 0)
		return EXIT_USAGE;
	return output_plan_check(p, &out->err) < 0 ? EXIT_FAILED : EXIT_DONE;
}

int output_plan_end(const struct output_plan *p, const struct report *report, int code, struct outcome *out)
{
	const struct ci_build b = {report, &out->err, SLIM_VERSION, p->subject.verb};
	struct err unwritten = {0};
	if (code == EXIT_USAGE || output_plan_write(p, &b, &out->commands, &unwritten) == 0)
		return code;
	outcome_fail(out, &unwritten);
	return EXIT_FAILED;
}
