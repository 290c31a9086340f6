#include "layer/acl.h"

#include <archive_entry.h>
#include <endian.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"

static int kernel_tag(int tag)
{
	switch (tag) {
	case ARCHIVE_ENTRY_ACL_USER_OBJ:
		return ACL_USER_OBJ;
	case ARCHIVE_ENTRY_ACL_USER:
		return ACL_USER;
	case ARCHIVE_ENTRY_ACL_GROUP_OBJ:
		return ACL_GROUP_OBJ;
	case ARCHIVE_ENTRY_ACL_GROUP:
		return ACL_GROUP;
	case ARCHIVE_ENTRY_ACL_MASK:
		return ACL_MASK;
	case ARCHIVE_ENTRY_ACL_OTHER:
		return ACL_OTHER;
	}
	return -1;
}

/* The kernel wants the entries in the order of their tags (whose numbers are that order). */
static int by_tag_and_id(const void *a, const void *b)
{
	const struct posix_acl_xattr_entry *x = a, *y = b;
	int tx = le16toh(x->e_tag), ty = le16toh(y->e_tag);
	uint32_t ix = le32toh(x->e_id), iy = le32toh(y->e_id);
	return tx != ty ? tx - ty : ix < iy ? -1 : ix > iy;
}

/* Once each the three that must be there, and a mask when there are named ones. */
static bool is_valid(const struct posix_acl_xattr_entry *items, size_t n)
{
	size_t counts[ACL_OTHER + 1] = {0};
	for (size_t i = 0; i < n; i++)
		counts[le16toh(items[i].e_tag)]++;
	size_t named = counts[ACL_USER] + counts[ACL_GROUP];
	return counts[ACL_USER_OBJ] == 1 && counts[ACL_GROUP_OBJ] == 1 && counts[ACL_OTHER] == 1 &&
	       counts[ACL_MASK] <= 1 && (!named || counts[ACL_MASK]);
}

static bool has_xattr(const struct layer_entry *e, const char *name)
{
	for (size_t i = 0; i < e->n_xattrs; i++)
		if (strcmp(e->xattrs[i].name, name) == 0)
			return true;
	return false;
}

static void add_one(struct archive_entry *from, int type, const char *name, struct layer_entry *e)
{
	CLEANUP_BUF struct buf b = {0};
	struct posix_acl_xattr_header head = {.a_version = htole32(POSIX_ACL_XATTR_VERSION)};
	buf_append(&b, &head, sizeof(head));
	bool unknown = false;
	int got_type, perm, tag, id;
	const char *who;
	if (archive_entry_acl_reset(from, type) == 0)
		return;
	while (archive_entry_acl_next(from, type, &got_type, &perm, &tag, &id, &who) == 0) {
		bool named = tag == ARCHIVE_ENTRY_ACL_USER || tag == ARCHIVE_ENTRY_ACL_GROUP;
		if (kernel_tag(tag) < 0 || (named && id < 0)) {
			unknown = true;
			continue;
		}
		/* libarchive put the owning group's bits into the mode, where stat has the mask's */
		if (tag == ARCHIVE_ENTRY_ACL_MASK && type == ARCHIVE_ENTRY_ACL_TYPE_ACCESS)
			e->mode = (e->mode & ~(mode_t)070) | (mode_t)(perm & 7) << 3;
		struct posix_acl_xattr_entry x = {
		    .e_tag = htole16((uint16_t)kernel_tag(tag)),
		    .e_perm = htole16((uint16_t)(perm & 7)),
		    .e_id = htole32(named ? (uint32_t)id : (uint32_t)ACL_UNDEFINED_ID),
		};
		buf_append(&b, &x, sizeof(x));
	}
	struct posix_acl_xattr_entry *items = (void *)(b.data + sizeof(head));
	size_t n = (b.len - sizeof(head)) / sizeof(*items);
	if (has_xattr(e, name) || unknown || !is_valid(items, n) || b.len > LIMIT_XATTR_BYTES)
		return;
	qsort(items, n, sizeof(*items), by_tag_and_id);
	layer_entry_add_xattr(e, name, b.data, b.len);
}

void layer_acl_to_xattrs(struct archive_entry *from, struct layer_entry *e)
{
	add_one(from, ARCHIVE_ENTRY_ACL_TYPE_ACCESS, "system.posix_acl_access", e);
	if (S_ISDIR(e->mode))
		add_one(from, ARCHIVE_ENTRY_ACL_TYPE_DEFAULT, "system.posix_acl_default", e);
}
