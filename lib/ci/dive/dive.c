#include "ci/dive/dive.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "formats/yaml.h"
#include "os/fd.h"
#include "text/quantity.h"

#define DISABLED "disabled"

struct rule {
	const char *option, *member, *form;
	size_t offset;
};
static const struct rule rules[] = {
    {"lowest-efficiency", "lowestEfficiency", "a number from 0 to 1, such as 0.95",
     offsetof(struct ci_dive_limits, lowest_efficiency)},
    {"highest-wasted-bytes", "highestWastedBytes", "a size, such as 20MB",
     offsetof(struct ci_dive_limits, highest_wasted_bytes)},
    {"highest-user-wasted-percent", "highestUserWastedPercent", "a number from 0 to 1, such as 0.1",
     offsetof(struct ci_dive_limits, highest_user_wasted_percent)},
};
#define RULES (sizeof(rules) / sizeof(rules[0]))

static char **text_of(struct ci_dive_limits *l, size_t rule)
{
	return (char **)(void *)((char *)l + rules[rule].offset);
}

static const char *get(const struct ci_dive_limits *l, size_t rule)
{
	return *(char *const *)(const void *)((const char *)l + rules[rule].offset);
}

static bool parse_part(const char *s, double *out)
{
	char *end;
	*out = strtod(s, &end);
	return end != s && !*end && *out >= 0 && *out <= 1;
}

static bool parse_rule(size_t rule, const char *s, double *out)
{
	uint64_t bytes;
	if (rule != 1)
		return parse_part(s, out);
	if (quantity_parse_bytes(s, &bytes, NULL) < 0)
		return false;
	*out = (double)bytes;
	return true;
}

/* ---- the file ---- */

static int take_rule(const json_t *object, size_t rule, const char *path, struct ci_dive_limits *l, struct err *err)
{
	const json_t *v = json_object_get(object, rules[rule].member);
	char **text = text_of(l, rule);
	double number;
	if (!v || *text)
		return 0;
	if (json_is_number(v))
		*text = mem_printf("%.17g", json_number_value(v));
	else if (json_is_string(v) && strcmp(json_string_value(v), DISABLED) == 0)
		return 0;
	else if (json_is_string(v))
		*text = mem_strdup(json_string_value(v));
	if (*text && parse_rule(rule, *text, &number))
		return 0;
	return err_set(err, ERR_INVAL, "option-value-invalid", "%s: %s must be %s, or " DISABLED, path,
		       rules[rule].member, rules[rule].form);
}

int ci_dive_limits_read(const char *path, struct ci_dive_limits *l, struct err *err)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	CLEANUP_BUF struct buf text = {0};
	json_auto_t *root = NULL;
	if (fd < 0)
		return err_sys(err, errno, "file-open", "%s", path);
	int r = fd_read_all(fd, LIMIT_BATCH_FILE, path, &text, err);
	if (r == 0)
		r = yaml_parse(text.data ? text.data : "", text.len, path, NULL, &root, err);
	if (r < 0)
		return r;
	const json_t *object = json_object_get(root, "rules");
	if (!json_is_object(object))
		return err_set(err, ERR_INVAL, "option-value-invalid", "%s: the member rules must be an object", path);
	for (size_t i = 0; r == 0 && i < RULES; i++)
		r = take_rule(object, i, path, l, err);
	return r;
}

int ci_dive_limits_check(const struct ci_dive_limits *l, struct err *err)
{
	double number;
	for (size_t i = 0; i < RULES; i++)
		if (get(l, i) && !parse_rule(i, get(l, i), &number))
			return err_set(err, ERR_INVAL, "option-value-invalid", "--%s must be %s", rules[i].option,
				       rules[i].form);
	return 0;
}

bool ci_dive_limits_any(const struct ci_dive_limits *l)
{
	for (size_t i = 0; i < RULES; i++)
		if (get(l, i))
			return true;
	return false;
}

/* ---- the figures ---- */

static double user_bytes(const struct inspect_history *h)
{
	uint64_t sum = 0;
	for (size_t i = 1; i < h->n_layers; i++)
		sum += h->layers[i][INSPECT_ADDED].bytes + h->layers[i][INSPECT_CHANGED].bytes;
	return (double)sum;
}

void ci_dive_judge(const struct ci_dive_limits *l, const struct inspect_history *h, struct report_gates *out)
{
	const double user = user_bytes(h), wasted = (double)h->repeated;
	const double figures[RULES] = {inspect_history_efficiency(h), wasted, user > 0 ? wasted / user : 0};
	for (size_t i = 0; i < RULES; i++) {
		double limit;
		if (!get(l, i) || !parse_rule(i, get(l, i), &limit))
			continue;
		char *figure = i == 1 ? mem_printf("%.3f MB", wasted / 1e6) : mem_printf("%.4f", figures[i]);
		report_gates_add(out, rules[i].option, get(l, i), figure,
				 i == 0 ? figures[i] >= limit : figures[i] <= limit);
	}
}

void ci_dive_limits_done(struct ci_dive_limits *l)
{
	for (size_t i = 0; i < RULES; i++)
		free(*text_of(l, i));
	*l = (struct ci_dive_limits){0};
}
