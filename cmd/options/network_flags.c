#include "cmd/options/network_flags.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "cmd/options/ports.h"
#include "run/bridge/bridge.h"
#include "cmd/options/docker_run/publish.h"

#define NAME_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._"

#define AT(member) offsetof(struct network_flags, member)
static const struct option_row rows[] = {
    {"network", 0, OPTION_STRING, AT(network), "NET",
     "connect the container: private (default) and none give it only its own loopback; bridge, pasta and slirp4netns "
     "also let it out; host and ns:PATH use an existing network",
     OPTION_COMMON, "private|none|bridge|pasta|slirp4netns|host|ns:"},
    {"add-host", 0, OPTION_LIST, AT(hosts), "NAME:ADDRESS", "add a line to /etc/hosts of the container"},
    {"dns", 0, OPTION_LIST, AT(dns), "ADDRESS", "set a name server for the container"},
    {"dns-search", 0, OPTION_LIST, AT(dns_search), "DOMAIN", "look up names that have no dot in this domain"},
    {"publish", 'p', OPTION_LIST, AT(publish), "PORTS",
     "publish a port of the container on this machine, as [[IP:]PORT:]PORT (needs --network bridge)"},
    {"publish-all", 'P', OPTION_FLAG, AT(publish_all), NULL,
     "publish each exposed port on a free port of this machine"},
    {"publish-exposed-ports", 0, OPTION_FLAG, AT(publish_exposed), NULL,
     "publish each exposed port on the same port of this machine"},
};
const struct option_group network_flags_group = OPTION_GROUP("Network of the container", rows);

void network_flags_init(struct network_flags *f)
{
	f->network = NULL;
}

void network_flags_done(struct network_flags *f)
{
	strlist_done(&f->hosts);
	strlist_done(&f->dns);
	strlist_done(&f->dns_search);
	strlist_done(&f->publish);
}

static bool is_address(const char *text)
{
	struct in6_addr any;
	return inet_pton(AF_INET, text, &any) == 1 || inet_pton(AF_INET6, text, &any) == 1;
}

/* Parses NAME:ADDRESS as docker run --add-host does. */
int network_flags_add_host(const char *text, const char *option, const char *gateway, struct strlist *out,
			   struct err *err)
{
	size_t n = strspn(text, NAME_CHARS), len = n && text[n] ? strlen(text + n + 1) : 0;
	bool split = n && (text[n] == ':' || text[n] == '=');
	const char *from = split ? text + n + 1 : "";
	bool bracket = len > 2 && *from == '[' && from[len - 1] == ']';
	CLEANUP_FREE char *address = mem_strndup(from + bracket, len - 2 * (size_t)bracket);
	if (split && gateway && strcmp(from, "host-gateway") == 0)
		strlist_take(out, mem_printf("%s\t%.*s", gateway, (int)n, text));
	else if (split && is_address(address))
		strlist_take(out, mem_printf("%s\t%.*s", address, (int)n, text));
	else if (split && strcmp(from, "host-gateway") == 0)
		return err_set(err, ERR_INVAL, "option-value-invalid",
			       "--%s %s: the container's own network does not reach other machines; name an address, "
			       "or use --network bridge or --network host",
			       option, text);
	else
		return err_set(err, ERR_INVAL, "option-value-invalid", "--%s takes NAME:ADDRESS, not \"%s\"", option,
			       text);
	return 0;
}

static int use_bridge(const struct network_flags *f, const char *program, struct run_options *out, struct err *err)
{
	out->bundle.network = RUNTIME_NETWORK_BRIDGE;
	out->bridge.exposed = f->publish_all       ? RUN_BRIDGE_EXPOSED_ANYWHERE
			      : f->publish_exposed ? RUN_BRIDGE_EXPOSED_SAME
						   : RUN_BRIDGE_EXPOSED_NOT;
	out->bridge.names_servers = f->dns.count > 0;
	return run_bridge_find(program, &out->bridge.helper, err);
}

bool network_flags_publish(const struct network_flags *f)
{
	return f->publish.count || f->publish_all || f->publish_exposed;
}

/* Like docker run, slim takes a bridge if a port is published. If that is impossible, slim drives the port inside of
 * the container's network. */
static int use_default(const struct network_flags *f, struct run_options *out)
{
	if (network_flags_publish(f) && use_bridge(f, NULL, out, NULL) == 0)
		return 0;
	out->bundle.network = RUNTIME_NETWORK_PRIVATE;
	return 0;
}

static bool is_one_of(const char *text, const char *const *names)
{
	while (*names && strcmp(text, *names) != 0)
		names++;
	return *names;
}

static int parse_network(const struct network_flags *f, struct run_options *out, struct err *err)
{
	static const char *const own[] = {"private", "none", NULL}, *const any[] = {"bridge", "default", NULL},
				 *const one[] = {"pasta", "slirp4netns", NULL};
	struct runtime_bundle_options *b = &out->bundle;
	const char *text = f->network;
	struct stat st;
	if (!text)
		return use_default(f, out);
	if (is_one_of(text, any) || is_one_of(text, one))
		return use_bridge(f, is_one_of(text, one) ? text : NULL, out, err);
	if (is_one_of(text, own)) {
		b->network = RUNTIME_NETWORK_PRIVATE;
	} else if (strcmp(text, "host") == 0) {
		b->network = RUNTIME_NETWORK_HOST;
	} else if (strncmp(text, "ns:/", 4) == 0) {
		b->network = RUNTIME_NETWORK_JOINED;
		b->network_path = text + 3;
		if (stat(b->network_path, &st) < 0)
			return err_sys(err, errno, "network-namespace-open", "--network %s", text);
	} else {
		return err_set(
		    err, ERR_INVAL, "option-value-invalid",
		    "--network takes private, none, bridge, pasta, slirp4netns, host or ns:/PATH, not \"%s\"; the "
		    "networks of an engine are unknown here, but host reaches the ports they publish",
		    text);
	}
	return 0;
}

static int check_dns(const struct network_flags *f, struct err *err)
{
	for (size_t i = 0; i < f->dns.count; i++)
		if (!is_address(f->dns.items[i]))
			return err_set(err, ERR_INVAL, "option-value-invalid", "--dns takes an address, not \"%s\"",
				       f->dns.items[i]);
	for (size_t i = 0; i < f->dns_search.count; i++)
		if (!*f->dns_search.items[i] || f->dns_search.items[i][strspn(f->dns_search.items[i], NAME_CHARS)])
			return err_set(err, ERR_INVAL, "option-value-invalid",
				       "--dns-search takes a domain, not \"%s\"", f->dns_search.items[i]);
	return 0;
}

static int add_published(const struct network_flags *f, struct oci_port **expose, size_t *n_expose,
			 struct run_bridge_port **ports, struct run_options *out, struct err *err)
{
	CLEANUP_STRLIST struct strlist inside = {0};
	for (size_t i = 0; i < f->publish.count; i++)
		strlist_add(&inside, publish_inside(f->publish.items[i]));
	int r = ports_parse(&inside, "publish", expose, n_expose, err);
	for (size_t i = 0; r == 0 && out->bundle.network == RUNTIME_NETWORK_BRIDGE && i < f->publish.count; i++)
		r = publish_parse(f->publish.items[i], ports, &out->bridge.n_ports, err);
	out->bridge.ports = *ports;
	return r;
}

static int add_hosts(const struct network_flags *f, enum runtime_network network, struct strlist *hosts,
		     struct err *err)
{
	char outside[INET_ADDRSTRLEN];
	int r = 0;
	for (size_t i = 0; r == 0 && i < f->hosts.count; i++) {
		const char *gateway = network == RUNTIME_NETWORK_HOST ? "127.0.0.1" : NULL;
		if (network == RUNTIME_NETWORK_BRIDGE && strstr(f->hosts.items[i], "host-gateway")) {
			if ((r = run_bridge_host_address(outside, err)) < 0)
				return err_wrap(err, "--add-host %s", f->hosts.items[i]), r;
			gateway = outside;
		}
		r = network_flags_add_host(f->hosts.items[i], "add-host", gateway, hosts, err);
	}
	return r;
}

int network_flags_use(const struct network_flags *f, struct strlist *hosts, struct oci_port **expose, size_t *n_expose,
		      struct run_bridge_port **ports, struct run_options *out, struct err *err)
{
	int r = parse_network(f, out, err);
	if (r == 0)
		r = add_hosts(f, out->bundle.network, hosts, err);
	if (r == 0)
		r = check_dns(f, err);
	if (r == 0)
		r = add_published(f, expose, n_expose, ports, out, err);
	out->bundle.dns = &f->dns;
	out->bundle.dns_search = &f->dns_search;
	return r;
}
