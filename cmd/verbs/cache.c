#include <string.h>

#include "cmd/command.h"
#include "cmd/progress.h"
#include "report/cache_view.h"
#include "runtime/userns.h"
#include "text/quantity.h"

struct cache_flags {
	const char *store, *max_size, *older_than;
	bool all, dry_run, json, repair, quiet;
};

static const struct option_row rows[] = {
    {"all", 'a', OPTION_FLAG, offsetof(struct cache_flags, all), NULL, "prune: remove every layer that is not in use"},
    {"dry-run", 'n', OPTION_FLAG, offsetof(struct cache_flags, dry_run), NULL,
     "prune: show the layers that would be removed, and keep them"},
    {"json", 0, OPTION_FLAG, offsetof(struct cache_flags, json), NULL, "print JSON"},
    {"max-size", 0, OPTION_STRING, offsetof(struct cache_flags, max_size), "SIZE",
     "prune: remove the layers that were unused for longest until the store fits in SIZE (20G)"},
    {"older-than", 0, OPTION_STRING, offsetof(struct cache_flags, older_than), "TIME",
     "prune: remove the layers that were unused for TIME (7d, 12h)"},
    {"quiet", 'q', OPTION_FLAG, offsetof(struct cache_flags, quiet), NULL, "show no progress"},
    {"repair", 0, OPTION_FLAG, offsetof(struct cache_flags, repair), NULL,
     "verify: remove broken layers, so that the next build unpacks them again"},
    {"store", 0, OPTION_STRING, offsetof(struct cache_flags, store), "DIR",
     "use the store in this directory (default: $XDG_CACHE_HOME/slim)"},
};
static const struct option_group group = OPTION_GROUP("Options", rows);
static const struct option_part parts[] = {
    {&group, 0},
};

/* The state of an action. */
struct job {
	const struct cache_flags *flags;
	struct store_cache_limits limits;
	struct store store;
	struct store_run run;
	struct progress progress;
	struct store_cache cache;
};

/* ---- actions ---- */

static int ls(struct job *j, struct buf *b, struct err *err)
{
	int r = store_cache_list(&j->store, &j->cache, err);
	if (r == 0)
		report_cache_view_list(&j->cache, b);
	return r;
}

static int prune(struct job *j, struct buf *b, struct err *err)
{
	int r = store_cache_prune(&j->store, &j->run, &j->limits, &j->progress, &j->cache, err);
	if (r == 0)
		report_cache_view_pruned(&j->cache, j->limits.dry_run, b);
	return r;
}

/* Returns 1 if a broken layer is still there. */
static int verify(struct job *j, struct buf *b, struct err *err)
{
	int r = store_cache_verify(&j->store, j->flags->repair ? &j->run : NULL, &j->progress, &j->cache, err);
	if (r == 0)
		report_cache_view_verified(&j->cache, b);
	for (size_t i = 0; r == 0 && i < j->cache.count; i++)
		r = j->cache.items[i].broken && !j->cache.items[i].removed;
	return r;
}

/* ---- the verb ---- */

static const struct action {
	const char *name;
	int (*run)(struct job *j, struct buf *b, struct err *err); /* 1 = done, but the exit status is EXIT_FAILED */
} actions[] = {{"ls", ls}, {"prune", prune}, {"verify", verify}};
#define N_ACTIONS (sizeof(actions) / sizeof(actions[0]))

static int check_flags(const struct cache_flags *f, const struct action *a, struct err *err)
{
	const struct {
		const char *name;
		bool set;
		int (*of)(struct job *j, struct buf *b, struct err *err);
	} only[] = {
	    {"--all", f->all, prune},           {"--dry-run", f->dry_run, prune},
	    {"--max-size", f->max_size, prune}, {"--older-than", f->older_than, prune},
	    {"--repair", f->repair, verify},
	};
	for (size_t i = 0; i < sizeof(only) / sizeof(only[0]); i++)
		if (only[i].set && only[i].of != a->run)
			return err_set(err, ERR_INVAL, "option-not-for-command",
				       "%s is an option of slim cache %s only", only[i].name,
				       only[i].of == prune ? "prune" : "verify");
	if (a->run == prune && !f->all && !f->max_size && !f->older_than)
		return err_set(err, ERR_INVAL, "nothing-selected",
			       "nothing selected: use --max-size SIZE, --older-than TIME or --all");
	return 0;
}

static const struct action *action_of(const char *name, struct err *err)
{
	const char *names[N_ACTIONS];
	for (size_t i = 0; i < N_ACTIONS; i++) {
		names[i] = actions[i].name;
		if (strcmp(names[i], name) == 0)
			return &actions[i];
	}
	const char *near = option_nearest(name, names, N_ACTIONS);
	err_set(err, ERR_INVAL, "command-unknown", "slim cache has the commands ls, prune and verify, not %s%s%s", name,
		near ? "; did you mean " : "", near ? near : "");
	return NULL;
}

static int parse(struct job *j, const struct action *a, struct err *err)
{
	const struct cache_flags *f = j->flags;
	struct store_cache_limits *l = &j->limits;
	*l = (struct store_cache_limits){
	    .all = f->all, .dry_run = f->dry_run, .by_size = f->max_size, .by_age = f->older_than};
	int r = check_flags(f, a, err);
	if (r == 0 && l->by_size && (r = quantity_parse_bytes(f->max_size, &l->max_bytes, err)) < 0)
		return err_wrap(err, "--max-size");
	if (r == 0 && l->by_age && (r = quantity_parse_seconds(f->older_than, &l->older_than, err)) < 0)
		return err_wrap(err, "--older-than");
	return r;
}

static int act(struct job *j, const struct action *a, struct buf *b, struct err *err)
{
	int r = runtime_userns_enter(err);
	if (r == 0)
		r = progress_begin(&j->progress, j->flags->quiet || a->run == ls, err);
	if (r < 0)
		return r;
	if ((r = store_open(j->flags->store, &j->store, err)) == 0 && (r = store_run_new(&j->store, &j->run, err)) == 0)
		r = a->run(j, b, err);
	if (r >= 0 && j->flags->json) {
		b->len = 0;
		report_cache_view_json(j->store.path, &j->cache, b);
	}
	return r;
}

static int run(void *options, const struct strlist *args, struct outcome *out)
{
	struct job j = {
	    .flags = options,
	    .store = {.fd = -1, .layers_fd = -1},
	    .run = {.fd = -1, .lock_fd = -1},
	};
	const struct action *a = action_of(args->items[0], &out->err);
	if (!a || parse(&j, a, &out->err) < 0)
		return EXIT_USAGE;
	int r = act(&j, a, &out->result, &out->err);
	store_cache_done(&j.cache);
	store_run_done(&j.run);
	store_done(&j.store);
	return r == 0 ? EXIT_DONE : EXIT_FAILED;
}

static const char *const examples[] = {
    "List the layers in the store.",
    "slim cache ls",
    "Shrink the store to 20 GB.",
    "slim cache prune --max-size 20G",
    "Remove layers that are damaged.",
    "slim cache verify --repair",
    NULL,
};

const struct command command_cache = {
    .name = "cache",
    .args = "ls | prune | verify",
    .summary = "Show, shrink and check the store of unpacked layers",
    .examples = examples,
    .options = OPTION_TABLE(parts),
    .options_size = sizeof(struct cache_flags),
    .min_args = 1,
    .max_args = 1,
    .run = run,
};
