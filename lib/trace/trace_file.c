#include "trace/trace_file.h"

#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "base/limits.h"
#include "base/mem.h"

void trace_file_add_image(struct trace_file *f, const char *reference, const char *digest)
{
	if (trace_file_has_image(f, digest))
		return;
	f->images = mem_realloc(f->images, f->n_images + 1, sizeof(*f->images));
	f->images[f->n_images++] = (struct trace_image){mem_strdup(reference), mem_strdup(digest)};
}

bool trace_file_has_image(const struct trace_file *f, const char *digest)
{
	for (size_t i = 0; i < f->n_images; i++)
		if (strcmp(f->images[i].digest, digest) == 0)
			return true;
	return false;
}

void trace_file_merge(struct trace_file *into, const struct trace_file *from)
{
	for (size_t i = 0; i < from->n_images; i++)
		trace_file_add_image(into, from->images[i].reference, from->images[i].digest);
	trace_merge(&into->trace, &from->trace);
}

void trace_file_done(struct trace_file *f)
{
	for (size_t i = 0; i < f->n_images; i++) {
		free(f->images[i].reference);
		free(f->images[i].digest);
	}
	free(f->images);
	trace_done(&f->trace);
	*f = (struct trace_file){0};
}

/* ---- writing ---- */

/* "key": "text", or "key_hex": "2f66.." when the bytes are no UTF-8. */
static void add_bytes(struct buf *out, const char *key, const char *s, size_t n)
{
	json_auto_t *v = json_stringn(s, n);
	if (v) {
		buf_printf(out, "\"%s\": ", key);
		json_write(v, out);
		return;
	}
	buf_printf(out, "\"%s_hex\": \"", key);
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%02x", (unsigned char)s[i]);
	buf_char(out, '"');
}

/* For what only a person reads. */
static void add_text(struct buf *out, const char *key, const char *s)
{
	json_auto_t *v = json_bytes(s, strlen(s));
	buf_printf(out, "\"%s\": ", key);
	json_write(v, out);
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
	if (e->program < t->programs.count)
		add_bytes(out, "program", t->programs.items[e->program].s, t->programs.items[e->program].len);
	else
		buf_str(out, "\"program\": null");
	buf_str(out, ", ");
	add_names(out, "witnesses", e->witnesses, trace_witness_names, TRACE_WITNESSES);
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

static int check_counts(const struct trace_file *f, struct err *err)
{
	const struct {
		const char *what;
		size_t have, most;
	} counts[] = {
	    {"paths", f->trace.paths.count, LIMIT_TRACE_PATHS},
	    {"programs", f->trace.programs.count, LIMIT_TRACE_PROGRAMS},
	    {"images", f->n_images, LIMIT_TRACE_IMAGES},
	};
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		if (counts[i].have > counts[i].most)
			return err_set(err, ERR_LIMIT, "the trace has %zu %s, at most %zu can be stored",
				       counts[i].have, counts[i].what, counts[i].most);
	return 0;
}

int trace_file_check(const char *data, size_t n, struct err *err)
{
	size_t values = 0;
	if (n > LIMIT_TRACE)
		return err_set(err, ERR_LIMIT, "the trace is larger than %u bytes", LIMIT_TRACE);
	for (size_t i = 0; i < n; i++)
		values += data[i] == ',' || data[i] == '{' || data[i] == '[';
	if (values > LIMIT_TRACE_VALUES)
		return err_set(err, ERR_LIMIT, "the trace has more than %d values", LIMIT_TRACE_VALUES);
	return 0;
}

static uint64_t count(uint64_t n)
{
	return n < TRACE_COUNT_MAX ? n : TRACE_COUNT_MAX;
}

int trace_file_write(const struct trace_file *f, struct buf *out, struct err *err)
{
	const struct trace *t = &f->trace;
	size_t from = out->len;
	int r = check_counts(f, err);
	if (r < 0)
		return r;
	buf_str(out, "{\n  \"schema\": \"" TRACE_SCHEMA "\",\n");
	add_images(f, out);
	buf_printf(out, "  \"processes\": %" PRIu64 ",\n  \"stops\": %" PRIu64 ",\n", count(t->processes),
		   count(t->stops));
	buf_printf(out, "  \"lost\": {\"unreadable\": %" PRIu64 ", \"overflows\": %" PRIu64 "},\n",
		   count(t->unreadable), count(t->overflows));
	add_ports(t, out);
	CLEANUP_FREE size_t *programs = strset_sorted(&t->programs);
	open_array(out, "programs");
	for (size_t i = 0; i < t->programs.count; i++) {
		const struct strset_item *p = &t->programs.items[programs[i]];
		open_item(out, i);
		add_bytes(out, "path", p->s, p->len);
	}
	close_array(out, t->programs.count);
	CLEANUP_FREE size_t *paths = strset_sorted(&t->paths);
	open_array(out, "paths");
	for (size_t i = 0; i < t->paths.count && out->len - from <= LIMIT_TRACE; i++) {
		open_item(out, i);
		add_path(t, paths[i], out);
	}
	buf_str(out, t->paths.count ? "}\n  ]\n}\n" : "]\n}\n");
	return trace_file_check(out->data + from, out->len - from, err);
}
