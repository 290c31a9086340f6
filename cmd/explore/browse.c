#include "cmd/explore/browse.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Puts the cursor on the node if the list shows it, else on the first row. */
static void move_to(struct explore_state *s, uint32_t node)
{
	const size_t row = explore_list_row_of(&s->list, node);
	explore_state_move(s, row < s->list.count ? row : 0);
}

static uint32_t node_of(const struct explore_state *s)
{
	const struct view_node *n = explore_state_node(s);
	return n ? (uint32_t)(n - s->list.tree->nodes) : VIEW_NONE;
}

static void open_directory(struct explore_state *s, uint32_t dir)
{
	explore_list_open(&s->list, dir);
	s->cursors[EXPLORE_TREE] = (struct explore_cursor){0};
}

static void why(struct explore_state *s)
{
	const struct view_node *n = explore_state_node(s);
	struct buf text = {0};
	if (!n)
		n = &s->list.tree->nodes[s->list.dir];
	s->model->why(s->model->ctx, n->path, &text);
	explore_state_page_open(s, EXPLORE_WHY, &text);
}

static void enter(struct explore_state *s, bool explain)
{
	const struct view_node *n = explore_state_node(s);
	if (n && n->kind == VIEW_DIRECTORY)
		open_directory(s, node_of(s));
	else if (n && explain)
		why(s);
}

static void leave(struct explore_state *s)
{
	const uint32_t from = s->list.dir;
	if (!from)
		return;
	open_directory(s, s->list.tree->nodes[from].parent);
	move_to(s, from);
}

static void next_sort(struct explore_state *s)
{
	const uint32_t node = node_of(s);
	explore_list_set_sort(&s->list,
			      (s->list.sort + 1) % (explore_state_has_changes(s) ? EXPLORE_SORTS : EXPLORE_BY_CHANGE));
	move_to(s, node);
	explore_state_say(s, "Sorted by %s.", explore_sort_names[s->list.sort]);
}

/* In an image nothing is removed. */
static void next_shown(struct explore_state *s)
{
	const uint32_t node = node_of(s);
	if (!explore_state_has_changes(s)) {
		explore_state_say(s, "Nothing is removed here: v is for a report, or one layer.");
		return;
	}
	explore_list_show(&s->list, (s->list.shown + 1) % EXPLORE_SHOWN);
	move_to(s, node);
}

static void next_match(struct explore_state *s, bool forward)
{
	const uint32_t from = node_of(s) == VIEW_NONE ? s->list.dir : node_of(s);
	const uint32_t to = explore_list_match(&s->list, from, forward);
	if (to == VIEW_NONE) {
		explore_state_say(s, s->list.filter ? "No name matches." : "No filter is set: / sets one.");
		return;
	}
	open_directory(s, s->list.tree->nodes[to].parent);
	move_to(s, to);
}

static void mark(struct explore_state *s, enum explore_mark mark)
{
	const struct view_node *n = explore_state_node(s);
	if (!n)
		return;
	explore_marks_set(&s->marks, n->path, mark);
	if (mark == EXPLORE_INCLUDE && explore_marks_above(&s->marks, n->path) == EXPLORE_EXCLUDE)
		explore_state_say(s, "A directory above it is excluded, which counts more.");
	else
		explore_state_move(s, s->cursors[EXPLORE_TREE].at + 1);
}

static void open_filter(struct explore_state *s)
{
	free(s->old_filter);
	s->old_filter = mem_strdup(s->list.filter);
	explore_prompt_open(&s->prompt, EXPLORE_PROMPT_FILTER, s->list.filter ? s->list.filter : "");
}

void explore_browse_filter(struct explore_state *s, const char *text)
{
	const uint32_t node = node_of(s);
	explore_list_set_filter(&s->list, text);
	move_to(s, node);
}

void explore_browse_filter_end(struct explore_state *s, bool yes)
{
	if (!yes)
		explore_browse_filter(s, s->old_filter);
	else if (s->list.filter && explore_list_matches(&s->list) == 1)
		explore_state_say(s, "1 name matches: n goes to it.");
	else if (s->list.filter && explore_list_matches(&s->list))
		explore_state_say(s, "%zu names match: n and N go from one to the next.",
				  explore_list_matches(&s->list));
	else if (s->list.filter)
		explore_state_say(s, "No name matches. Escape shows all names again.");
}

static void escape(struct explore_state *s)
{
	if (s->list.filter)
		explore_browse_filter(s, NULL);
	else if (s->layer != EXPLORE_ALL_LAYERS)
		explore_browse_layer(s, EXPLORE_ALL_LAYERS);
}

void explore_browse_layer(struct explore_state *s, size_t layer)
{
	const struct explore_model *m = s->model;
	CLEANUP_FREE char *path = mem_strdup(s->list.tree->nodes[s->list.dir].path); /* layer_tree may end its tree */
	const struct view_tree *tree = layer == EXPLORE_ALL_LAYERS ? m->tree : m->layer_tree(m->ctx, layer);
	s->screen = EXPLORE_TREE;
	s->layer = layer;
	if (!explore_state_has_changes(s)) {
		s->list.shown = EXPLORE_SHOW_ALL;
		s->list.sort = s->list.sort == EXPLORE_BY_CHANGE ? EXPLORE_BY_SIZE : s->list.sort;
	}
	explore_list_set_tree(&s->list, tree, path);
	s->cursors[EXPLORE_TREE] = (struct explore_cursor){0};
}

static void show_layers(struct explore_state *s)
{
	if (!s->model->n_layers) {
		explore_state_say(s, "The report lists no layers: explore the image to see them.");
		return;
	}
	s->screen = EXPLORE_LAYERS;
	explore_state_move(s, s->layer == EXPLORE_ALL_LAYERS ? 0 : s->layer + 1);
}

static void letter(struct explore_state *s, char c)
{
	switch (c) {
	case 'h':
		leave(s);
		break;
	case 'l':
		enter(s, false);
		break;
	case '/':
		open_filter(s);
		break;
	case 'n':
	case 'N':
		next_match(s, c == 'n');
		break;
	case 's':
		next_sort(s);
		break;
	case 'v':
		next_shown(s);
		break;
	case 'i':
		mark(s, EXPLORE_INCLUDE);
		break;
	case 'e':
		mark(s, EXPLORE_EXCLUDE);
		break;
	case 'u':
		mark(s, EXPLORE_UNMARKED);
		break;
	case 'y':
		why(s);
		break;
	}
}

void explore_browse_key(struct explore_state *s, const struct explore_key *key)
{
	switch (key->kind) {
	case EXPLORE_KEY_ENTER:
	case EXPLORE_KEY_RIGHT:
		enter(s, key->kind == EXPLORE_KEY_ENTER);
		break;
	case EXPLORE_KEY_BACK:
	case EXPLORE_KEY_LEFT:
		leave(s);
		break;
	case EXPLORE_KEY_ESCAPE:
		escape(s);
		break;
	case EXPLORE_KEY_TAB:
		show_layers(s);
		break;
	default:
		letter(s, key->text[0]);
	}
}
