#include <string.h>

#include "base/mem.h"
#include "compose/parts.h"

/* Adds the words between commas. */
static void split(const char *text, struct strlist *out)
{
	while (text && *text) {
		const size_t n = strcspn(text, ",");
		if (n)
			strlist_take(out, mem_strndup(text, n));
		text += n + (text[n] == ',');
	}
}

static bool is_active(const struct compose_service *service, const struct strlist *profiles)
{
	bool active = !service->profiles.count || strlist_has(profiles, "*");
	for (size_t i = 0; !active && i < service->profiles.count; i++)
		active = strlist_has(profiles, service->profiles.items[i]);
	return active;
}

static struct compose_service *find(struct compose_project *p, const char *name)
{
	for (size_t i = 0; i < p->n_services; i++)
		if (strcmp(p->services[i].name, name) == 0)
			return &p->services[i];
	return NULL;
}

static bool shares_profile(const struct compose_service *a, const struct compose_service *b)
{
	for (size_t i = 0; i < a->profiles.count; i++)
		if (strlist_has(&b->profiles, a->profiles.items[i]))
			return true;
	return false;
}

/* Enables what an enabled service needs, if they have a profile in common; returns whether it found any. Sets *lacks
 * to a dependency that can't be enabled, if there is one. */
static bool enable_dependencies(struct compose_project *p, struct compose_service *service,
				const struct compose_service **lacks)
{
	bool found = false;
	for (size_t k = 0; k < service->n_dependencies; k++) {
		struct compose_service *on = find(p, service->dependencies[k].service);
		if (on->enabled)
			continue;
		if (shares_profile(on, service))
			found = on->enabled = true;
		else if (!service->dependencies[k].optional)
			*lacks = on;
	}
	return found;
}

static int lacks_dependency(const struct compose_scope *s, const struct compose_service *service,
			    const struct compose_service *on, struct err *err)
{
	const struct compose_at services = {.key = "services"}, at = {.up = &services, .key = service->name};
	return compose_fail(s, COMPOSE_KEY(&at, "depends_on"), err, "compose-profile-inactive",
			    "the service needs %.100s, which no active profile enables; activate its profile %.100s",
			    on->name, on->profiles.items[0]);
}

/* Sets mark of the service and of all that it needs. */
static void mark(const struct compose_project *p, const struct compose_service *service, bool *marks)
{
	const size_t i = (size_t)(service - p->services);
	if (marks[i])
		return;
	marks[i] = true;
	for (size_t k = 0; k < service->n_dependencies; k++) {
		const struct compose_service *on = compose_project_service(p, service->dependencies[k].service);
		if (on->enabled)
			mark(p, on, marks);
	}
}

static int check_refused(const struct compose_options *o, struct compose_project *p, struct err *err)
{
	CLEANUP_FREE bool *marks = mem_calloc(p->n_services, sizeof(bool));
	const bool all = !o->wanted || !o->wanted->count;
	for (size_t i = 0; i < p->n_services; i++)
		if (all ? p->services[i].enabled : strlist_has(o->wanted, p->services[i].name))
			mark(p, &p->services[i], marks);
	for (size_t i = 0; i < p->n_services; i++)
		if (marks[i] && p->services[i].refused)
			return err_set(err, ERR_UNSUPPORTED, "compose-key-refused", "%s", p->services[i].refused);
	return 0;
}

int compose_decode_profiles(struct compose_scope *s, const struct compose_options *o, struct compose_project *p,
			    struct err *err)
{
	CLEANUP_STRLIST struct strlist profiles = {0};
	const struct compose_service *lacks;
	const struct compose_at services = {.key = "services"};
	if (o->profiles)
		strlist_extend(&profiles, o->profiles);
	split(compose_env_get(s->env, "COMPOSE_PROFILES"), &profiles);
	for (size_t i = 0; i < p->n_services; i++)
		p->services[i].enabled = is_active(&p->services[i], &profiles);
	for (size_t i = 0; o->wanted && i < o->wanted->count; i++) {
		struct compose_service *service = find(p, o->wanted->items[i]);
		if (!service)
			return compose_fail(s, &services, err, "compose-service-unknown", "there is no service %.100s",
					    o->wanted->items[i]);
		service->enabled = true;
	}
	for (bool again = true; again;) {
		again = false;
		for (size_t i = 0; i < p->n_services; i++) {
			lacks = NULL;
			again |= p->services[i].enabled && enable_dependencies(p, &p->services[i], &lacks);
			if (lacks)
				return lacks_dependency(s, &p->services[i], lacks, err);
		}
	}
	return check_refused(o, p, err);
}
