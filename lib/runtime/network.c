#include "runtime/network.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "os/fd.h"

#define RESOLV_BYTES (1u << 20)

int runtime_network_read_resolv(struct buf *out, struct err *err)
{
	int r = fd_read_file(AT_FDCWD, "/etc/resolv.conf", RESOLV_BYTES, out, err);
	return r == -ERR_NOTFOUND ? 0 : r;
}

static bool is_reached(const char *address)
{
	struct in_addr a, own;
	if (inet_pton(AF_INET, address, &a) != 1 || ntohl(a.s_addr) >> 24 == IN_LOOPBACKNET || !a.s_addr)
		return false;
	inet_pton(AF_INET, RUNTIME_NETWORK_ADDRESS, &own);
	return ntohl(a.s_addr) >> 8 != ntohl(own.s_addr) >> 8;
}

bool runtime_network_filter_resolv(const struct buf *host, struct buf *out)
{
	CLEANUP_FREE char *text = mem_strndup(host->len ? host->data : "", host->len);
	bool any = false;
	for (char *rest = text, *line; (line = strsep(&rest, "\n"));) {
		char address[64];
		bool server = sscanf(line, "nameserver %63s", address) == 1;
		if (server && !is_reached(address))
			continue;
		any |= server;
		if (*line || rest)
			buf_printf(out, "%s\n", line);
	}
	return any;
}

int runtime_network_of(pid_t pid, struct err *err)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? err_sys(err, errno, "network-namespace-enter", "network of process %d", (int)pid) : fd;
}

int runtime_network_enter(int ns)
{
	return setns(ns, CLONE_NEWNET) < 0 ? errno : 0;
}
