#include "erofs/xattrs.h"

#include <endian.h>
#include <string.h>

#include "erofs/format.h"
#include "image/substitute.h"

#define ACCESS_ACL "system.posix_acl_access"
#define DEFAULT_ACL "system.posix_acl_default"
#define NAME_MAX_WHOLE 255 /* XATTR_NAME_MAX of Linux, with the prefix */

static const struct prefix {
	const char *text;
	uint8_t number;
	bool whole; /* it is a name, not only the beginning of one */
} prefixes[] = {
    {"user.", 1, false}, {ACCESS_ACL, 2, true}, {DEFAULT_ACL, 3, true}, {"trusted.", 4, false}, {"security.", 6, false},
};

static const struct prefix *find_prefix(const char *name)
{
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++) {
		const struct prefix *p = &prefixes[i];
		size_t n = strlen(p->text);
		if (p->whole ? strcmp(name, p->text) == 0 : strncmp(name, p->text, n) == 0 && name[n])
			return p;
	}
	return NULL;
}

/* Whether the kernel would refuse this name on a file of this kind. */
static bool is_refused(const char *name, mode_t mode)
{
	if (!find_prefix(name))
		return true;
	if (strncmp(name, "user.", 5) == 0)
		return !S_ISREG(mode) && !S_ISDIR(mode);
	return strcmp(name, ACCESS_ACL) == 0 && S_ISLNK(mode);
}

static int append(const struct layer_xattr *x, const char *name, struct buf *out, struct err *err)
{
	static const char zeros[4];
	const struct prefix *p = find_prefix(name);
	if (!p || strlen(name) > NAME_MAX_WHOLE || x->len > UINT16_MAX)
		return err_set(err, ERR_UNSUPPORTED, "erofs-xattr",
			       "its extended attribute %s is too long for an EROFS image", x->name);
	const char *rest = name + strlen(p->text);
	struct erofs_xattr head = {(uint8_t)strlen(rest), p->number, htole16((uint16_t)x->len)};
	buf_append(out, &head, sizeof(head));
	buf_append(out, rest, strlen(rest));
	buf_append(out, x->value, x->len);
	buf_append(out, zeros, -(strlen(rest) + x->len) % sizeof(zeros));
	return 0;
}

int erofs_xattrs_append(const struct layer_entry *e, struct buf *out, struct err *err)
{
	size_t start = out->len;
	for (size_t i = 0; i < e->n_xattrs; i++) {
		char renamed[IMAGE_SUBSTITUTE_NAME];
		const struct layer_xattr *x = &e->xattrs[i];
		const char *name = image_substitute_xattr(x->name, renamed);
		if (!name)
			continue;
		if (strcmp(name, DEFAULT_ACL) == 0 && !S_ISDIR(e->mode))
			return err_set(err, ERR_UNSUPPORTED, "erofs-xattr",
				       "it has a default ACL, which only directories have");
		if (name != renamed && is_refused(name, e->mode))
			name = image_substitute_refused_xattr(x->name, renamed);
		if (out->len == start)
			buf_append(out, &(struct erofs_xattr_header){0}, sizeof(struct erofs_xattr_header));
		int r = append(x, name, out, err);
		if (r < 0)
			return r;
	}
	if (out->len - start > sizeof(struct erofs_xattr_header) + (size_t)4 * (UINT16_MAX - 1))
		return err_set(err, ERR_UNSUPPORTED, "erofs-xattr",
			       "its extended attributes are too long for an EROFS image");
	return 0;
}
