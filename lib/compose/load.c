#include "compose/project.h"

#include <string.h>

#include "base/mem.h"
#include "compose/decode.h"
#include "compose/parts.h"
#include "compose/find.h"
#include "compose/model.h"

static int decode_environments(struct compose_scope *s, json_t *tree, struct compose_project *p, struct err *err)
{
	const struct compose_at at = {.key = "services"};
	json_t *services = json_object_get(tree, "services");
	int e = 0;
	for (size_t i = 0; e == 0 && i < p->n_services; i++) {
		const char *name = p->services[i].name;
		e = compose_decode_environment(s, COMPOSE_KEY(&at, name), json_object_get(services, name),
					       &p->services[i], err);
	}
	return e;
}

static int load(struct compose_reading *r, const struct compose_options *o, const struct compose_found *f,
		struct compose_project *p, struct err *err)
{
	const struct compose_env process = {.host = !o->no_host_env};
	const struct compose_env env = {.up = &process, .vars = f->vars};
	struct compose_scope s = {.reading = r, .env = &env, .dir = f->working_dir};
	json_auto_t *tree = NULL;
	p->working_dir = mem_strdup(f->working_dir);
	int e = compose_find_name(r, o, f, &env, &p->name, err);
	if (e == 0 && !compose_env_get(&env, "COMPOSE_PROJECT_NAME"))
		json_object_set_new(f->vars, "COMPOSE_PROJECT_NAME", json_string(p->name));
	if (e == 0)
		e = compose_model_load(r, &f->files, f->working_dir, &env, NULL, &tree, err);
	if (e == 0)
		e = compose_decode(&s, tree, p, err);
	if (e == 0)
		e = compose_decode_profiles(&s, o, p, err);
	return e < 0 ? e : decode_environments(&s, tree, p, err);
}

static void reading_done(struct compose_reading *r)
{
	compose_sources_done(&r->sources);
	strset_done(&r->unset);
	strset_done(&r->noted);
}

int compose_project_load(const struct compose_options *options, struct compose_project *out, struct err *err)
{
	CLEANUP(compose_found_done) struct compose_found found = {0};
	CLEANUP_COMPOSE_PROJECT struct compose_project p = {0};
	CLEANUP(reading_done) struct compose_reading r = {.notes = &p.notes};
	struct err local = {0};
	err = err ? err : &local;
	int e = compose_find(&r, options, &found, err);
	if (e == 0)
		e = load(&r, options, &found, &p, err);
	if (e < 0)
		return e;
	for (size_t i = 0; i < r.sources.count; i++)
		strlist_add(&p.files, r.sources.items[i]->path);
	strlist_extend(&p.given, &found.files);
	*out = p;
	p = (struct compose_project){0};
	return 0;
}
