#include "cmd/options/wire_flags.h"

#include <stdlib.h>

#include "base/mem.h"

#define AT(member) offsetof(struct wire_flags, member)
static const struct option_row rows[] = {
    /* OPTION_ENV, because it blanks a password in the command line */
    {"client", 0, OPTION_ENV, AT(clients), "NAME[:PORT][,SETTING...]",
     "log in, write and read as a client of redis, memcached, postgresql, mysql, smtp, mqtt, amqp or grpc", OPTION_RARE,
     "redis|memcached|postgresql|mysql|smtp|mqtt|amqp|grpc"},
    {"tcp", 0, OPTION_LIST, AT(tcps), "PORT[:SEND[/EXPECT]]",
     "send bytes to a port, and look for an expression in the answer"},
    {"unix", 0, OPTION_LIST, AT(unixes), "PATH[:SEND[/EXPECT]]",
     "send bytes to a unix socket of the container, and look for an expression in the answer"},
};
const struct option_group wire_flags_group = OPTION_GROUP("Services without HTTP", rows);

void wire_flags_done(struct wire_flags *f)
{
	strlist_done(&f->clients);
	strlist_done(&f->tcps);
	strlist_done(&f->unixes);
}

bool wire_flags_given(const struct wire_flags *f)
{
	return f->clients.count || f->tcps.count || f->unixes.count;
}

bool wire_flags_need_port(const struct wire_flags *f)
{
	return f->clients.count || f->tcps.count;
}

int wire_flags_parse(const struct wire_flags *f, struct wire_plan *out, struct err *err)
{
	int r = 0;
	*out = (struct wire_plan){.clients = mem_calloc(f->clients.count, sizeof(*out->clients)),
				  .talks = mem_calloc(f->tcps.count + f->unixes.count, sizeof(*out->talks))};
	for (size_t i = 0; r == 0 && i < f->clients.count; i++)
		if ((r = probe_client_options_parse(f->clients.items[i], &out->clients[out->n_clients++], err)) < 0)
			err_wrap(err, "--client");
	for (size_t i = 0; r == 0 && i < f->tcps.count; i++)
		if ((r = probe_talk_parse_tcp(f->tcps.items[i], &out->talks[out->n_talks++], err)) < 0)
			err_wrap(err, "--tcp");
	for (size_t i = 0; r == 0 && i < f->unixes.count; i++)
		if ((r = probe_talk_parse_unix(f->unixes.items[i], &out->talks[out->n_talks++], err)) < 0)
			err_wrap(err, "--unix");
	return r;
}

void wire_plan_done(struct wire_plan *p)
{
	for (size_t i = 0; i < p->n_clients; i++)
		probe_client_options_done(&p->clients[i]);
	for (size_t i = 0; i < p->n_talks; i++)
		probe_talk_options_done(&p->talks[i]);
	free(p->clients);
	free(p->talks);
	*p = (struct wire_plan){0};
}

void wire_plan_use(const struct wire_plan *p, struct probe_plan *out)
{
	out->clients = p->clients;
	out->n_clients = p->n_clients;
	out->talks = p->talks;
	out->n_talks = p->n_talks;
}
