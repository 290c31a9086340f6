#include "stack/network/links.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <string.h>
#include <sys/ioctl.h>

#include "stack/network/netlink.h"

/* EUI-48 addresses of Docker's containers, which follow from their IPv4 addresses: a container that is started again
 * has the same, so that what its neighbours remember stays true. */
static void fill_hardware_address(uint32_t address, uint8_t out[6])
{
	const uint32_t a = htonl(address);
	out[0] = 0x02;
	out[1] = 0x42;
	memcpy(out + 2, &a, sizeof(a));
}

static int index_of(int socket, const char *name, int *out)
{
	struct ifreq r = {0};
	memcpy(r.ifr_name, name, strlen(name));
	if (ioctl(socket, SIOCGIFINDEX, &r) < 0)
		return errno;
	*out = r.ifr_ifindex;
	return 0;
}

static void put_text(struct stack_network_message *m, int attribute, const char *text)
{
	stack_network_message_put(m, attribute, text, strlen(text) + 1);
}

static int create_bridge(int socket, const char *name)
{
	const struct ifinfomsg head = {0};
	struct stack_network_message m;
	stack_network_message_init(&m, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &head, sizeof(head));
	put_text(&m, IFLA_IFNAME, name);
	const size_t info = stack_network_message_open(&m, IFLA_LINKINFO, NULL, 0);
	put_text(&m, IFLA_INFO_KIND, "bridge");
	stack_network_message_close(&m, info);
	return stack_network_message_send(socket, &m);
}

static int delete_link(int socket, const char *name)
{
	const struct ifinfomsg head = {0};
	struct stack_network_message m;
	stack_network_message_init(&m, RTM_DELLINK, 0, &head, sizeof(head));
	put_text(&m, IFLA_IFNAME, name);
	int e = stack_network_message_send(socket, &m);
	return e == ENODEV ? 0 : e;
}

static int create_pair(int hub, const struct stack_network_pair *p)
{
	const struct ifinfomsg head = {.ifi_flags = IFF_UP, .ifi_change = IFF_UP}, far = {0};
	uint8_t hardware[6];
	struct stack_network_message m;
	int bridge, e = index_of(hub, p->bridge, &bridge);
	if (e)
		return e;
	fill_hardware_address(p->address, hardware);
	stack_network_message_init(&m, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &head, sizeof(head));
	put_text(&m, IFLA_IFNAME, p->near);
	stack_network_message_put(&m, IFLA_MASTER, &bridge, sizeof(bridge));
	const size_t info = stack_network_message_open(&m, IFLA_LINKINFO, NULL, 0);
	put_text(&m, IFLA_INFO_KIND, "veth");
	const size_t data = stack_network_message_open(&m, IFLA_INFO_DATA, NULL, 0);
	const size_t peer = stack_network_message_open(&m, VETH_INFO_PEER, &far, sizeof(far));
	put_text(&m, IFLA_IFNAME, p->far);
	stack_network_message_put(&m, IFLA_ADDRESS, hardware, sizeof(hardware));
	stack_network_message_put(&m, IFLA_NET_NS_FD, &p->namespace, sizeof(p->namespace));
	stack_network_message_close(&m, peer);
	stack_network_message_close(&m, data);
	stack_network_message_close(&m, info);
	return stack_network_message_send(hub, &m);
}

/* Before it is up. As in Docker's networks, it has no address of IPv6, not even one of its link: with one, programs
 * would ask for addresses of IPv6 that lead nowhere, and the hub would listen. */
static int forbid_ipv6(int socket, int index)
{
	const struct ifinfomsg head = {.ifi_index = index};
	const uint8_t none = IN6_ADDR_GEN_MODE_NONE;
	struct stack_network_message m;
	stack_network_message_init(&m, RTM_SETLINK, 0, &head, sizeof(head));
	const size_t all = stack_network_message_open(&m, IFLA_AF_SPEC, NULL, 0);
	const size_t one = stack_network_message_open(&m, AF_INET6, NULL, 0);
	stack_network_message_put(&m, IFLA_INET6_ADDR_GEN_MODE, &none, sizeof(none));
	stack_network_message_close(&m, one);
	stack_network_message_close(&m, all);
	int e = stack_network_message_send(socket, &m);
	return e == EAFNOSUPPORT ? 0 : e; /* a kernel without IPv6 */
}

static int add_address(int socket, int index, uint32_t address, unsigned prefix)
{
	const struct ifaddrmsg head = {.ifa_family = AF_INET,
				       .ifa_prefixlen = (uint8_t)prefix,
				       .ifa_scope = RT_SCOPE_UNIVERSE,
				       .ifa_index = (uint32_t)index};
	const uint32_t own = htonl(address), all = htonl(address | (uint32_t)(((uint64_t)1 << (32 - prefix)) - 1));
	struct stack_network_message m;
	stack_network_message_init(&m, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &head, sizeof(head));
	stack_network_message_put(&m, IFA_LOCAL, &own, sizeof(own));
	stack_network_message_put(&m, IFA_ADDRESS, &own, sizeof(own));
	stack_network_message_put(&m, IFA_BROADCAST, &all, sizeof(all));
	return stack_network_message_send(socket, &m);
}

static int raise_link(int socket, int index)
{
	const struct ifinfomsg head = {.ifi_index = index, .ifi_flags = IFF_UP, .ifi_change = IFF_UP};
	struct stack_network_message m;
	stack_network_message_init(&m, RTM_SETLINK, 0, &head, sizeof(head));
	return stack_network_message_send(socket, &m);
}

int stack_network_bridge_add(int socket, const char *name)
{
	int index, e = create_bridge(socket, name);
	if (!e)
		e = index_of(socket, name, &index);
	if (!e)
		e = forbid_ipv6(socket, index);
	return e ? e : raise_link(socket, index);
}

int stack_network_pair_add(int hub, int inside, const struct stack_network_pair *p)
{
	int index, e = delete_link(hub, p->near);
	if (!e)
		e = create_pair(hub, p);
	if (!e)
		e = index_of(inside, p->far, &index);
	if (!e)
		e = forbid_ipv6(inside, index);
	if (!e)
		e = add_address(inside, index, p->address, p->prefix);
	return e ? e : raise_link(inside, index);
}
