#include "fuzz.h"

#include "compose/project.h"

#define MARK "\n%%\n"

static void check_service(const struct compose_project *p, const struct compose_service *s)
{
	assert(s->name[0] && !strpbrk(s->name, "/ \n"));
	assert(s->image || s->build || s->refused);
	assert(s->network_mode || s->n_networks);
	for (size_t i = 0; i < s->n_mounts; i++) {
		const struct compose_mount *m = &s->mounts[i];
		assert(m->target[0] == '/' && !strstr(m->target, "/../"));
		assert(m->kind != COMPOSE_MOUNT_BIND || m->source[0] == '/');
		for (size_t k = 0; k < i; k++)
			assert(strcmp(s->mounts[k].target, m->target) != 0);
	}
	for (size_t i = 0; i < s->n_dependencies; i++) {
		const struct compose_service *on = compose_project_service(p, s->dependencies[i].service);
		assert(on && on != s && (on->enabled || !s->enabled || s->dependencies[i].optional));
	}
	for (size_t i = 0; i < s->n_secrets; i++)
		assert(s->secrets[i].target[0] == '/');
	for (size_t i = 0; i < s->ports.count; i++)
		assert(s->ports.items[i][0] &&
		       strspn(s->ports.items[i], "0123456789abcdef.:[]-/udpsct") == strlen(s->ports.items[i]));
	assert(!s->enabled || !s->refused);
}

/* A compose file, behind a mark one that is merged into it, and behind another .env. Checks that what the project's
 * parts refer to is there, and that a refusal has a message. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char *const names[] = {"compose.yaml", "override.yaml", ".env"};
	struct fuzz_input in = {data, n};
	CLEANUP_STRLIST struct strlist files = {0};
	CLEANUP_COMPOSE_PROJECT struct compose_project p = {0};
	struct err err = {0};
	const int dir = fuzz_directory();
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		CLEANUP_FREE char *text = fuzz_cut(&in, MARK);
		fuzz_write(dir, names[i], text, strlen(text), 0600);
		if (i < 2 && (!i || text[0]))
			strlist_take(&files, mem_printf("%s/%s", fuzz_path, names[i]));
	}
	const struct compose_options o = {.files = &files, .name = "p", .no_host_env = true};
	if (compose_project_load(&o, &p, &err) < 0) {
		assert(err.code && err.id[0] && err.msg[0] && !p.n_services);
		return 0;
	}
	assert(p.n_services && strcmp(p.name, "p") == 0);
	for (size_t i = 0; i < p.n_services; i++)
		check_service(&p, &p.services[i]);
	return 0;
}
