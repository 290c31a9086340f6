/* The tools that scripts are made of (coreutils, grep, sed, find, awk, tar), if a shell stays: users who mount a
 * script, or hand a command to a shell, take them for granted. */
#include <string.h>

#include "keep/closure/closure.h"
#include "keep/program_lookup.h"
#include "keep/trees/trees.h"
#include "keep/words.h"
#include "packages/packages.h"

static bool applies(const struct keep_file *f)
{
	static const char *const shells[] = {"sh",  "dash",  "bash", "zsh", "zsh5",
					     "ksh", "ksh93", "mksh", "ash", "fish"};
	return f->k->trees && KEEP_WORDS_HAVE(shells, f->info->name);
}

static bool is_basic(const struct package *p, const char *program)
{
	static const char *const packages[] = {
	    "coreutils",   "coreutils-single", "findutils", "grep", "sed",       "gawk",
	    "mawk",        "original-awk",     "tar",       "gzip", "diffutils", "hostname",
	    "debianutils", "bsdutils"};
	/* hardly a script uses them, or they need large libraries */
	static const char *const seldom[] = {
	    "b2sum",      "base32", "basenc",       "chcon",     "chroot",    "cksum",  "csplit", "diff3",  "logger",
	    "rmt-tar",    "tarcat", "scriptreplay", "dir",       "dircolors", "factor", "fmt",    "hostid", "link",
	    "logname",    "mknod",  "nl",           "numfmt",    "pathchk",   "pinky",  "pr",     "ptx",    "runcon",
	    "scriptlive", "sdiff",  "sha224sum",    "sha384sum", "shred",     "stdbuf", "sum",    "tsort",  "unexpand",
	    "unlink",     "users",  "vdir",         "wall",      "who"};
	static const char *const of_util_linux[] = {"flock", "getopt", "rev", "setsid", "taskset"};
	if (strcmp(p->name, "util-linux") == 0)
		return KEEP_WORDS_HAVE(of_util_linux, program);
	return KEEP_WORDS_HAVE(packages, p->name) && !KEEP_WORDS_HAVE(seldom, program);
}

static int run(const struct keep_file *f, void **state, struct err *err)
{
	(void)state, (void)err;
	const struct image_index *x = f->k->index;
	const struct packages *p = f->k->trees->packages;
	for (uint32_t id = 0; p->count && id < image_index_count(x); id++) {
		uint32_t owner = p->owner[id];
		CLEANUP_BUF struct buf path = {0};
		if (owner == PACKAGES_NONE || !is_basic(&p->items[owner], image_index_node(x, id)->name) ||
		    !keep_lookup_is_program(x, id))
			continue;
		image_index_path(x, id, &path);
		(void)keep_path(f->k, path.data, true, KEEP_WHY(KEEP_SCRIPTS, f->node));
	}
	return 0;
}

const struct keep_closure keep_closure_basics = {
    .name = "basics", .level = KEEP_SAFE, .by_content = true, .applies = applies, .run = run};
