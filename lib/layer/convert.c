#include "layer/convert.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/limits.h"
#include "layer/acl.h"
#include "text/path.h"

/* Append path without ".", leading, double and trailing slashes. */
static int normalise(const char *path, const char *what, struct buf *out, struct err *err)
{
	const char *rest = path, *name;
	size_t len;
	out->len = 0;
	buf_str(out, "");
	while (path_next(&rest, &name, &len)) {
		if (len == 1 && name[0] == '.')
			continue;
		if (len == 2 && name[0] == '.' && name[1] == '.')
			return err_set(err, ERR_CORRUPT, "entry-path-unsafe",
				       "%s has a \"..\" component, which may leave the root", what);
		if (len > LIMIT_NAME)
			return err_set(err, ERR_LIMIT, "entry-path-too-long", "%s has a component above %d bytes", what,
				       LIMIT_NAME);
		if (out->len + len + 1 > LIMIT_PATH)
			return err_set(err, ERR_LIMIT, "entry-path-too-long", "%s is longer than %d bytes", what,
				       LIMIT_PATH);
		if (out->len)
			buf_char(out, '/');
		buf_append(out, name, len);
	}
	return 0;
}

static int convert_type(struct archive_entry *ae, struct layer_entry *e, const char *path, struct err *err)
{
	mode_t type = archive_entry_filetype(ae);
	if (archive_entry_hardlink(ae)) {
		e->hardlink = true;
		type = S_IFREG;
	} else if (type == S_IFREG && path[0] && path[strlen(path) - 1] == '/') {
		type = S_IFDIR; /* as old tars wrote them */
	}
	switch (type) {
	case S_IFREG:
	case S_IFDIR:
	case S_IFLNK:
	case S_IFCHR:
	case S_IFBLK:
	case S_IFIFO:
	case S_IFSOCK:
		e->mode = type | (archive_entry_perm(ae) & 07777);
		return 0;
	}
	return err_set(err, ERR_CORRUPT, "entry-type-unknown",
		       "it is not a file, directory, device, symlink or hard link with a target");
}

static int convert_owner(struct archive_entry *ae, struct layer_entry *e, struct err *err)
{
	int64_t uid = archive_entry_uid(ae), gid = archive_entry_gid(ae);
	if (uid < 0 || uid >= UINT32_MAX || gid < 0 || gid >= UINT32_MAX)
		return err_set(err, ERR_CORRUPT, "entry-owner-invalid",
			       "its owner %lld:%lld is not a valid user and group of Linux", (long long)uid,
			       (long long)gid);
	e->uid = (uid_t)uid;
	e->gid = (gid_t)gid;
	return 0;
}

static int convert_link(struct archive_entry *ae, struct layer_converted *c, struct err *err)
{
	struct layer_entry *e = &c->entry;
	const char *target = e->hardlink ? archive_entry_hardlink(ae) : archive_entry_symlink(ae);
	if (!target || !target[0])
		return err_set(err, ERR_CORRUPT, "entry-link-without-target", "a link without a target");
	if (e->hardlink) {
		int rc = normalise(target, "the hard link's target", &c->link, err);
		if (rc < 0)
			return rc;
		if (!c->link.len)
			return err_set(err, ERR_CORRUPT, "hard-link-target-invalid",
				       "a hard link to the root directory");
	} else {
		size_t len = strlen(target);
		if (len > LIMIT_PATH)
			return err_set(err, ERR_LIMIT, "symlink-target-too-long",
				       "the symlink's target is longer than %d bytes", LIMIT_PATH);
		c->link.len = 0;
		buf_append(&c->link, target, len);
	}
	e->link = c->link.data;
	return 0;
}

static int convert_xattrs(struct archive_entry *ae, struct layer_entry *e, struct err *err)
{
	if (archive_entry_xattr_count(ae) > LIMIT_XATTRS)
		return err_set(err, ERR_LIMIT, "xattr-too-large", "it has more than %d extended attributes",
			       LIMIT_XATTRS);
	archive_entry_xattr_reset(ae);
	const char *name;
	const void *value;
	size_t n;
	while (archive_entry_xattr_next(ae, &name, &value, &n) == ARCHIVE_OK) {
		if (!name || !name[0])
			return err_set(err, ERR_CORRUPT, "xattr-without-name",
				       "it has an extended attribute without a name");
		if (strlen(name) > LIMIT_NAME)
			return err_set(err, ERR_LIMIT, "xattr-too-large",
				       "an extended attribute's name is longer than %d bytes", LIMIT_NAME);
		if (n > LIMIT_XATTR_BYTES)
			return err_set(err, ERR_LIMIT, "xattr-too-large",
				       "an extended attribute has more than %d bytes", LIMIT_XATTR_BYTES);
		layer_entry_add_xattr(e, name, value, n);
	}
	layer_acl_to_xattrs(ae, e);
	return 0;
}

static int convert_size(struct archive_entry *ae, struct layer_entry *e, struct err *err)
{
	int64_t size = archive_entry_size(ae);
	if (size < 0 || (uint64_t)size > LIMIT_LAYER_BYTES)
		return err_set(err, ERR_LIMIT, "entry-too-large", "its size is more than %llu bytes",
			       LIMIT_LAYER_BYTES);
	e->size = (uint64_t)size;
	return 0;
}

static void clear(struct layer_converted *c)
{
	c->entry.path = c->entry.link = NULL; /* the buffers' */
	layer_entry_done(&c->entry);
	c->path.len = c->link.len = 0;
}

void layer_converted_done(struct layer_converted *c)
{
	clear(c);
	buf_done(&c->path);
	buf_done(&c->link);
}

int layer_convert_entry(struct archive_entry *ae, struct layer_converted *c, struct err *err)
{
	struct layer_entry *e = &c->entry;
	const char *path = archive_entry_pathname(ae);
	clear(c);
	int r = normalise(path, "the path", &c->path, err);
	if (r < 0)
		return r;
	e->path = c->path.data;
	r = convert_type(ae, e, path, err);
	if (r >= 0 && !e->path[0] && !S_ISDIR(e->mode))
		r = err_set(err, ERR_CORRUPT, "entry-root-not-directory", "the root is not a directory");
	if (r >= 0)
		r = convert_owner(ae, e, err);
	if (r >= 0 && (e->hardlink || S_ISLNK(e->mode)))
		r = convert_link(ae, c, err);
	if (r >= 0)
		r = convert_xattrs(ae, e, err);
	if (r >= 0 && S_ISREG(e->mode) && !e->hardlink)
		r = convert_size(ae, e, err);
	if (S_ISCHR(e->mode) || S_ISBLK(e->mode))
		e->rdev = makedev(archive_entry_rdevmajor(ae), archive_entry_rdevminor(ae));
	e->mtime = (struct timespec){archive_entry_mtime(ae), archive_entry_mtime_nsec(ae)};
	return r;
}
