#include <stdlib.h>
#include <string.h>

#include "probe/client/table.h"

/* Cuts the next part off: up to a comma that has no backslash before it. False at the end. free() */
static bool next_part(const char **at, char **out)
{
	struct buf b = {0};
	if (!**at)
		return false;
	for (; **at && **at != ','; ++*at) {
		if (**at == '\\' && ((*at)[1] == ',' || (*at)[1] == '\\'))
			++*at;
		buf_char(&b, **at);
	}
	*at += **at == ',';
	*out = buf_steal(&b);
	return true;
}

static int no_such_row(const char *name, struct err *err)
{
	CLEANUP_BUF struct buf names = {0};
	for (size_t i = 0; i < probe_client_n_rows; i++)
		buf_printf(&names, "%s%s", i ? ", " : "", probe_client_rows[i]->name);
	return err_set(err, ERR_INVAL, "client-unknown", "slim has no client for \"%s\", only for: %s", name,
		       names.data);
}

static int parse_service(char *text, struct probe_client_options *out, struct err *err)
{
	char *colon = strchr(text, ':'), *end = NULL;
	if (colon)
		*colon = '\0';
	out->row = probe_client_find(text);
	if (!out->row)
		return no_such_row(text, err);
	unsigned long port = colon ? strtoul(colon + 1, &end, 10) : 0;
	if (colon && (*end || port == 0 || port > UINT16_MAX || strspn(colon + 1, "0123456789") != strlen(colon + 1)))
		return err_set(err, ERR_INVAL, "client-port-invalid", "\"%s\" is not a port", colon + 1);
	out->port = (uint16_t)port;
	return 0;
}

static int parse_setting(char *text, struct probe_client_options *out, struct err *err)
{
	const struct {
		const char *name;
		char **value;
	} settings[] = {{"socket", &out->socket},
			{"user", &out->user},
			{"password", &out->password},
			{"database", &out->database},
			{"to", &out->to}};
	char *value = strchr(text, '=');
	if (strcmp(text, "tls") == 0) {
		out->tls = true;
		return 0;
	}
	if (value)
		*value++ = '\0';
	for (size_t i = 0; value && i < sizeof(settings) / sizeof(settings[0]); i++)
		if (strcmp(text, settings[i].name) == 0) {
			free(*settings[i].value);
			*settings[i].value = mem_strdup(value);
			return 0;
		}
	return err_set(err, ERR_INVAL, "client-setting-unknown",
		       "\"%s\" is not one of: tls, socket=PATH, user=TEXT, password=TEXT, database=TEXT, to=ADDRESS",
		       text);
}

int probe_client_options_parse(const char *text, struct probe_client_options *out, struct err *err)
{
	*out = (struct probe_client_options){0};
	int r = 0;
	char *part;
	for (bool first = true; r == 0 && (first || *text); first = false) {
		if (!next_part(&text, &part))
			return no_such_row("", err);
		r = first ? parse_service(part, out, err) : parse_setting(part, out, err);
		free(part);
	}
	if (r == 0 && out->row->needs_user && !out->user)
		return err_set(err, ERR_INVAL, "client-user-missing", "%s needs a user: %s,user=NAME", out->row->name,
			       out->row->name);
	return r;
}

void probe_client_options_done(struct probe_client_options *o)
{
	free(o->socket);
	free(o->user);
	free(o->password);
	free(o->database);
	free(o->to);
	*o = (struct probe_client_options){0};
}

/* ---- the exercise ---- */

static bool listens(const struct exercise_target *t, uint16_t port)
{
	for (size_t i = 0; port && i < t->n_ports; i++)
		if (t->ports[i].number == port)
			return true;
	return false;
}

static uint16_t port_of(const struct probe_client_options *o, const struct exercise_target *t)
{
	const uint16_t own[] = {o->row->port, o->row->other_port, o->row->tls_port};
	if (o->port || o->socket)
		return o->port;
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (listens(t, own[i]))
			return own[i];
	return o->row->port;
}

static int run(void *ctx, const struct exercise_target *t, struct exercise_log *log, struct err *err)
{
	const struct probe_client_options *o = ctx;
	return probe_client_run(o->row, o, t, port_of(o, t), log, err);
}

void probe_client(const struct probe_client_options *options, struct exercise *out)
{
	*out = (struct exercise){.name = exercise_kind_name(EXERCISE_CLIENT), .run = run, .ctx = (void *)options};
}

size_t probe_client_ports(const struct probe_client_options *o, uint16_t out[PROBE_CLIENT_PORTS])
{
	size_t n = 0;
	if (o->socket)
		return 0;
	if (o->port) {
		out[0] = o->port;
		return 1;
	}
	const uint16_t ports[PROBE_CLIENT_PORTS] = {o->row->port, o->row->other_port, o->row->tls_port};
	for (size_t i = 0; i < PROBE_CLIENT_PORTS; i++)
		if (ports[i])
			out[n++] = ports[i];
	return n;
}
