#include "packages/stanza.h"

#include <string.h>

#include "base/mem.h"

static void take(struct packages_field *f, const char *line, size_t n, const char *name)
{
	size_t len = strlen(name);
	if (n <= len || strncmp(line, name, len) != 0)
		return;
	line += len;
	n -= len;
	while (n && (*line == ' ' || *line == '\t'))
		line++, n--;
	*f = (struct packages_field){line, n};
}

bool packages_stanza_next(const char **rest, const char *end, struct packages_stanza *s)
{
	const char *line;
	size_t n;
	*s = (struct packages_stanza){0};
	while (packages_line(rest, end, &line, &n)) {
		if (!n && s->start)
			return true;
		if (!n)
			continue;
		if (!s->start)
			s->start = line;
		s->end = *rest;
		take(&s->name, line, n, "Package:");
		take(&s->version, line, n, "Version:");
		take(&s->architecture, line, n, "Architecture:");
		take(&s->status, line, n, "Status:");
		take(&s->essential, line, n, "Essential:");
		take(&s->priority, line, n, "Priority:");
		take(&s->section, line, n, "Section:");
		take(&s->source, line, n, "Source:");
		take(&s->pre_depends, line, n, "Pre-Depends:");
		take(&s->depends, line, n, "Depends:");
		take(&s->recommends, line, n, "Recommends:");
	}
	return s->start != NULL;
}

bool packages_stanza_is_installed(const struct packages_stanza *s)
{
	static const char installed[] = "installed";
	size_t len = sizeof(installed) - 1;
	/* the third of its three words; status.d has none */
	return !s->status.n || (s->status.n > len && s->status.text[s->status.n - len - 1] == ' ' &&
				memcmp(s->status.text + s->status.n - len, installed, len) == 0);
}

static bool is(const struct packages_field *f, const char *text)
{
	return f->n == strlen(text) && memcmp(f->text, text, f->n) == 0;
}

static char *copy(const struct packages_field *f)
{
	return f->n ? mem_strndup(f->text, f->n) : NULL;
}

static char *copy_needs(const struct packages_stanza *s)
{
	if (!s->pre_depends.n || !s->depends.n)
		return copy(s->depends.n ? &s->depends : &s->pre_depends);
	struct buf both = {0};
	buf_append(&both, s->pre_depends.text, s->pre_depends.n);
	buf_str(&both, ", ");
	buf_append(&both, s->depends.text, s->depends.n);
	return buf_steal(&both);
}

uint32_t packages_stanza_add(struct packages *p, enum packages_manager manager, const struct packages_stanza *s)
{
	if (!packages_stanza_is_installed(s))
		return PACKAGES_NONE;
	uint32_t package = packages_add(p, manager, s->name, s->version, s->architecture);
	if (package == PACKAGES_NONE)
		return package;
	struct package *made = &p->items[package];
	struct packages_field section = s->section;
	const char *slash = section.n ? memchr(section.text, '/', section.n) : NULL; /* "contrib/devel" */
	if (slash)
		section = (struct packages_field){slash + 1, (size_t)(section.text + section.n - slash - 1)};
	made->section = copy(&section);
	struct packages_field source = s->source;
	const char *version = source.n ? memchr(source.text, ' ', source.n) : NULL; /* "gcc-defaults (1.203)" */
	if (version)
		source.n = (size_t)(version - source.text);
	made->source = copy(&source);
	made->essential = is(&s->essential, "yes") || is(&s->priority, "required");
	/* opkg says "user" of all that the maker of a base image installed, so it says nothing */
	made->requested =
	    manager == PACKAGES_DPKG && !made->essential && (is(&s->priority, "optional") || is(&s->priority, "extra"));
	made->needs = copy_needs(s);
	made->wants = copy(&s->recommends);
	return package;
}

void packages_stanza_copy(const struct packages_stanza *s, struct buf *out)
{
	buf_append(out, s->start, (size_t)(s->end - s->start));
	if (out->data[out->len - 1] != '\n')
		buf_char(out, '\n');
	if (out->len < 2 || out->data[out->len - 2] != '\n')
		buf_char(out, '\n'); /* between records */
}
