#include <stdint.h>
#include <sys/random.h>
#include <time.h>

#include "base/log.h"
#include "base/mem.h"
#include "net/protobuf.h"
#include "transport/containerd/records.h"

/* A killed run leaves its lease. It holds nothing that an image does not hold, but for what was being written. */
#define LEASE_SECONDS 3600

int containerd_lease_begin(struct containerd *c, char **id, struct err *err)
{
	CLEANUP_BUF struct buf request = {0};
	char when[32];
	uint64_t number;
	struct tm tm;
	const time_t end = time(NULL) + LEASE_SECONDS;
	if (getrandom(&number, sizeof(number), 0) != sizeof(number))
		number = (uint64_t)end << 20 | (uint64_t)getpid();
	CLEANUP_FREE char *name = mem_printf("slim-%016llx", (unsigned long long)number);
	strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&end, &tm));
	net_protobuf_put_string(&request, 1, name);
	net_protobuf_put_pair(&request, 3, "containerd.io/gc.expire", when);
	int r = containerd_call(c, "leases.v1.Leases/Create", &request, NULL, err);
	if (r == -ERR_CANCELLED) { /* it may have been made: the answer was not awaited */
		containerd_clean_up(c);
		containerd_lease_end(c, name);
	}
	if (r < 0)
		return err_wrap(err, "the lease that keeps what slim needs");
	containerd_set_lease(c, name);
	*id = steal_ptr(&name);
	return 0;
}

int containerd_lease_add(struct containerd *c, const char *id, const struct oci_digest *content, struct err *err)
{
	CLEANUP_BUF struct buf request = {0}, resource = {0};
	net_protobuf_put_string(&resource, 1, content->text);
	net_protobuf_put_string(&resource, 2, "content");
	net_protobuf_put_string(&request, 1, id);
	net_protobuf_put_message(&request, 2, &resource);
	return containerd_call(c, "leases.v1.Leases/AddResource", &request, NULL, err);
}

void containerd_lease_end(struct containerd *c, const char *id)
{
	CLEANUP_BUF struct buf request = {0};
	struct err e = {0};
	if (!id)
		return;
	containerd_set_lease(c, NULL);
	net_protobuf_put_string(&request, 1, id);
	net_protobuf_put_uint(&request, 2, 1); /* collect what is free before the answer */
	if (containerd_call(c, "leases.v1.Leases/Delete", &request, NULL, &e) < 0)
		log_debug("the lease %s stays until it ends by itself: %s", id, e.msg);
}
