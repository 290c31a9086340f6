#include "sensor/ptrace/listen.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sensor/thread.h"

bool ptrace_listen_port(pid_t tid, int fd, struct trace_port *out)
{
	CLEANUP_FD int pidfd = (int)syscall(SYS_pidfd_open, sensor_thread_process(tid), 0);
	if (pidfd < 0)
		return false;
	CLEANUP_FD int sock = (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);
	if (sock < 0)
		return false;
	int type = 0, listening = 0;
	socklen_t len = sizeof(type);
	if (getsockopt(sock, SOL_SOCKET, SO_TYPE, &type, &len) < 0)
		return false;
	len = sizeof(listening);
	(void)getsockopt(sock, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len); /* stays 0 */
	if (!(type == SOCK_STREAM && listening) && type != SOCK_DGRAM)
		return false;
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		struct sockaddr_storage room;
	} a = {0};
	len = sizeof(a);
	if (getsockname(sock, &a.sa, &len) < 0 || (a.sa.sa_family != AF_INET && a.sa.sa_family != AF_INET6))
		return false;
	out->number = ntohs(a.sa.sa_family == AF_INET ? a.in.sin_port : a.in6.sin6_port);
	out->udp = type == SOCK_DGRAM;
	return out->number != 0;
}
