#include "cmd/options/network_flags.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "cmd/options/ports.h"

#define NAME_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._"

#define AT(member) offsetof(struct network_flags, member)
static const struct option_row rows[] = {
    {"network", 0, OPTION_STRING, AT(network), "NET", "private (default), none: its own, with loopback; host; ns:PATH"},
    {"add-host", 0, OPTION_LIST, AT(hosts), "NAME:ADDRESS", "one more line of /etc/hosts"},
    {"dns", 0, OPTION_LIST, AT(dns), "ADDRESS", "name server of the container"},
    {"dns-search", 0, OPTION_LIST, AT(dns_search), "DOMAIN", "where names without a dot are looked up"},
    {"publish", 'p', OPTION_LIST, AT(publish), "PORTS",
     "[[IP:]PORT:]PORT: drive the service on this port, in its own network"},
};
const struct option_group network_flags_group = OPTION_GROUP("Network of the container", rows);

void network_flags_init(struct network_flags *f)
{
	f->network = "private";
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

/* As docker run --add-host has it. */
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
		return err_set(
		    err, ERR_INVAL, "option-value-invalid",
		    "--%s %s: the container's own network has no gateway; name an address, or say --network host",
		    option, text);
	else
		return err_set(err, ERR_INVAL, "option-value-invalid", "--%s takes NAME:ADDRESS, not \"%s\"", option,
			       text);
	return 0;
}

static int parse_network(const char *text, struct runtime_bundle_options *out, struct err *err)
{
	struct stat st;
	if (strcmp(text, "private") == 0 || strcmp(text, "none") == 0) {
		out->network = RUNTIME_NETWORK_PRIVATE;
	} else if (strcmp(text, "host") == 0) {
		out->network = RUNTIME_NETWORK_HOST;
	} else if (strncmp(text, "ns:/", 4) == 0) {
		out->network = RUNTIME_NETWORK_JOINED;
		out->network_path = text + 3;
		if (stat(out->network_path, &st) < 0)
			return err_sys(err, errno, "network-namespace-open", "--network %s", text);
	} else {
		return err_set(err, ERR_INVAL, "option-value-invalid",
			       "--network takes private, none, host or ns:PATH with an absolute path, not \"%s\"",
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

/* [[IP:]PORT:]PORT[/PROTOCOL]: the last port is the container's. */
static int add_published(const struct network_flags *f, struct oci_port **expose, size_t *n_expose, struct err *err)
{
	CLEANUP_STRLIST struct strlist inside = {0};
	for (size_t i = 0; i < f->publish.count; i++) {
		const char *colon = strrchr(f->publish.items[i], ':');
		strlist_add(&inside, colon ? colon + 1 : f->publish.items[i]);
	}
	return ports_parse(&inside, "publish", expose, n_expose, err);
}

int network_flags_use(const struct network_flags *f, struct strlist *hosts, struct oci_port **expose, size_t *n_expose,
		      struct runtime_bundle_options *out, struct err *err)
{
	int r = parse_network(f->network, out, err);
	const char *gateway = out->network == RUNTIME_NETWORK_HOST ? "127.0.0.1" : NULL;
	for (size_t i = 0; r == 0 && i < f->hosts.count; i++)
		r = network_flags_add_host(f->hosts.items[i], "add-host", gateway, hosts, err);
	if (r == 0)
		r = check_dns(f, err);
	if (r == 0)
		r = add_published(f, expose, n_expose, err);
	out->dns = &f->dns;
	out->dns_search = &f->dns_search;
	return r;
}
