#include "stack/names.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

const struct compose_service *stack_names_service(const struct compose_project *p, const struct stack_plan *plan,
						  size_t nth)
{
	return &p->services[nth ? plan->services[nth - 1] : plan->target];
}

size_t stack_names_network(const struct compose_project *p, const char *key)
{
	size_t i = 0;
	while (i < p->n_networks && strcmp(p->networks[i].key, key) != 0)
		i++;
	return i;
}

static const struct compose_attachment *joined(const struct compose_service *s, const char *network)
{
	for (size_t i = 0; i < s->n_networks; i++)
		if (strcmp(s->networks[i].network, network) == 0)
			return &s->networks[i];
	return NULL;
}

static int add_line(const struct compose_project *p, struct stack_network *network, size_t member,
		    const struct compose_service *s, const struct compose_attachment *a, struct strlist *out,
		    struct err *err)
{
	char address[INET_ADDRSTRLEN];
	CLEANUP_BUF struct buf line = {0};
	int r = stack_network_address(network, stack_names_network(p, a->network), member, a->ipv4, address, err);
	if (r < 0)
		return r;
	buf_printf(&line, "%s\t%s", address, s->name);
	if (s->container_name)
		buf_printf(&line, " %s", s->container_name);
	for (size_t i = 0; i < a->aliases.count; i++)
		buf_printf(&line, " %s", a->aliases.items[i]);
	strlist_take(out, buf_steal(&line));
	return 0;
}

static int reserve(const struct compose_project *p, const struct stack_plan *plan, struct stack_network *network,
		   bool named, struct err *err)
{
	char address[INET_ADDRSTRLEN];
	int r = 0;
	for (size_t i = 0; i <= plan->count; i++) {
		const struct compose_service *s = stack_names_service(p, plan, i);
		for (size_t n = 0; r == 0 && n < s->n_networks; n++)
			if ((s->networks[n].ipv4 != NULL) == named)
				r = stack_network_address(network, stack_names_network(p, s->networks[n].network), i,
							  s->networks[n].ipv4, address, err);
		if (r < 0)
			return err_wrap(err, "service %s", s->name);
	}
	return 0;
}

int stack_names_reserve(const struct compose_project *p, const struct stack_plan *plan, struct stack_network *network,
			struct err *err)
{
	int r = reserve(p, plan, network, true, err);
	return r < 0 ? r : reserve(p, plan, network, false, err);
}

/* The name by which only this service finds another: SERVICE:ALIAS. */
static const char *alias_of(const char *link, const struct compose_service *s)
{
	const size_t n = strlen(s->name);
	return strncmp(link, s->name, n) == 0 && link[n] == ':' ? link + n + 1 : NULL;
}

static int add_links(const struct compose_project *p, struct stack_network *network, size_t member,
		     const struct compose_service *own, const struct compose_service *s,
		     const struct compose_attachment *a, struct strlist *out, struct err *err)
{
	char address[INET_ADDRSTRLEN];
	int r = 0;
	for (size_t i = 0; r == 0 && i < own->links.count; i++) {
		const char *alias = alias_of(own->links.items[i], s);
		if (!alias)
			continue;
		r = stack_network_address(network, stack_names_network(p, a->network), member, a->ipv4, address, err);
		if (r == 0)
			strlist_take(out, mem_printf("%s\t%s", address, alias));
	}
	return r;
}

int stack_names_hosts(const struct compose_project *p, const struct stack_plan *plan, struct stack_network *network,
		      size_t nth, struct strlist *out, struct err *err)
{
	const struct compose_service *own = stack_names_service(p, plan, nth);
	int r = 0;
	for (size_t n = 0; r == 0 && n < own->n_networks; n++)
		for (size_t i = 0; r == 0 && i <= plan->count; i++) {
			const struct compose_service *s = stack_names_service(p, plan, i);
			const struct compose_attachment *a = joined(s, own->networks[n].network);
			if (a && (r = add_line(p, network, i, s, a, out, err)) == 0)
				r = add_links(p, network, i, own, s, a, out, err);
		}
	return r;
}
