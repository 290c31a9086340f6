#include "run/bridge/helper.h"

#include "base/mem.h"
#include "runtime/network.h"

static void add_port(const struct run_bridge_port *p, struct strlist *argv)
{
	strlist_add(argv, p->inside.udp ? "--udp-ports" : "--tcp-ports");
	strlist_take(argv, mem_printf("%s%s%u:%u", p->host, *p->host ? "/" : "", p->number, p->inside.number));
}

/* Without a port of its kind nothing is forwarded, for pasta would forward whatever listens. */
static void add_ports(const struct run_bridge_plan *plan, bool udp, struct strlist *argv)
{
	size_t n = 0;
	for (size_t i = 0; i < plan->n_ports; i++)
		if (plan->ports[i].inside.udp == udp) {
			add_port(&plan->ports[i], argv);
			n++;
		}
	if (!n) {
		strlist_add(argv, udp ? "--udp-ports" : "--tcp-ports");
		strlist_add(argv, "none");
	}
}

/* It drops its rights, enters an empty mount namespace and a system call filter by itself. It stays in our user
 * namespace, as our root: as nobody, it could not enter a network of ours. */
static void add_argv(const struct run_bridge_plan *plan, struct strlist *argv)
{
	static const char *const fixed[] = {
	    "pasta",        "--foreground",
	    "--quiet",      "--ipv4-only",
	    "--runas",      "0",
	    "--netns-only", "--config-net",
	    "--address",    RUNTIME_NETWORK_ADDRESS,
	    "--netmask",    RUNTIME_NETWORK_PREFIX,
	    "--gateway",    RUNTIME_NETWORK_GATEWAY,
	    "--ns-ifname",  RUNTIME_NETWORK_INTERFACE,
	    "--no-map-gw",  "--tcp-ns",
	    "none",         "--udp-ns",
	    "none",
	};
	for (size_t i = 0; i < sizeof(fixed) / sizeof(*fixed); i++)
		strlist_add(argv, fixed[i]);
	if (plan->forwards_names) {
		strlist_add(argv, "--dns-forward");
		strlist_add(argv, RUNTIME_NETWORK_DNS);
	}
	add_ports(plan, false, argv);
	add_ports(plan, true, argv);
	strlist_add(argv, "--pid"); /* written once all is ready */
	strlist_add(argv, plan->ready);
	strlist_add(argv, "--netns");
	strlist_add(argv, plan->namespace);
}

const struct run_bridge_helper run_bridge_pasta = {
    .program = "pasta", .package = "passt", .needs_outside = true, .add_argv = add_argv};
