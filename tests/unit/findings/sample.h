/* tests/unit/findings/sample.h - judges an image whose layers are written as text (unpack/text_image.h). In it "@N@"
 * stands for N bytes. */
#pragma once

#include "findings/findings.h"
#include "inspect/final.h"
#include "inspect/sample.h"

/* All members but the layers may be left out. */
struct sample_image {
	const char *layers[4];               /* bottom first */
	const char *config, *history;        /* members of the config; elements of the history */
	const char *annotations;             /* of the manifest, JSON */
	const char *base_name;               /* of an image beside it */
	size_t base_layers;                  /* that it has in common with that */
	struct findings_program programs[3]; /* as if ELF files had passed by */
	size_t layer;                        /* of the programs */
};

struct sample_judged {
	struct findings_scanner *scanner;
	struct findings_watch seen;
	struct inspect_texts texts;
	struct inspect_lists lists;
	struct inspect_history history;
	struct inspect_final final;
	struct image_index *index;
	struct packages packages;
	struct oci_image_config config;
	struct oci_manifest manifest;
	struct findings findings;
};

static inline char *sample_expand(const char *text)
{
	struct buf b = {0};
	buf_str(&b, "");
	for (const char *at; (at = strchr(text, '@')); text = strchr(at + 1, '@') + 1) {
		char *end;
		buf_append(&b, text, (size_t)(at - text));
		const long n = strtol(at + 1, &end, 10);
		if (*end != '@' || end == at + 1) { /* an "@" of its own */
			buf_char(&b, '@');
			text = at + 1;
			at = text - 1;
			char *rest = sample_expand(text);
			buf_str(&b, rest);
			free(rest);
			return buf_steal(&b);
		}
		buf_reserve(&b, (size_t)n);
		memset(b.data + b.len, 'x', (size_t)n);
		b.len += (size_t)n;
	}
	buf_str(&b, text);
	return buf_steal(&b);
}

static inline bool sample_wants(void *ctx, size_t layer, const struct inspect_entry *e)
{
	return true;
}

static inline void sample_take(void *ctx, size_t layer, const struct inspect_entry *e, const char *data, size_t n)
{
	struct sample_judged *j = ctx;
	const struct inspect_watch w = findings_watch_of(&j->seen);
	if (packages_may_read(e->path))
		inspect_texts_add(&j->texts, layer, e->path, data, n);
	if (n <= w.max && w.wants(w.ctx, layer, e))
		w.take(w.ctx, layer, e, data, n);
}

static inline void sample_part(void *ctx, size_t layer, const struct inspect_entry *e, uint64_t offset,
			       const char *data, size_t n)
{
	const struct inspect_watch w = findings_watch_of(&((struct sample_judged *)ctx)->seen);
	w.part(w.ctx, layer, e, offset, data, n);
}

static inline void sample_config(const struct sample_image *image, struct sample_judged *j)
{
	CLEANUP_BUF struct buf b = {0};
	struct err err = {0};
	buf_printf(&b, "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{%s},\"history\":[%s],",
		   image->config ? image->config : "\"User\":\"1\"", image->history ? image->history : "");
	buf_str(&b, "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[");
	for (size_t i = 0; i < j->lists.count; i++)
		buf_printf(&b, "%s\"%s\"", i ? "," : "", j->lists.items[i].diff_id.text);
	buf_str(&b, "]}}");
	if (oci_image_config_parse(b.data, b.len, &j->config, &err) < 0)
		fail_msg("%s: %s", err.msg, b.data);
	if (image->annotations)
		j->manifest.annotations = json_loads(image->annotations, 0, NULL);
}

static inline void sample_programs(const struct sample_image *image, struct sample_judged *j)
{
	struct findings_watch_layer *l = &j->seen.layers[image->layer];
	for (size_t i = 0; i < 3 && image->programs[i].path; i++) {
		l->programs = mem_grow(l->programs, l->n_programs, &l->programs_cap, sizeof(*l->programs));
		l->programs[l->n_programs++] = image->programs[i];
	}
}

static inline void sample_judge(const struct sample_image *image, struct findings_exceptions *exceptions,
				struct sample_judged *j)
{
	struct err err = {0};
	char *layers[5] = {0};
	*j = (struct sample_judged){.scanner = findings_scanner_new()};
	for (size_t i = 0; i < 4 && image->layers[i]; i++)
		layers[i] = sample_expand(image->layers[i]);
	findings_watch_init(&j->seen, j->scanner, 4);
	inspect_texts_init(&j->texts, 4);
	sample_lists((const char *const *)layers,
		     &(struct inspect_watch){
			 .max = 1u << 30, .wants = sample_wants, .take = sample_take, .part = sample_part, .ctx = j},
		     &j->lists);
	sample_history(&j->lists, &j->history);
	sample_config(image, j);
	sample_programs(image, j);
	if (inspect_final_index(&j->history, &j->lists, &j->texts, &j->final, &j->index, &err) < 0 ||
	    packages_read(j->index, &j->packages, &err) < 0)
		fail_msg("%s", err.msg);
	findings_make(&(struct findings_input){.lists = &j->lists,
					       .history = &j->history,
					       .index = j->index,
					       .packages = &j->packages,
					       .config = &j->config,
					       .manifest = &j->manifest,
					       .seen = &j->seen,
					       .base_name = image->base_name,
					       .base_layers = image->base_layers,
					       .exceptions = exceptions},
		      &j->findings);
	for (size_t i = 0; i < 4; i++)
		free(layers[i]);
}

static inline void sample_judged_done(struct sample_judged *j)
{
	findings_done(&j->findings);
	packages_done(&j->packages);
	image_index_free(j->index);
	oci_image_config_done(&j->config);
	json_decref(j->manifest.annotations);
	inspect_history_done(&j->history);
	inspect_lists_done(&j->lists);
	inspect_texts_done(&j->texts);
	findings_watch_done(&j->seen);
	findings_scanner_free(j->scanner);
}

/* The finding of the rule, or NULL. */
static inline const struct findings_item *sample_find(const struct sample_judged *j, const char *rule)
{
	for (size_t i = 0; i < j->findings.count; i++)
		if (strcmp(j->findings.items[i].rule->id, rule) == 0)
			return &j->findings.items[i];
	return NULL;
}
