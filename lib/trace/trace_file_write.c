#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "text/json.h"
#include "trace/syscall_name.h"
#include "trace/trace_file.h"

#define PART (64u << 10) /* bytes of text that are written at a time */

static uint64_t count(uint64_t n)
{
	return n < TRACE_COUNT_MAX ? n : TRACE_COUNT_MAX;
}

static void add_hex(struct buf *out, const char *s, size_t n)
{
	buf_char(out, '"');
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%02x", (unsigned char)s[i]);
	buf_char(out, '"');
}

/* "key": "text", or "key_hex": "2f66.." when the bytes are no UTF-8. */
static void add_bytes(struct buf *out, const char *key, const char *s, size_t n)
{
	json_auto_t *v = json_stringn(s, n);
	if (v) {
		buf_printf(out, "\"%s\": ", key);
		json_write_shown(v, out);
		return;
	}
	buf_printf(out, "\"%s_hex\": ", key);
	add_hex(out, s, n);
}

/* For what only a person reads. */
static void add_text(struct buf *out, const char *key, const char *s)
{
	json_auto_t *v = json_bytes(s, strlen(s));
	buf_printf(out, "\"%s\": ", key);
	json_write_shown(v, out);
}

static void add_names(struct buf *out, const char *key, uint32_t set, const char *const *names, size_t n)
{
	const char *comma = "";
	buf_printf(out, "\"%s\": [", key);
	for (size_t i = 0; i < n; i++) {
		if (!(set >> i & 1))
			continue;
		buf_printf(out, "%s\"%s\"", comma, names[i]);
		comma = ", ";
	}
	buf_char(out, ']');
}

static void add_path(const struct trace *t, size_t id, struct buf *out)
{
	static const char *const found[] = {"null", "false", "true"};
	const struct trace_entry *e = &t->entries[id];
	add_bytes(out, "path", t->paths.items[id].s, t->paths.items[id].len);
	buf_str(out, ", ");
	add_names(out, "kinds", e->kinds, trace_kind_names, TRACE_KINDS);
	buf_printf(out, ", \"found\": %s, ", found[e->found]);
	if (e->known && e->found != TRACE_FOUND_YES)
		buf_printf(out, "\"known\": %u, ", e->known);
	if (e->program < t->programs.count)
		add_bytes(out, "program", t->programs.items[e->program].s, t->programs.items[e->program].len);
	else
		buf_str(out, "\"program\": null");
	buf_str(out, ", ");
	add_names(out, "witnesses", e->witnesses, trace_witness_names, TRACE_WITNESSES);
	if (e->content == TRACE_CONTENT_VARIOUS)
		buf_str(out, ", \"content\": \"" TRACE_CONTENT_NAME "\"");
	else if (e->content)
		buf_printf(out, ", \"content\": \"%016" PRIx64 "\"", e->content);
}

/* An array of objects, one on each line. */
static void open_array(struct buf *out, const char *key)
{
	buf_printf(out, "  \"%s\": [", key);
}

static void open_item(struct buf *out, size_t i)
{
	buf_str(out, i ? "},\n    {" : "\n    {");
}

static void close_array(struct buf *out, size_t n)
{
	buf_str(out, n ? "}\n  ],\n" : "],\n");
}

static void add_images(const struct trace_file *f, struct buf *out)
{
	CLEANUP_STRSET struct strset digests = {0}; /* ids are indices: each digest is there once */
	for (size_t i = 0; i < f->n_images; i++)
		strset_add(&digests, f->images[i].digest);
	CLEANUP_FREE size_t *order = strset_sorted(&digests);
	open_array(out, "images");
	for (size_t i = 0; i < f->n_images; i++) {
		open_item(out, i);
		add_text(out, "reference", f->images[order[i]].reference);
		buf_str(out, ", ");
		add_text(out, "digest", f->images[order[i]].digest);
	}
	close_array(out, f->n_images);
}

static int by_number(const void *a, const void *b)
{
	const struct trace_port *x = a, *y = b;
	return x->number != y->number ? x->number - y->number : x->udp - y->udp;
}

static void add_ports(const struct trace *t, struct buf *out)
{
	CLEANUP_FREE struct trace_port *ports = mem_dup(t->ports, t->n_ports * sizeof(*ports));
	if (t->n_ports)
		qsort(ports, t->n_ports, sizeof(*ports), by_number);
	open_array(out, "ports");
	for (size_t i = 0; i < t->n_ports; i++) {
		open_item(out, i);
		buf_printf(out, "\"port\": %u, \"protocol\": \"%s\"", ports[i].number, ports[i].udp ? "udp" : "tcp");
	}
	close_array(out, t->n_ports);
}

static void add_assumed(const struct trace *t, struct buf *out)
{
	CLEANUP_FREE size_t *order = strset_sorted(&t->assumed);
	buf_str(out, "  \"syscalls_assumed\": [");
	for (size_t i = 0; i < t->assumed.count; i++)
		buf_printf(out, "%s\"%s\"", i ? ", " : "", strset_get(&t->assumed, order[i]));
	buf_str(out, "],\n");
}

/* ---- programs ---- */

/* Paths as an array; those that are no UTF-8 in an array of their own, as add_bytes. */
static void add_paths(const struct strset *set, const uint32_t *ids, size_t n, const char *key, struct buf *out)
{
	CLEANUP_BUF struct buf hex = {0};
	const char *comma = "";
	buf_printf(out, "\"%s\": [", key);
	for (size_t i = 0; i < n; i++) {
		const struct strset_item *p = &set->items[ids[i]];
		json_auto_t *v = json_stringn(p->s, p->len);
		if (v) {
			buf_str(out, comma);
			json_write_shown(v, out);
			comma = ", ";
			continue;
		}
		buf_str(&hex, hex.len ? ", " : "");
		add_hex(&hex, p->s, p->len);
	}
	buf_char(out, ']');
	if (hex.len)
		buf_printf(out, ", \"%s_hex\": [%s]", key, hex.data);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void add_syscalls_of(const struct trace_program *p, const struct trace_abi *abi, const char **comma,
			    struct buf *out)
{
	CLEANUP_FREE char(*room)[TRACE_SYSCALL_NAME] = mem_calloc(p->n_syscalls, sizeof(*room));
	CLEANUP_FREE const char **names = mem_calloc(p->n_syscalls, sizeof(*names));
	size_t n = 0;
	for (size_t i = 0; i < p->n_syscalls; i++)
		if (trace_abi_of(p->syscalls[i].audit_arch, p->syscalls[i].nr) == abi) {
			names[n] = trace_syscall_name(abi, p->syscalls[i].nr, room[n]);
			n++;
		}
	if (!n)
		return;
	qsort(names, n, sizeof(*names), by_text);
	buf_printf(out, "%s\"%s\": [", *comma, abi->name);
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%s\"%s\"", i ? ", " : "", names[i]);
	buf_char(out, ']');
	*comma = ", ";
}

static int by_rank(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

static void add_programs(const struct trace *t, struct buf *out)
{
	size_t n = t->programs.count;
	CLEANUP_FREE size_t *order = strset_sorted(&t->programs);
	CLEANUP_FREE uint32_t *rank = mem_calloc(n, sizeof(*rank));
	for (size_t i = 0; i < n; i++)
		rank[order[i]] = (uint32_t)i;
	open_array(out, "programs");
	for (size_t i = 0; i < n; i++) {
		const struct strset_item *path = &t->programs.items[order[i]];
		const struct trace_program *p = &t->facts[order[i]];
		CLEANUP_FREE uint32_t *parents = mem_calloc(p->n_parents, sizeof(*parents));
		for (size_t k = 0; k < p->n_parents; k++)
			parents[k] = rank[p->parents[k]];
		if (p->n_parents)
			qsort(parents, p->n_parents, sizeof(*parents), by_rank);
		for (size_t k = 0; k < p->n_parents; k++)
			parents[k] = (uint32_t)order[parents[k]];
		open_item(out, i);
		add_bytes(out, "path", path->s, path->len);
		buf_printf(out, ", \"runs\": %" PRIu64 ", \"starts\": %" PRIu64 ", ", count(p->runs), count(p->starts));
		add_paths(&t->programs, parents, p->n_parents, "parents", out);
		buf_str(out, ", \"syscalls\": {");
		const char *comma = "";
		for (size_t a = 0; a < TRACE_ABIS; a++)
			add_syscalls_of(p, &trace_abis[a], &comma, out);
		buf_char(out, '}');
	}
	close_array(out, n);
}

/* ---- the witnesses ---- */

static void add_comparison(const struct trace *t, struct buf *out)
{
	const struct trace_comparison *c = &t->comparison;
	size_t n = 0;
	open_array(out, "witness_differences");
	for (size_t i = 0; i < TRACE_RULES; i++) {
		if (!c->rules[i])
			continue;
		open_item(out, n++);
		buf_printf(out, "\"rule\": \"%s\", \"paths\": %" PRIu64, trace_rule_names[i], count(c->rules[i]));
	}
	close_array(out, n);
	CLEANUP_FREE size_t *order = strset_sorted(&c->unexplained);
	open_array(out, "unexplained");
	for (size_t i = 0; i < c->unexplained.count; i++) {
		open_item(out, i);
		add_bytes(out, "path", c->unexplained.items[order[i]].s, c->unexplained.items[order[i]].len);
	}
	close_array(out, c->unexplained.count);
	if (c->files_calls || c->files_fanotify || c->files_both)
		buf_printf(out,
			   "  \"files\": {\"calls\": %" PRIu64 ", \"fanotify\": %" PRIu64 ", \"both\": %" PRIu64 "},\n",
			   count(c->files_calls), count(c->files_fanotify), count(c->files_both));
}

/* ---- the whole ---- */

static int check_counts(const struct trace_file *f, struct err *err)
{
	const struct {
		const char *what;
		size_t have, most;
	} counts[] = {
	    {"paths", f->trace.paths.count, LIMIT_TRACE_PATHS},
	    {"programs", f->trace.programs.count, LIMIT_TRACE_PROGRAMS},
	    {"images", f->n_images, LIMIT_TRACE_IMAGES},
	    {"assumed calls", f->trace.assumed.count, LIMIT_TRACE_ASSUMED},
	    {"unexplained paths", f->trace.comparison.unexplained.count, LIMIT_TRACE_UNEXPLAINED},
	};
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		if (counts[i].have > counts[i].most)
			return err_set(err, ERR_LIMIT, "trace-too-large",
				       "the trace has %zu %s, at most %zu can be stored", counts[i].have,
				       counts[i].what, counts[i].most);
	return 0;
}

/* How much of a text was measured. */
struct measure {
	size_t bytes, values;
};

static int measure_add(struct measure *m, const char *data, size_t n, struct err *err)
{
	m->bytes += n;
	if (m->bytes > LIMIT_TRACE)
		return err_set(err, ERR_LIMIT, "trace-too-large", "the trace is larger than %u bytes", LIMIT_TRACE);
	for (size_t i = 0; i < n; i++)
		m->values += data[i] == ',' || data[i] == '{' || data[i] == '[';
	if (m->values > LIMIT_TRACE_VALUES)
		return err_set(err, ERR_LIMIT, "trace-too-large", "the trace has more than %d values",
			       LIMIT_TRACE_VALUES);
	return 0;
}

int trace_file_check(const char *data, size_t n, struct err *err)
{
	struct measure m = {0};
	return measure_add(&m, data, n, err);
}

struct parts {
	struct measure measure;
	struct buf text;
	buf_sink *sink;
	void *ctx;
};

static int flush(struct parts *p, struct err *err)
{
	int r = measure_add(&p->measure, p->text.data, p->text.len, err);
	if (r == 0)
		r = p->sink(p->ctx, p->text.data, p->text.len, err);
	p->text.len = 0;
	return r;
}

static int write_parts(const struct trace_file *f, struct parts *p, struct err *err)
{
	const struct trace *t = &f->trace;
	struct buf *out = &p->text;
	int r = check_counts(f, err);
	if (r < 0)
		return r;
	buf_str(out, "{\n  \"schema\": \"" TRACE_SCHEMA "\",\n");
	add_images(f, out);
	buf_printf(out, "  \"processes\": %" PRIu64 ",\n  \"stops\": %" PRIu64 ",\n", count(t->processes),
		   count(t->stops));
	buf_printf(out, "  \"trace_attempts\": %" PRIu64 ",\n  ", count(t->ptraces));
	add_names(out, "witnesses", t->witnesses, trace_witness_names, TRACE_WITNESSES);
	buf_str(out, ",\n");
	buf_printf(out, "  \"lost\": {\"unreadable\": %" PRIu64 ", \"overflows\": %" PRIu64 "},\n",
		   count(t->unreadable), count(t->overflows));
	add_ports(t, out);
	add_assumed(t, out);
	add_programs(t, out);
	add_comparison(t, out);
	CLEANUP_FREE size_t *paths = strset_sorted(&t->paths);
	open_array(out, "paths");
	for (size_t i = 0; i < t->paths.count; i++) {
		open_item(out, i);
		add_path(t, paths[i], out);
		if (out->len > PART && (r = flush(p, err)) < 0)
			return r;
	}
	buf_str(out, t->paths.count ? "}\n  ]\n}\n" : "]\n}\n");
	return flush(p, err);
}

int trace_file_write_parts(const struct trace_file *f, buf_sink *sink, void *ctx, struct err *err)
{
	struct parts p = {.sink = sink, .ctx = ctx};
	int r = write_parts(f, &p, err);
	buf_done(&p.text);
	return r;
}

int trace_file_write(const struct trace_file *f, struct buf *out, struct err *err)
{
	return trace_file_write_parts(f, buf_sink_append, out, err);
}
