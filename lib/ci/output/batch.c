#include "ci/output/batch.h"

#include <ctype.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/strset.h"
#include "ci/output/azure.h"
#include "ci/output/dotenv.h"
#include "ci/output/github.h"
#include "ci/output/tekton.h"
#include "text/json.h"

#define DOTENV_MAX 5000 /* bytes; GitLab takes 5 KB */

/* The figures that are few enough for dotenv and Tekton. */
static const enum ci_figure passed_on[] = {CI_FIGURE_IMAGE, CI_FIGURE_DIGEST, CI_FIGURE_STATUS};
#define N_PASSED_ON (sizeof(passed_on) / sizeof(passed_on[0]))

/* ---- names ---- */

char *ci_batch_variable(const char *image, const char *figure)
{
	char *name = mem_printf("%s_%s", image, figure);
	for (char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c))
			*c = '_';
	return name;
}

static char *upper(const char *image, const char *figure)
{
	char *name = ci_batch_variable(image, figure);
	for (char *c = name; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	return name;
}

int ci_batch_check_names(const struct strlist *images, struct err *err)
{
	CLEANUP_STRSET struct strset known = {0};
	for (size_t i = 0; i < images->count; i++)
		for (int k = 0; k < CI_FIGURES; k++) {
			CLEANUP_FREE char *name = upper(images->items[i], ci_figure_names[k]);
			if (strset_find(&known, name) != STRSET_NONE)
				return err_set(
				    err, ERR_INVAL, "batch-outputs-collide",
				    "the outputs of the image %s would replace those of another (%s): give it "
				    "another name, or use --ci none",
				    images->items[i], name);
			(void)strset_add(&known, name);
		}
	return 0;
}

/* ---- all images at once ---- */

const char *ci_batch_status(const struct ci_batch *b)
{
	static const char *const from_best_to_worst[] = {"passed",     "kept-original", "gate-failed",
							 "not-proven", "failed",        "stopped"};
	size_t worst = 0;
	for (size_t i = 0; i < b->count; i++)
		for (size_t k = worst; k < sizeof(from_best_to_worst) / sizeof(from_best_to_worst[0]); k++)
			if (strcmp(ci_build_status(&b->images[i].build), from_best_to_worst[k]) == 0)
				worst = k;
	return from_best_to_worst[worst];
}

static json_t *figure_json(const struct ci_build *b, enum ci_figure which)
{
	CLEANUP_FREE char *value = ci_build_figure(b, which);
	if (!*value)
		return json_null();
	if (which == CI_FIGURE_SIZE || which == CI_FIGURE_ORIGINAL_SIZE)
		return json_integer(strtoll(value, NULL, 10));
	if (which == CI_FIGURE_REDUCTION)
		return json_real(strtod(value, NULL));
	return json_bytes(value, strlen(value));
}

void ci_batch_list(const struct ci_batch *b, struct buf *out)
{
	json_auto_t *list = json_array();
	for (size_t i = 0; i < b->count; i++) {
		json_t *one = json_object();
		json_object_set_new(one, "name", json_string(b->images[i].name));
		for (int k = 0; k < CI_FIGURES; k++)
			json_object_set_new(one, ci_figure_names[k],
					    figure_json(&b->images[i].build, (enum ci_figure)k));
		json_array_append_new(list, one);
	}
	json_write(list, out);
}

/* ---- GitHub and Azure ---- */

void ci_batch_github_outputs(const struct ci_batch *b, struct buf *out)
{
	CLEANUP_BUF struct buf list = {0};
	for (size_t i = 0; i < b->count; i++)
		for (int k = 0; k < CI_FIGURES; k++) {
			CLEANUP_FREE char *name = ci_batch_variable(b->images[i].name, ci_figure_names[k]);
			ci_github_figure(name, &b->images[i].build, (enum ci_figure)k, out);
		}
	ci_batch_list(b, &list);
	ci_github_output("images", list.data, out);
	ci_github_output("status", ci_batch_status(b), out);
}

void ci_batch_azure_commands(const struct ci_batch *b, const char *summary, struct buf *out)
{
	CLEANUP_BUF struct buf list = {0};
	for (size_t i = 0; i < b->count; i++)
		for (int k = 0; k < CI_FIGURES; k++) {
			CLEANUP_FREE char *name = ci_batch_variable(b->images[i].name, ci_figure_names[k]);
			ci_azure_figure(name, &b->images[i].build, (enum ci_figure)k, out);
		}
	ci_batch_list(b, &list);
	ci_azure_json("images", &list, out);
	buf_printf(out, "##vso[task.setvariable variable=status;isOutput=true]%s\n", ci_batch_status(b));
	ci_azure_summary(summary, out);
}

/* ---- GitLab ---- */

void ci_batch_dotenv(const struct ci_batch *b, struct buf *out)
{
	ci_dotenv_line("SLIM_STATUS", ci_batch_status(b), out);
	for (size_t i = 0; i < b->count; i++) {
		CLEANUP_BUF struct buf lines = {0};
		for (size_t k = 0; k < N_PASSED_ON; k++) {
			CLEANUP_FREE char *name = upper(b->images[i].name, ci_figure_names[passed_on[k]]),
					  *whole = mem_printf("SLIM_%s", name),
					  *value = ci_build_figure(&b->images[i].build, passed_on[k]);
			ci_dotenv_line(whole, value, &lines);
		}
		if (out->len + lines.len <= DOTENV_MAX)
			buf_append(out, lines.data, lines.len);
	}
}

/* ---- Tekton ---- */

#define RESULT_IMAGES 0
#define RESULT_STATUS 1
#define RESULTS_FIRST 2 /* of the images */

size_t ci_batch_tekton_count(size_t images)
{
	return RESULTS_FIRST + images * N_PASSED_ON;
}

char *ci_batch_tekton_name(const struct strlist *images, size_t which)
{
	if (which < RESULTS_FIRST)
		return mem_strdup(which == RESULT_IMAGES ? "IMAGES" : ci_tekton_name(CI_FIGURE_STATUS));
	return ci_batch_variable(images->items[(which - RESULTS_FIRST) / N_PASSED_ON],
				 ci_tekton_name(passed_on[(which - RESULTS_FIRST) % N_PASSED_ON]));
}

/* Images without a digest are left out: nothing was published. */
static char *image_list(const struct ci_batch *b)
{
	struct buf list = {0};
	for (size_t i = 0; i < b->count; i++) {
		CLEANUP_FREE char *image = ci_build_figure(&b->images[i].build, CI_FIGURE_IMAGE),
				  *digest = ci_build_figure(&b->images[i].build, CI_FIGURE_DIGEST);
		if (!*image || !*digest)
			continue;
		buf_str(&list, list.len ? "\n" : "");
		buf_escape(&list, image, strlen(image));
		buf_printf(&list, "@%s", digest);
	}
	return list.len ? buf_steal(&list) : mem_strdup("");
}

void ci_batch_tekton_values(const struct ci_batch *b, char **values)
{
	const size_t n = ci_batch_tekton_count(b->count);
	values[RESULT_IMAGES] = image_list(b);
	values[RESULT_STATUS] = mem_strdup(ci_batch_status(b));
	for (size_t i = RESULTS_FIRST; i < n; i++) {
		const size_t k = i - RESULTS_FIRST;
		values[i] = ci_tekton_value(&b->images[k / N_PASSED_ON].build, passed_on[k % N_PASSED_ON]);
	}
	ci_tekton_fit(values, n);
}
