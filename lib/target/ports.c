#include "target/ports.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "runtime/network.h"
#include "target/processes.h"

#define SOCKETS_MAX 1000000 /* looked at */

/* The inodes of sockets that processes hold. */
struct sockets {
	uint64_t *items;
	size_t count, cap;
};

static int by_inode(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

static bool holds(void *ctx, uint64_t inode)
{
	const struct sockets *s = ctx;
	return s->count && bsearch(&inode, s->items, s->count, sizeof(inode), by_inode);
}

static void add_sockets(pid_t pid, struct sockets *out)
{
	char path[64], link[64];
	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	DIR *d = opendir(path);
	struct dirent *e;
	while (d && (e = readdir(d)) && out->count < SOCKETS_MAX) {
		unsigned long long inode;
		ssize_t n = readlinkat(dirfd(d), e->d_name, link, sizeof(link) - 1);
		link[n < 0 ? 0 : n] = '\0';
		if (sscanf(link, "socket:[%llu]", &inode) != 1)
			continue;
		out->items = mem_grow(out->items, out->count, &out->cap, sizeof(*out->items));
		out->items[out->count++] = inode;
	}
	if (d)
		closedir(d);
}

static int read_shared(const struct target_service *s, struct listeners *out, struct err *err)
{
	struct sockets sockets = {0};
	size_t n;
	CLEANUP_FREE pid_t *pids = target_processes(s, &n);
	for (size_t i = 0; i < n; i++)
		add_sockets(pids[i], &sockets);
	if (sockets.count)
		qsort(sockets.items, sockets.count, sizeof(*sockets.items), by_inode);
	int r = listeners_read_some(holds, &sockets, out, err);
	free(sockets.items);
	return r;
}

struct reading {
	int network_ns;
	struct listeners found;
	struct err err;
};

static void *read_inside(void *arg)
{
	struct reading *r = arg;
	int e = runtime_network_enter(r->network_ns);
	if (e)
		err_sys(&r->err, e, "network-namespace-enter", "cannot enter the container's network namespace");
	else
		(void)!listeners_read(&r->found, &r->err); /* err tells */
	return NULL;
}

int target_ports(const struct target_service *s, struct listeners *out, struct err *err)
{
	if (!s->owns_network)
		return read_shared(s, out, err);
	struct reading reading = {.network_ns = s->network_ns};
	pthread_t thread;
	int e = pthread_create(&thread, NULL, read_inside, &reading);
	if (e)
		return err_sys(err, e, "thread-start", "cannot start a thread");
	pthread_join(thread, NULL);
	*out = reading.found;
	if (reading.err.code && err)
		*err = reading.err;
	return -(int)reading.err.code;
}
