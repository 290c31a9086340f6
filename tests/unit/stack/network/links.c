#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "run/bridge/keeper.h"
#include "stack/network/links.h"
#include "stack/network/netlink.h"

struct place {
	struct run_bridge_keeper keeper;
	int namespace, socket;
};

static void place_open(struct place *p)
{
	p->keeper = RUN_BRIDGE_KEEPER_NONE;
	assert_int_equal(run_bridge_keeper_start(&p->keeper, NULL), 0);
	p->namespace = stack_network_namespace_open(p->keeper.path, NULL);
	p->socket = stack_network_socket_open(p->namespace, NULL);
	assert_true(p->socket >= 0);
}

static void place_close(struct place *p)
{
	close(p->socket);
	close(p->namespace);
	run_bridge_keeper_end(&p->keeper);
}

/* Of IPv6 in the namespace, without loopback's. */
static size_t count_addresses(const struct place *p)
{
	char line[256], path[64];
	size_t n = 0;
	snprintf(path, sizeof(path), "/proc/%d/net/if_inet6", (int)p->keeper.process.pid);
	FILE *f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		n += !strstr(line, " lo\n");
	if (f)
		fclose(f);
	return n;
}

/* -1 = there is no such interface. */
static int flags_of(const struct place *p, const char *name, uint8_t hardware[6])
{
	struct ifreq r = {0};
	strncpy(r.ifr_name, name, IFNAMSIZ - 1);
	if (ioctl(p->socket, SIOCGIFHWADDR, &r) < 0)
		return -1;
	memcpy(hardware, r.ifr_hwaddr.sa_data, 6);
	return ioctl(p->socket, SIOCGIFFLAGS, &r) < 0 ? -1 : r.ifr_flags;
}

static void a_pair(void **state)
{
	NEEDS_ROOT();
	struct place hub, inside, again;
	uint8_t hardware[6];
	place_open(&hub);
	place_open(&inside);
	place_open(&again);
	struct stack_network_pair p = {"near", "eth0", "br0", inside.namespace, 0xac120002, 24};
	assert_int_equal(stack_network_pair_add(hub.socket, inside.socket, &p), ENODEV); /* there is no bridge */
	assert_int_equal(stack_network_bridge_add(hub.socket, "br0"), 0);
	assert_int_equal(stack_network_bridge_add(hub.socket, "br0"), EEXIST);
	assert_int_equal(count_addresses(&hub), 0);
	assert_int_equal(stack_network_pair_add(hub.socket, inside.socket, &p), 0);
	assert_true(flags_of(&hub, "br0", hardware) & IFF_UP);
	assert_true(flags_of(&hub, "near", hardware) & IFF_UP);
	assert_true(flags_of(&inside, "eth0", hardware) & IFF_UP);
	assert_memory_equal(hardware, "\x02\x42\xac\x12\x00\x02", 6);
	assert_int_equal(count_addresses(&inside), 0);
	/* it is started again: the first is gone, at once */
	p.namespace = again.namespace;
	assert_int_equal(stack_network_pair_add(hub.socket, again.socket, &p), 0);
	assert_int_equal(flags_of(&inside, "eth0", hardware), -1);
	assert_true(flags_of(&again, "eth0", hardware) & IFF_UP);
	place_close(&again);
	place_close(&inside);
	place_close(&hub);
}

static void a_name_that_is_taken(void **state)
{
	NEEDS_ROOT();
	struct place hub;
	place_open(&hub);
	const struct stack_network_pair p = {"near", "lo", "br0", hub.namespace, 0xac120002, 24};
	assert_int_equal(stack_network_bridge_add(hub.socket, "br0"), 0);
	assert_int_equal(stack_network_pair_add(hub.socket, hub.socket, &p), EEXIST);
	place_close(&hub);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_pair),
	    cmocka_unit_test(a_name_that_is_taken),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
