#include "probe/plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static bool has_driver(const struct probe_plan *p, enum exercise_kind kind)
{
	for (size_t i = 0; i < p->n_drivers; i++)
		if (p->drivers[i].kind == kind)
			return true;
	return false;
}

static struct exercise *next(struct probe_plan *p)
{
	return &p->exercises[p->n_exercises++];
}

/* Those signals that are sent then. */
static void add_signals(struct probe_plan *p, size_t n_drivers, enum probe_signal_when when)
{
	for (size_t i = 0; i < n_drivers; i++)
		if (p->drivers[i].kind == EXERCISE_SIGNAL && p->drivers[i].signal.when == when)
			probe_signal(&p->drivers[i].signal, next(p));
}

static bool has_requests(const struct probe_plan *p)
{
	return p->script && p->script->script->count;
}

static void find_others(struct probe_plan *p)
{
	p->others = mem_calloc(p->n_talks + PROBE_CLIENT_PORTS * p->n_clients, sizeof(*p->others));
	for (size_t i = 0; i < p->n_talks; i++)
		if (p->talks[i].port)
			p->others[p->n_others++] = p->talks[i].port;
	for (size_t i = 0; i < p->n_clients; i++)
		p->n_others += probe_client_ports(&p->clients[i], p->others + p->n_others);
}

static void add_usual(struct probe_plan *p)
{
	if (!p->others)
		find_others(p);
	p->http_left = *p->http;
	p->http_left.others = p->others;
	p->http_left.n_others = p->n_others;
	probe_http(&p->http_left, next(p));
}

/* probes: not only what an API description says. */
static void add_http(struct probe_plan *p, bool probes)
{
	if (probes && has_requests(p))
		probe_script(p->script, next(p));
	else if (probes)
		add_usual(p);
	if (p->apispec)
		probe_apispec(p->apispec, next(p));
}

static bool probes(const struct probe_plan *p, const struct oci_image_config *config)
{
	if (has_requests(p))
		return true;
	return p->http && (config->n_ports || p->has_ports || has_driver(p, EXERCISE_HOST_EXEC) || p->ready.n);
}

static const struct probe_talk_options *talk_of(const struct probe_plan *p, const struct probe_driver *d)
{
	size_t i = 0, nth = d->nth;
	while (!p->talks[i].path != (d->kind == EXERCISE_TCP) || nth--)
		i++;
	return &p->talks[i];
}

static void add_driver(struct probe_plan *p, size_t i, bool http_follows)
{
	const struct probe_driver *d = &p->drivers[i];
	if (d->kind == EXERCISE_EXEC)
		probe_exec(d->text, next(p));
	else if (d->kind == EXERCISE_HOST_EXEC)
		probe_host_exec(d->text, next(p));
	else if (d->kind == EXERCISE_CLIENT)
		probe_client(&p->clients[d->nth], next(p));
	else if (d->kind == EXERCISE_TCP || d->kind == EXERCISE_UNIX)
		probe_talk(talk_of(p, d), next(p));
	else if (d->kind == EXERCISE_SIGNAL &&
		 (d->signal.when == PROBE_SIGNAL_HERE || (d->signal.when == PROBE_SIGNAL_AFTER_PROBE && !http_follows)))
		probe_signal(&d->signal, next(p));
}

/* follows: the HTTP probe has a place among them, and is wanted. */
static void add_drivers(struct probe_plan *p, bool follows, bool http)
{
	for (size_t i = 0; i < p->n_drivers; i++) {
		if (p->drivers[i].kind != EXERCISE_HTTP || !follows) {
			add_driver(p, i, follows);
			continue;
		}
		follows = false;
		add_http(p, http);
		add_signals(p, i, PROBE_SIGNAL_AFTER_PROBE);
	}
}

static bool checks_health(const struct probe_plan *p)
{
	for (size_t i = 0; i < p->ready.n; i++)
		if (p->ready.checks[i].kind == PROBE_READY_HEALTH)
			return true;
	return false;
}

size_t probe_plan_make(void *plan, const struct oci_image_config *config, const struct exercise **out)
{
	struct probe_plan *p = plan;
	const bool http = probes(p, config), placed = has_driver(p, EXERCISE_HTTP);
	const struct strlist *check = p->check ? p->check : &config->healthcheck;
	free(p->exercises); /* of another image */
	p->n_exercises = 0;
	p->ready.healthcheck = NULL;
	p->exercises = mem_calloc(5 + p->n_drivers, sizeof(*p->exercises));
	if (check->count && strcmp(check->items[0], "NONE") != 0) {
		p->healthcheck = (struct probe_healthcheck_options){check, &config->shell};
		p->ready.healthcheck = &p->healthcheck;
	}
	if (probe_ready_asks(&p->ready))
		probe_ready(&p->ready, next(p));
	add_signals(p, p->n_drivers, PROBE_SIGNAL_AT_START);
	if (p->ready.healthcheck && !checks_health(p))
		probe_healthcheck(&p->healthcheck, next(p));
	if (!placed)
		add_http(p, http);
	if (p->spec && p->spec->count)
		probe_spec(p->spec, next(p));
	add_drivers(p, placed && (http || p->apispec), http);
	if (p->http && !p->n_exercises) {
		probe_http(p->http, &p->exercises[0]);
		p->exercises[p->n_exercises++].if_listens = true;
	}
	*out = p->exercises;
	return p->n_exercises;
}

void probe_plan_done(struct probe_plan *p)
{
	free(p->others);
	p->others = NULL;
	p->n_others = 0;
	free(p->exercises);
	p->exercises = NULL;
}
