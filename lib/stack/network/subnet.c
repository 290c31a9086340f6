#include "stack/network/subnet.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "os/fd.h"
#include "runtime/network.h"

#define ROUTES_BYTES (4u << 20)
#define CHOSEN_PREFIX 24

#define IP(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

/* Where subnets are chosen: Docker's own, without the one of its default bridge; and one for measurements, which
 * nobody should have (RFC 2544), for machines that route all private ones. */
static const struct range {
	uint32_t first, last;
} ranges[] = {
    {IP(172, 18, 0, 0), IP(172, 31, 255, 255)},
    {IP(192, 168, 0, 0), IP(192, 168, 255, 255)},
    {IP(198, 18, 0, 0), IP(198, 19, 255, 255)},
};

static uint32_t mask_of(unsigned prefix)
{
	return prefix ? ~0u << (32 - prefix) : 0;
}

static struct stack_network_subnet own(void)
{
	struct in_addr a;
	inet_pton(AF_INET, RUNTIME_NETWORK_ADDRESS, &a);
	const unsigned prefix = (unsigned)atoi(RUNTIME_NETWORK_PREFIX);
	return (struct stack_network_subnet){ntohl(a.s_addr) & mask_of(prefix), prefix};
}

uint64_t stack_network_subnet_size(const struct stack_network_subnet *s)
{
	return (uint64_t)1 << (32 - s->prefix);
}

bool stack_network_subnet_has(const struct stack_network_subnet *s, uint32_t address)
{
	return (address & mask_of(s->prefix)) == s->base;
}

bool stack_network_subnets_overlap(const struct stack_network_subnet *a, const struct stack_network_subnet *b)
{
	return stack_network_subnet_has(a, b->base) || stack_network_subnet_has(b, a->base);
}

bool stack_network_is_own(uint32_t address)
{
	const struct stack_network_subnet s = own();
	return stack_network_subnet_has(&s, address);
}

const char *stack_network_subnet_text(const struct stack_network_subnet *s, char out[STACK_NETWORK_SUBNET_TEXT])
{
	const struct in_addr a = {htonl(s->base)};
	char address[INET_ADDRSTRLEN];
	inet_ntop(AF_INET, &a, address, sizeof(address));
	snprintf(out, STACK_NETWORK_SUBNET_TEXT, "%s/%u", address, s->prefix & 63);
	return out;
}

/* ---- what a user names ---- */

static bool read_subnet(const char *text, struct stack_network_subnet *out)
{
	char address[INET_ADDRSTRLEN], rest;
	struct in_addr a;
	if (sscanf(text, "%15[0-9.]/%2u%c", address, &out->prefix, &rest) != 2 ||
	    inet_pton(AF_INET, address, &a) != 1 || out->prefix > 32)
		return false;
	out->base = ntohl(a.s_addr) & mask_of(out->prefix);
	return true;
}

int stack_network_subnet_parse(const char *text, const char *network, struct stack_network_subnet *out, struct err *err)
{
	struct stack_network_subnet s, o = own();
	if (!read_subnet(text, &s))
		return err_set(err, ERR_INVAL, "network-subnet-invalid",
			       "network %s: \"%s\" is not an IPv4 subnet, such as 172.28.0.0/16", network, text);
	if (s.prefix < STACK_NETWORK_PREFIX_MIN || s.prefix > STACK_NETWORK_PREFIX_MAX)
		return err_set(err, ERR_INVAL, "network-subnet-invalid",
			       "network %s: subnet %s: the number behind the slash must be %d to %d", network, text,
			       STACK_NETWORK_PREFIX_MIN, STACK_NETWORK_PREFIX_MAX);
	const uint32_t first = s.base >> 24;
	if (!first || first == IN_LOOPBACKNET || first >= 224)
		return err_set(err, ERR_INVAL, "network-subnet-invalid",
			       "network %s: containers cannot have addresses of %s: use a private range, such as "
			       "172.28.0.0/16",
			       network, text);
	if (stack_network_subnets_overlap(&s, &o) && s.prefix >= o.prefix)
		return err_set(err, ERR_UNSUPPORTED, "network-subnet-invalid",
			       "network %s: slim itself uses the addresses of %s: use another subnet, such as "
			       "172.28.0.0/16",
			       network, text);
	*out = s;
	return 0;
}

/* ---- the machine's routes ---- */

static unsigned bits_of(uint32_t mask)
{
	return (unsigned)__builtin_popcount(mask);
}

size_t stack_network_routes_parse(const char *text, struct stack_network_subnet **out)
{
	struct stack_network_subnet *all = NULL;
	size_t n = 0, cap = 0;
	for (const char *line = text; line && *line; line = strchr(line, '\n'), line += line ? 1 : 0) {
		uint32_t to, mask; /* the kernel prints the bytes of the network as a number of this machine */
		if (sscanf(line, "%*s %8x %*x %*x %*d %*d %*d %8x", &to, &mask) != 2 ||
		    bits_of(mask) < STACK_NETWORK_PREFIX_MIN)
			continue;
		all = mem_grow(all, n, &cap, sizeof(*all));
		all[n++] = (struct stack_network_subnet){ntohl(to) & ntohl(mask), bits_of(mask)};
	}
	*out = all;
	return n;
}

int stack_network_routes(struct stack_network_subnet **out, size_t *n, struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	int r = fd_read_file(AT_FDCWD, "/proc/thread-self/net/route", ROUTES_BYTES, &text, err);
	if (r < 0)
		return r;
	buf_append(&text, "", 1);
	*n = stack_network_routes_parse(text.data, out);
	return 0;
}

/* ---- what slim chooses ---- */

int stack_network_subnet_choose(const struct stack_network_subnet *taken, size_t n, struct stack_network_subnet *out,
				struct err *err)
{
	const uint32_t step = 1u << (32 - CHOSEN_PREFIX);
	for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++)
		for (uint32_t base = ranges[i].first; base < ranges[i].last; base += step) {
			const struct stack_network_subnet s = {base, CHOSEN_PREFIX};
			size_t k = 0;
			while (k < n && !stack_network_subnets_overlap(&s, &taken[k]))
				k++;
			if (k == n) {
				*out = s;
				return 0;
			}
		}
	return err_set(err, ERR_NOTFOUND, "network-subnet-missing",
		       "this machine has routes to all private addresses, and none are left for the networks of the "
		       "stack: give each network a subnet (ipam: config: subnet)");
}
