#include "packages/admin_dir.h"

#include <string.h>

/* Appends a file of the package in info/: NAME.list, or NAME:ARCH.list where several architectures may be there. */
static uint32_t read_info(const struct packages_admin_dir *d, const struct image_index *x, const struct package *p,
			  const char *suffix, struct buf *out)
{
	CLEANUP_BUF struct buf path = {0};
	for (int with_arch = 0; with_arch < 2; with_arch++) {
		path.len = 0;
		buf_printf(&path, "%s/info/%s%s%s.%s", d->directory, p->name, with_arch ? ":" : "",
			   with_arch ? p->architecture : "", suffix);
		if (image_index_text(x, path.data, PACKAGES_FILE_MAX, out))
			return image_index_resolve(x, path.data, true, NULL, NULL);
	}
	return IMAGE_NONE;
}

/* The node of the file of records; IMAGE_NONE if it is not there or empty. */
static uint32_t read_status(const struct packages_admin_dir *d, const struct image_index *x, struct buf *out)
{
	CLEANUP_BUF struct buf path = {0};
	buf_printf(&path, "%s/status", d->directory);
	if (!image_index_text(x, path.data, PACKAGES_FILE_MAX, out) || !out->len)
		return IMAGE_NONE;
	return image_index_resolve(x, path.data, true, NULL, NULL);
}

void packages_admin_dir_read(const struct packages_admin_dir *d, const struct image_index *x, struct packages *p)
{
	CLEANUP_BUF struct buf status = {0};
	if (read_status(d, x, &status) == IMAGE_NONE)
		return;
	const char *rest = status.data, *end = rest + status.len;
	struct packages_stanza s;
	while (packages_stanza_next(&rest, end, &s)) {
		uint32_t package = packages_stanza_add(p, d->manager, &s);
		CLEANUP_BUF struct buf list = {0};
		if (package == PACKAGES_NONE)
			continue;
		p->items[package].unlisted = read_info(d, x, &p->items[package], "list", &list) == IMAGE_NONE;
		packages_list_own(p, x, package, &list, d->list);
	}
}

bool packages_admin_stays(struct packages_trimming *t, const struct packages_stanza *s, uint32_t *package)
{
	if (!packages_stanza_is_installed(s) || !packages_is_name(s->name) || t->next >= t->p->count)
		return false;
	*package = t->next++;
	return t->remains[*package];
}

static void trim_list(const struct packages_admin_dir *d, struct packages_trimming *t, const struct package *p,
		      const char *suffix, enum packages_list_form form)
{
	CLEANUP_BUF struct buf text = {0};
	uint32_t node = read_info(d, t->x, p, suffix, &text);
	if (node != IMAGE_NONE)
		packages_list_keep(t->x, &text, form, t->kept, packages_edit_add(t->out, node));
}

static void trim_info(const struct packages_admin_dir *d, struct packages_trimming *t, uint32_t package)
{
	const struct package *p = &t->p->items[package];
	trim_list(d, t, p, "list", d->list);
	if (d->sums)
		trim_list(d, t, p, "md5sums", PACKAGES_SUMS);
	CLEANUP_BUF struct buf control = {0};
	uint32_t node = d->control ? read_info(d, t->x, p, "control", &control) : IMAGE_NONE;
	if (node != IMAGE_NONE)
		buf_append(packages_edit_add(t->out, node), control.len ? control.data : "", control.len);
}

bool packages_admin_dir_trim(const struct packages_admin_dir *d, struct packages_trimming *t)
{
	CLEANUP_BUF struct buf status = {0}, trimmed = {0};
	uint32_t node = read_status(d, t->x, &status), package;
	if (node == IMAGE_NONE)
		return false;
	const char *rest = status.data, *end = rest + status.len;
	struct packages_stanza s;
	while (packages_stanza_next(&rest, end, &s))
		if (packages_admin_stays(t, &s, &package)) {
			packages_stanza_copy(&s, &trimmed);
			trim_info(d, t, package);
		}
	*packages_edit_add(t->out, node) = trimmed;
	trimmed = (struct buf){0};
	return true;
}
