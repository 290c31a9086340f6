#include "probe/http/multipart.h"

#include <stdio.h>
#include <string.h>

#include "probe/http/variables.h"

static void add_quoted(struct buf *out, const char *parameter, const char *value)
{
	buf_printf(out, "; %s=\"", parameter);
	for (; *value; value++)
		if (strchr("\"\r\n", *value))
			buf_printf(out, "%%%02X", (unsigned char)*value);
		else
			buf_char(out, *value);
	buf_char(out, '"');
}

static void add_part(const struct probe_part *p, const struct buf *data, const char *boundary, struct buf *out)
{
	const char *type = p->type ? p->type : p->file_name ? "application/octet-stream" : NULL;
	buf_printf(out, "--%s\r\nContent-Disposition: form-data", boundary);
	add_quoted(out, "name", p->name);
	if (p->file_name)
		add_quoted(out, "filename", p->file_name);
	if (type)
		buf_printf(out, "\r\nContent-Type: %s", type);
	buf_str(out, "\r\n\r\n");
	buf_append(out, data->data ? data->data : "", data->len);
	buf_str(out, "\r\n");
}

static bool is_within(const char *boundary, const struct buf *data, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (data[i].len && memmem(data[i].data, data[i].len, boundary, strlen(boundary)))
			return true;
	return false;
}

int probe_multipart_write(const struct probe_request *q, const struct strlist *variables, struct buf *out, char **type,
			  struct err *err)
{
	struct buf *data = mem_calloc(q->n_parts, sizeof(*data));
	char boundary[48];
	int r = 0;
	for (size_t i = 0; i < q->n_parts && r == 0; i++)
		r = probe_variables_expand(variables, q->parts[i].data.data, q->parts[i].data.len, PROBE_PLACE_TEXT,
					   &data[i], err);
	if (r == 0) {
		unsigned n = 0;
		do
			snprintf(boundary, sizeof(boundary), "----slim-form-boundary-%u", n++);
		while (is_within(boundary, data, q->n_parts));
		for (size_t i = 0; i < q->n_parts; i++)
			add_part(&q->parts[i], &data[i], boundary, out);
		buf_printf(out, "--%s--\r\n", boundary);
		*type = mem_printf("multipart/form-data; boundary=%s", boundary);
	}
	for (size_t i = 0; i < q->n_parts; i++)
		buf_done(&data[i]);
	free(data);
	return r;
}
