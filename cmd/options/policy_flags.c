#include "cmd/options/policy_flags.h"

#include <fcntl.h>

#define AT(member) offsetof(struct policy_flags, member)
static const struct option_row rows[] = {
    {"keep", 0, OPTION_STRING, AT(keep), "LEVEL",
     "keep more than the files that were used: exact, closure, safe (default) or most", OPTION_COMMON,
     "exact|closure|safe|most"},
    {"include", 0, OPTION_LIST, AT(include), "PATTERN", "keep the paths that match PATTERN", OPTION_COMMON},
    {"include-from", 0, OPTION_LIST, AT(include_from), "FILE",
     "keep the paths that match a pattern in a file, one on each line"},
    {"exclude", 0, OPTION_LIST, AT(exclude), "PATTERN",
     "remove the paths that match PATTERN, even if another file needs them", OPTION_COMMON},
    {"exclude-from", 0, OPTION_LIST, AT(exclude_from), "FILE",
     "remove the paths that match a pattern in a file, one on each line"},
    {"include-bin", 0, OPTION_LIST, AT(include_bin), "PATH", "keep a program and the libraries that it needs"},
    {"include-exe", 0, OPTION_LIST, AT(include_exe), "NAME",
     "look up a program in PATH, and keep it with the libraries that it needs"},
    {"include-shell", 0, OPTION_FLAG, AT(include_shell), NULL, "keep a shell and the usual tools with it"},
    {"include-workdir", 0, OPTION_FLAG, AT(include_workdir), NULL, "keep everything in the image's working directory"},
    {"preserve-path", 0, OPTION_LIST, AT(preserve), "PATH",
     "keep a path as it is in the image, whatever the container wrote there"},
    {"policy", 0, OPTION_LIST, AT(files), "FILE",
     "read what to keep and what to remove from a file, see slim-policy(5)"},
    {"package-db", 0, OPTION_STRING, AT(package_db), "trim|keep|drop",
     "trim the package database to the packages that are left (default), keep it or drop it"},
};
const struct option_group policy_flags_group = OPTION_GROUP("Files to keep", rows);

void policy_flags_done(struct policy_flags *f)
{
	strlist_done(&f->files);
	strlist_done(&f->include);
	strlist_done(&f->exclude);
	strlist_done(&f->include_from);
	strlist_done(&f->exclude_from);
	strlist_done(&f->include_bin);
	strlist_done(&f->include_exe);
	strlist_done(&f->preserve);
}

static int load_patterns(const struct strlist *files, struct strlist *out, struct err *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < files->count; i++)
		r = keep_policy_load_patterns(AT_FDCWD, files->items[i], out, err);
	return r;
}

int policy_flags_parse(const struct policy_flags *f, struct keep_policy *out, struct err *err)
{
	int r = 0;
	*out = (struct keep_policy){.level = KEEP_SAFE};
	for (size_t i = 0; r == 0 && i < f->files.count; i++)
		r = keep_policy_load(AT_FDCWD, f->files.items[i], out, err);
	if (r == 0 && f->keep)
		r = keep_policy_parse_level(f->keep, out, err);
	if (r == 0 && f->package_db)
		r = keep_policy_parse_package_db(f->package_db, out, err);
	if (r == 0)
		r = load_patterns(&f->include_from, &out->include, err);
	if (r == 0)
		r = load_patterns(&f->exclude_from, &out->exclude, err);
	strlist_extend(&out->include, &f->include);
	strlist_extend(&out->include, &f->include_bin);
	strlist_extend(&out->include, &f->preserve);
	strlist_extend(&out->include_exe, &f->include_exe);
	strlist_extend(&out->exclude, &f->exclude);
	out->include_shell |= f->include_shell;
	out->include_workdir |= f->include_workdir;
	return r;
}
