#include "cmd/init/service.h"

#include <string.h>

#include "probe/client/table.h"

#define SHOWN_PORTS 6

static const uint16_t http_ports[] = {80,   443,  591,  1313, 3000, 3001, 4000, 4200, 4567, 5000,
				      5001, 5173, 8000, 8008, 8080, 8081, 8443, 8888, 9090, 9292};
static const char *const http_programs[] = {
    "nginx",   "httpd",    "apache2", "apache2ctl", "apache2-foreground", "lighttpd", "caddy",
    "traefik", "gunicorn", "uvicorn", "hypercorn",  "waitress-serve",     "puma",     "catalina.sh"};
static const struct {
	const char *program, *client;
} client_programs[] = {
    {"redis-server", "redis"}, {"valkey-server", "redis"}, {"memcached", "memcached"}, {"postgres", "postgresql"},
    {"mysqld", "mysql"},       {"mariadbd", "mysql"},      {"mosquitto", "mqtt"},      {"rabbitmq-server", "amqp"},
};
static const char *const shells[] = {"sh",      "bash", "dash", "ash", "zsh",  "python",
				     "python3", "node", "irb",  "php", "psql", "jshell"};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static bool is_among(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; name && i < n; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static const char *last_component(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

/* Skips an entrypoint script that starts the command ("docker-entrypoint.sh redis-server"). */
static const char *program_of(const struct oci_image_config *c)
{
	const char *first = c->entrypoint.count ? last_component(c->entrypoint.items[0]) : NULL;
	const bool is_script =
	    first && (strstr(first, "entrypoint") || is_among((const char *const[]){"tini", "dumb-init"}, 2, first));
	if (first && !(is_script && c->cmd.count))
		return first;
	return c->cmd.count ? last_component(c->cmd.items[0]) : NULL;
}

static void add_client(struct init_service *s, const struct probe_client_row *row)
{
	for (size_t i = 0; i < s->n_clients; i++)
		if (s->clients[i] == row)
			return;
	if (row && s->n_clients < INIT_CLIENTS)
		s->clients[s->n_clients++] = row;
}

static void look_at_port(struct init_service *s, uint16_t number)
{
	for (size_t i = 0; i < COUNT(http_ports); i++)
		s->http |= http_ports[i] == number;
	for (size_t i = 0; i < probe_client_n_rows; i++)
		if (probe_client_rows[i]->port == number)
			add_client(s, probe_client_rows[i]);
}

void init_service_look(const struct oci_image_config *config, struct init_service *out)
{
	*out = (struct init_service){.config = config, .program = program_of(config)};
	out->health = config->healthcheck.count && strcmp(config->healthcheck.items[0], "NONE") != 0;
	for (size_t i = 0; i < config->n_ports; i++)
		if (!config->ports[i].udp)
			look_at_port(out, config->ports[i].number);
	for (size_t i = 0; out->health && i < config->healthcheck.count; i++)
		out->http |= strstr(config->healthcheck.items[i], "http://localhost") ||
			     strstr(config->healthcheck.items[i], "http://127.0.0.1");
	out->http |= !config->n_ports && is_among(http_programs, COUNT(http_programs), out->program);
	for (size_t i = 0; out->program && !config->n_ports && i < COUNT(client_programs); i++)
		if (strcmp(client_programs[i].program, out->program) == 0)
			add_client(out, probe_client_find(client_programs[i].client));
	out->shell = !config->n_ports && is_among(shells, COUNT(shells), out->program) &&
		     config->entrypoint.count + config->cmd.count == 1;
}

bool init_service_is_known(const struct init_service *s)
{
	return s->config->n_ports || s->http || s->n_clients;
}

void init_service_text(const struct init_service *s, struct buf *out)
{
	const struct oci_image_config *c = s->config;
	char port[OCI_PORT_TEXT];
	if (s->http)
		buf_str(out, "a web service");
	for (size_t i = 0; i < s->n_clients; i++)
		buf_printf(out, "%s%s", i || s->http ? " and " : "a service that speaks ", s->clients[i]->name);
	if (!s->http && !s->n_clients)
		buf_str(out, c->n_ports ? "a service" : s->shell ? "a shell or interpreter" : "a job");
	for (size_t i = 0; i < c->n_ports && i < SHOWN_PORTS; i++)
		buf_printf(out, "%s%s",
			   i                ? ", "
			   : c->n_ports > 1 ? " on the ports "
					    : " on port ",
			   oci_port_text(&c->ports[i], port));
	if (c->n_ports > SHOWN_PORTS)
		buf_printf(out, " and %zu more", c->n_ports - SHOWN_PORTS);
	if (s->health)
		buf_str(out, ", with a health check");
}
