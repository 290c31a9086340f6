/* tests/unit/cmd/explore/sample.h - a small image and a small report to explore, and keys as text. */
#pragma once

#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cmd/explore/control.h"
#include "view/tree_from_layer.h"

#define HOSTILE "a\033[2Jb\n"

static inline struct view_node *sample_add(struct view_tree *t, const char *path, enum view_kind kind,
					   enum view_state state, uint64_t before, uint64_t after)
{
	struct view_node *n = view_tree_add(t, path, strlen(path));
	n->kind = (uint8_t)kind;
	n->state = (uint8_t)state;
	n->bytes_before = before;
	n->bytes_after = after;
	return n;
}

static inline void sample_report(struct view_tree *t)
{
	*t = (struct view_tree){0};
	sample_add(t, "/etc", VIEW_DIRECTORY, VIEW_KEPT, 0, 0);
	struct view_node *passwd = sample_add(t, "/etc/passwd", VIEW_FILE, VIEW_KEPT, 1500, 1500);
	passwd->why = (uint32_t)strset_add(&t->reasons, "a run used it");
	passwd->step = 2;
	sample_add(t, "/etc/" HOSTILE, VIEW_FILE, VIEW_REMOVED, 20, 0);
	struct view_node *libc = sample_add(t, "/usr/lib/libc.so", VIEW_FILE, VIEW_KEPT, 2000000, 2000000);
	libc->package = (uint32_t)strset_add(&t->packages, "libc6 2.36");
	sample_add(t, "/usr/lib/perl/POSIX.pm", VIEW_FILE, VIEW_REMOVED, 6000000, 0);
	sample_add(t, "/usr/share/\xe4\xb8\xad\xe6\x96\x87.txt", VIEW_FILE, VIEW_REMOVED, 40000, 0);
	sample_add(t, "/bin", VIEW_SYMLINK, VIEW_KEPT, 0, 0);
	sample_add(t, "/dev/null", VIEW_OTHER, VIEW_KEPT, 0, 0);
	view_tree_finish(t);
}

static inline void sample_image(struct view_tree *t)
{
	*t = (struct view_tree){0};
	sample_add(t, "/etc/passwd", VIEW_FILE, VIEW_KEPT, 1500, 1500)->layer = 0;
	sample_add(t, "/usr/lib/libc.so", VIEW_FILE, VIEW_KEPT, 2000000, 2000000)->layer = 0;
	sample_add(t, "/srv/index.html", VIEW_FILE, VIEW_KEPT, 900, 900)->layer = 1;
	view_tree_finish(t);
}

static inline void sample_layer(struct view_tree *t, size_t layer)
{
	*t = (struct view_tree){0};
	if (layer == 0) {
		sample_add(t, "/etc/passwd", VIEW_FILE, VIEW_ADDED, 0, 1000)->layer = 0;
		sample_add(t, "/usr/lib/libc.so", VIEW_FILE, VIEW_ADDED, 0, 2000000)->layer = 0;
		view_tree_finish(t);
		return;
	}
	sample_add(t, "/srv/index.html", VIEW_FILE, VIEW_ADDED, 0, 900)->layer = 1;
	sample_add(t, "/etc/passwd", VIEW_FILE, VIEW_CHANGED, 1000, 1500)->layer = 1;
	view_tree_finish(t);
}

/* ---- models ---- */

struct sample {
	struct view_tree tree, layer;
	struct explore_layer layers[2];
	struct explore_model model;
};

static inline void sample_why(void *ctx, const char *path, struct buf *out)
{
	buf_str(out, "why ");
	buf_escape(out, path, strlen(path));
	for (int i = 1; i <= 40; i++)
		buf_printf(out, "\n  reason %d", i);
}

static inline const struct view_tree *sample_layer_tree(void *ctx, size_t layer)
{
	struct sample *s = ctx;
	view_tree_done(&s->layer);
	sample_layer(&s->layer, layer);
	return &s->layer;
}

static inline const struct view_tree *sample_report_layer_tree(void *ctx, size_t layer)
{
	struct sample *s = ctx;
	view_tree_done(&s->layer);
	view_tree_from_layer(&s->tree, layer, &s->layer);
	return &s->layer;
}

/* A report that lists no layers. */
static inline void sample_of_report(struct sample *s)
{
	*s = (struct sample){0};
	sample_report(&s->tree);
	s->model = (struct explore_model){
	    .title = "report.json", .compares = true, .tree = &s->tree, .why = sample_why, .ctx = s};
}

static inline void sample_of_report_with_layers(struct sample *s)
{
	static const char *const names[EXPLORE_SIZES] = {"kept", "removed", "hidden", "in all"};
	sample_of_report(s);
	for (size_t i = 0; i < s->tree.count; i++)
		s->tree.nodes[i].layer = strncmp(s->tree.nodes[i].path, "/usr/lib", 8) == 0;
	s->layers[0] = (struct explore_layer){"ADD root.tar /", {{1500}, {40020}, {9000}, {50520}}};
	s->layers[1] = (struct explore_layer){"RUN \033[31minstall", {{2000000}, {6000000}, {.none = true}, {8000000}}};
	s->model.layers = s->layers;
	s->model.n_layers = 2;
	s->model.size_names = names;
	s->model.layer_tree = sample_report_layer_tree;
}

static inline void sample_of_image(struct sample *s)
{
	static const char *const names[EXPLORE_SIZES] = {"blob", "added", "changed", "removed"};
	*s = (struct sample){0};
	sample_image(&s->tree);
	const struct explore_size none = {.none = true};
	s->layers[0] = (struct explore_layer){"ADD root.tar /", {{1200000}, {2001500}, none, none}};
	s->layers[1] = (struct explore_layer){"COPY \033[31msite /srv", {{800}, {900}, {1500}, none}};
	s->model = (struct explore_model){.title = "oci:images:app",
					  .tree = &s->tree,
					  .layers = s->layers,
					  .n_layers = 2,
					  .size_names = names,
					  .layer_tree = sample_layer_tree,
					  .why = sample_why,
					  .ctx = s};
}

static inline void sample_done(struct sample *s)
{
	view_tree_done(&s->tree);
	view_tree_done(&s->layer);
}

/* ---- keys ---- */

static inline struct explore_key sample_key(const char *name, size_t n)
{
	static const struct {
		const char *name;
		enum explore_key_kind kind;
	} keys[] = {{"up", EXPLORE_KEY_UP},       {"down", EXPLORE_KEY_DOWN},     {"left", EXPLORE_KEY_LEFT},
		    {"right", EXPLORE_KEY_RIGHT}, {"pgup", EXPLORE_KEY_PAGE_UP},  {"pgdn", EXPLORE_KEY_PAGE_DOWN},
		    {"home", EXPLORE_KEY_FIRST},  {"end", EXPLORE_KEY_LAST},      {"enter", EXPLORE_KEY_ENTER},
		    {"back", EXPLORE_KEY_BACK},   {"escape", EXPLORE_KEY_ESCAPE}, {"tab", EXPLORE_KEY_TAB},
		    {"unknown", EXPLORE_KEY_NONE}};
	struct explore_key key = {.kind = EXPLORE_KEY_TEXT};
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (strlen(keys[i].name) == n && memcmp(keys[i].name, name, n) == 0)
			return (struct explore_key){.kind = keys[i].kind};
	memcpy(key.text, name, n < sizeof(key.text) ? n : sizeof(key.text) - 1);
	return key;
}

/* Presses keys, separated by blanks: names of sample_key, or characters. Returns the last action. */
static inline enum explore_action sample_press(struct explore_state *s, const char *keys)
{
	enum explore_action action = EXPLORE_STAY;
	for (size_t n; *keys; keys += n + strspn(keys + n, " ")) {
		n = strcspn(keys, " ");
		const struct explore_key key = sample_key(keys, n);
		action = explore_control_key(s, &key);
	}
	return action;
}
