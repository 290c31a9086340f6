/* Which packages were asked for by name, as the managers of distributions remember it. */
#include <string.h>

#include "base/strset.h"
#include "packages/database.h"

#define APT_STATES "/var/lib/apt/extended_states"
#define APK_WORLD "/etc/apk/world"

/* Behind the field's name; NULL if the line has another field. */
static const char *value(const char *line, size_t n, const char *name, size_t *len)
{
	size_t m = strlen(name);
	if (n < m || strncmp(line, name, m) != 0)
		return NULL;
	for (line += m, n -= m; n && *line == ' '; n--)
		line++;
	*len = n;
	return line;
}

/* The names in stanzas that say "Auto-Installed: 1". */
static void read_automatic(const struct buf *text, struct strset *out)
{
	const char *rest = text->data, *end = rest + text->len, *line, *name = NULL, *v;
	size_t n, name_len = 0, len;
	while (text->len && packages_line(&rest, end, &line, &n)) {
		if ((v = value(line, n, "Package:", &len)) != NULL)
			name = v, name_len = len;
		else if (name && (v = value(line, n, "Auto-Installed:", &len)) != NULL && len == 1 && *v == '1')
			(void)strset_add_len(out, name, name_len, NULL);
	}
}

static void read_apt(const struct image_index *x, struct packages *p)
{
	CLEANUP_BUF struct buf text = {0};
	CLEANUP_STRSET struct strset automatic = {0};
	bool said = image_index_text(x, APT_STATES, PACKAGES_FILE_MAX, &text);
	if (said)
		read_automatic(&text, &automatic);
	for (size_t i = 0; i < p->count; i++)
		if (p->items[i].manager == PACKAGES_DPKG)
			p->items[i].requested &= said && strset_find(&automatic, p->items[i].name) == STRSET_NONE;
}

/* Words like "name", "name=1", "name@tag"; "!name" must not be there. */
static void read_apk(const struct image_index *x, struct packages *p)
{
	CLEANUP_BUF struct buf text = {0};
	CLEANUP_STRSET struct strset world = {0};
	if (!image_index_text(x, APK_WORLD, PACKAGES_FILE_MAX, &text) || !text.len)
		return;
	for (const char *at = text.data; *at; at += strspn(at, " \t\r\n")) {
		size_t n = strcspn(at, "=~<>@ \t\r\n");
		(void)strset_add_len(&world, at, n, NULL);
		at += strcspn(at, " \t\r\n");
	}
	for (size_t i = 0; i < p->count; i++)
		if (p->items[i].manager == PACKAGES_APK)
			p->items[i].requested = strset_find(&world, p->items[i].name) != STRSET_NONE;
}

void packages_requested_read(const struct image_index *x, struct packages *p)
{
	read_apt(x, p);
	read_apk(x, p);
}
