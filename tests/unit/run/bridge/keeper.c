#include "unit.h"

#include <net/if.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "run/bridge/keeper.h"
#include "runtime/network.h"

/* In a child, which enters the namespace: 0 = loopback is up and nothing else is there. */
static int look(int ns)
{
	struct ifreq lo = {.ifr_name = "lo"};
	if (runtime_network_enter(ns))
		return 1;
	struct if_nameindex *all = if_nameindex();
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (!all || strcmp(all[0].if_name, "lo") != 0 || all[1].if_index)
		return 2;
	return ioctl(fd, SIOCGIFFLAGS, &lo) == 0 && lo.ifr_flags & IFF_UP ? 0 : 3;
}

static void a_namespace_with_loopback(void **state)
{
	NEEDS_ROOT();
	struct run_bridge_keeper k = RUN_BRIDGE_KEEPER_NONE;
	struct stat ours, its;
	assert_int_equal(run_bridge_keeper_start(&k, NULL), 0);
	assert_int_equal(stat(k.path, &its), 0);
	assert_int_equal(stat("/proc/self/ns/net", &ours), 0);
	assert_int_not_equal(its.st_ino, ours.st_ino);
	int status, ns = runtime_network_of(k.process.pid, NULL);
	pid_t pid = fork();
	if (pid == 0)
		_exit(look(ns));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	close(ns);
	run_bridge_keeper_end(&k);
	assert_null(k.path);
}

static void none_is_ended(void **state)
{
	struct run_bridge_keeper k = RUN_BRIDGE_KEEPER_NONE;
	run_bridge_keeper_end(&k);
	run_bridge_keeper_end(&k);
	assert_int_equal(k.keep, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_namespace_with_loopback),
	    cmocka_unit_test(none_is_ended),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
