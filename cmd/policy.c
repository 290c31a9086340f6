#include "policy.h"

#include <fcntl.h>

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

int policy_from_flags(const struct policy_flags *f, struct keep_policy *out, struct err *err)
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
