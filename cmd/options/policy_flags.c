#include "cmd/options/policy_flags.h"

#include <fcntl.h>

#define AT(member) offsetof(struct policy_flags, member)
static const struct option_row rows[] = {
    {"keep", 0, OPTION_STRING, AT(keep), "LEVEL",
     "how much beyond what was used: exact, closure, safe (default), most"},
    {"include", 0, OPTION_LIST, AT(include), "PATTERN", "keep these paths"},
    {"include-from", 0, OPTION_LIST, AT(include_from), "FILE", "patterns to keep, one a line"},
    {"exclude", 0, OPTION_LIST, AT(exclude), "PATTERN", "leave these paths out, whatever needs them"},
    {"exclude-from", 0, OPTION_LIST, AT(exclude_from), "FILE", "patterns to leave out, one a line"},
    {"include-bin", 0, OPTION_LIST, AT(include_bin), "PATH", "keep this program and the libraries that it needs"},
    {"include-exe", 0, OPTION_LIST, AT(include_exe), "NAME", "the same of a program in PATH"},
    {"include-shell", 0, OPTION_FLAG, AT(include_shell), NULL, "keep a shell and the usual tools beside it"},
    {"include-workdir", 0, OPTION_FLAG, AT(include_workdir), NULL, "keep all of the image's working directory"},
    {"preserve-path", 0, OPTION_LIST, AT(preserve), "PATH",
     "as --include: what the result holds is always the image's own"},
    {"policy", 0, OPTION_LIST, AT(files), "FILE", "all of this from a file, see slim-policy(5)"},
    {"package-db", 0, OPTION_STRING, AT(package_db), "WHAT", "the package database: trim (default), keep or drop"},
};
const struct option_group policy_flags_group = OPTION_GROUP("What is kept", rows);

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
