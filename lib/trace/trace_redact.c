#include "trace/trace_redact.h"

#include <string.h>

#include "base/mem.h"

static bool is_public(const struct trace_entry *e, const struct strset_item *path)
{
	return e->found == TRACE_FOUND_YES || e->known >= path->len;
}

/* The name of a path in the redacted trace. e NULL = nothing is known of it. */
static void rename_path(const struct strset_item *path, const struct trace_entry *e, struct buf *out)
{
	out->len = 0;
	if (e && is_public(e, path)) {
		buf_append(out, path->s, path->len);
		return;
	}
	buf_append(out, path->s, e ? e->known : 0);
	buf_str(out, "/" TRACE_REDACTED);
}

static const struct trace_entry *entry_of(const struct trace *t, const struct strset_item *path)
{
	size_t id = strset_find_len(&t->paths, path->s, path->len);
	return id == STRSET_NONE ? NULL : &t->entries[id];
}

/* ids[i]: of program i of from in out. */
static uint32_t *redact_programs(const struct trace *from, struct trace *out)
{
	CLEANUP_BUF struct buf name = {0};
	uint32_t *ids = mem_calloc(from->programs.count, sizeof(*ids));
	for (size_t i = 0; i < from->programs.count; i++) {
		const struct strset_item *path = &from->programs.items[i];
		rename_path(path, entry_of(from, path), &name);
		ids[i] = trace_program(out, name.data);
	}
	for (size_t i = 0; i < from->programs.count; i++) {
		const struct trace_program *p = &from->facts[i];
		for (size_t k = 0; k < p->n_syscalls; k++)
			trace_add_syscall(out, ids[i], p->syscalls[k].audit_arch, p->syscalls[k].nr);
		for (size_t k = 0; k < p->n_parents; k++)
			trace_add_parent(out, ids[i], ids[p->parents[k]]);
		out->facts[ids[i]].runs += p->runs;
		out->facts[ids[i]].starts += p->starts;
	}
	return ids;
}

static void redact_paths(const struct trace *from, const uint32_t *programs, struct trace *out)
{
	CLEANUP_BUF struct buf name = {0};
	for (size_t i = 0; i < from->paths.count; i++) {
		const struct trace_entry *e = &from->entries[i];
		uint32_t program = e->program < from->programs.count ? programs[e->program] : UINT32_MAX;
		rename_path(&from->paths.items[i], e, &name);
		trace_add(out, name.data, name.len, e->kinds, program, e->witnesses);
		struct trace_entry *to = &out->entries[strset_find_len(&out->paths, name.data, name.len)];
		if (e->found > to->found)
			to->found = e->found;
		if (e->known > to->known)
			to->known = e->known;
		if (is_public(e, &from->paths.items[i]))
			to->content = trace_content_unite(to->content, e->content);
	}
}

static void redact_comparison(const struct trace *from, struct trace *out)
{
	CLEANUP_BUF struct buf name = {0};
	const struct trace_comparison *c = &from->comparison;
	memcpy(out->comparison.rules, c->rules, sizeof(c->rules));
	out->comparison.files_calls = c->files_calls;
	out->comparison.files_fanotify = c->files_fanotify;
	out->comparison.files_both = c->files_both;
	for (size_t i = 0; i < c->unexplained.count; i++) {
		rename_path(&c->unexplained.items[i], entry_of(from, &c->unexplained.items[i]), &name);
		trace_add_unexplained(out, name.data, name.len);
	}
}

/* "oci:/builds/ann/app:1" becomes "oci:app:1". A registry's name stays. */
static char *redact_reference(const char *reference)
{
	static const char *const files[] = {"oci:", "oci-archive:", "docker-archive:", "dir:", "rootfs:"};
	const char *slash = strrchr(reference, '/');
	for (size_t i = 0; slash && i < sizeof(files) / sizeof(files[0]); i++)
		if (strncmp(reference, files[i], strlen(files[i])) == 0)
			return mem_printf("%s%s", files[i], slash + 1);
	return mem_strdup(reference);
}

static bool says_what_is_found(const struct trace *t)
{
	for (size_t i = 0; i < t->paths.count; i++)
		if (t->entries[i].found == TRACE_FOUND_YES)
			return true;
	return !t->paths.count;
}

int trace_redact(const struct trace_file *from, struct trace_file *out, struct err *err)
{
	const struct trace *t = &from->trace;
	if (!says_what_is_found(t))
		return err_set(err, ERR_INVAL, "trace-not-redactable",
			       "the trace was recorded in a running container, so slim cannot tell which of its paths "
			       "the image has, and would share none of them");
	CLEANUP_FREE uint32_t *programs = redact_programs(t, &out->trace);
	redact_paths(t, programs, &out->trace);
	redact_comparison(t, &out->trace);
	for (size_t i = 0; i < from->n_images; i++) {
		CLEANUP_FREE char *reference = redact_reference(from->images[i].reference);
		trace_file_add_image(out, reference, from->images[i].digest);
	}
	for (size_t i = 0; i < t->assumed.count; i++)
		(void)strset_add(&out->trace.assumed, strset_get(&t->assumed, i));
	for (size_t i = 0; i < t->n_ports; i++)
		trace_add_port(&out->trace, t->ports[i].number, t->ports[i].udp);
	out->trace.witnesses = t->witnesses;
	out->trace.processes = t->processes;
	out->trace.stops = t->stops;
	out->trace.ptraces = t->ptraces;
	out->trace.unreadable = t->unreadable;
	out->trace.overflows = t->overflows;
	return 0;
}
