#include "ci/lock/use.h"

#include <fcntl.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "ci/lock/compare.h"
#include "os/fd.h"
#include "os/output_file.h"

static int read_old(struct ci_lock_use *u, const struct ci_lock_options *o, struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	int r = fd_read_file(AT_FDCWD, o->file, LIMIT_LOCK, &text, err);
	if (r == -ERR_NOTFOUND && o->check)
		return err_set(err, ERR_NOTFOUND, "lock-not-found",
			       "%s does not exist: build once with --lock and without --check, and commit the file to "
			       "the repository",
			       o->file);
	if (r == -ERR_NOTFOUND)
		return 0;
	if (r < 0)
		return r;
	r = ci_lock_parse(text.data ? text.data : "", text.len, &u->old, err);
	u->has_old = r == 0;
	return r < 0 && !o->update ? err_wrap(err, "%s", o->file) : 0;
}

int ci_lock_use_open(struct ci_lock_use *u, const struct ci_lock_options *o, struct err *err)
{
	struct err unread = {0};
	int r = read_old(u, o, &unread);
	if (r < 0) {
		*err = unread;
		return r;
	}
	r = o->update || !u->has_old ? output_file_check(o->file, err) : 0;
	return r < 0 ? err_wrap(err, "lock file") : 0;
}

int ci_lock_use_compare(struct ci_lock_use *u, const struct ci_lock_options *o, const struct ci_lock_tree *tree,
			const json_t *config, struct report_lock *out, struct err *err)
{
	int r = ci_lock_tree_list(tree, &u->now, err);
	if (r < 0)
		return r;
	ci_lock_listing_config(&u->now, config);
	out->file = mem_strdup(o->file);
	if (u->has_old)
		ci_lock_compare(&u->old, &u->now, &out->lines);
	out->state = !u->has_old ? "new" : out->lines.count ? "changed" : "same";
	return 0;
}

int ci_lock_use_write(const struct ci_lock_use *u, const struct ci_lock_options *o, struct report_lock *out,
		      struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	if (u->has_old && !o->update)
		return 0;
	ci_lock_write(&u->now, &text);
	int r = output_file_write(o->file, text.data, text.len, err);
	if (r < 0)
		return err_wrap(err, "the image is published, but the lock file could not be written");
	if (strcmp(out->state, "changed") == 0)
		out->state = "updated";
	return 0;
}

void ci_lock_use_done(struct ci_lock_use *u)
{
	ci_lock_done(&u->old);
	ci_lock_listing_done(&u->now);
	*u = (struct ci_lock_use){0};
}
