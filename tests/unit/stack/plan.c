#include "unit.h"

#include "base/buf.h"
#include "base/mem.h"
#include "stack/plan.h"

/* Services by name, each with those that it depends on, in the form "web:db,cache cache db". */
struct services {
	struct compose_service items[8];
	struct compose_project project;
};

static void add_dependencies(struct compose_service *s, char *names)
{
	s->dependencies = mem_calloc(8, sizeof(*s->dependencies));
	for (char *name; (name = strsep(&names, ","));) {
		const bool optional = *name == '?';
		s->dependencies[s->n_dependencies++] =
		    (struct compose_dependency){.service = mem_strdup(name + optional), .optional = optional};
	}
}

static void make(const char *text, struct services *out)
{
	CLEANUP_FREE char *copy = mem_strdup(text);
	*out = (struct services){0};
	for (char *rest = copy, *word; (word = strsep(&rest, " "));) {
		struct compose_service *s = &out->items[out->project.n_services++];
		char *names = word;
		s->name = mem_strdup(strsep(&names, ":"));
		if (names)
			add_dependencies(s, names);
	}
	out->project.services = out->items;
}

static void unmake(struct services *s)
{
	for (size_t i = 0; i < s->project.n_services; i++) {
		for (size_t d = 0; d < s->items[i].n_dependencies; d++)
			free(s->items[i].dependencies[d].service);
		free(s->items[i].dependencies);
		free(s->items[i].name);
	}
}

/* want: the others in their order, or the id of the error. */
static void plan_one(const char *services, const struct stack_choice *choice, const char *want)
{
	struct services s;
	struct err err = {0};
	CLEANUP_STACK_PLAN struct stack_plan plan = {0};
	CLEANUP_BUF struct buf got = {0};
	make(services, &s);
	if (stack_plan_make(&s.project, "web", choice, &plan, &err) < 0)
		buf_str(&got, err.id);
	for (size_t i = 0; i < plan.count; i++)
		buf_printf(&got, "%s%s", i ? " " : "", s.items[plan.services[i]].name);
	assert_string_equal(got.len ? got.data : "", want);
	unmake(&s);
}

static void what_the_target_needs(void **state)
{
	const struct stack_choice usual = {0};
	plan_one("web", &usual, "");
	plan_one("web db", &usual, "");
	plan_one("web:db db", &usual, "db");
	plan_one("web:cache,db db cache:db other", &usual, "db cache");
	plan_one("other:web web:db db:init init", &usual, "init db");
	plan_one("web:a,b a:c b:c c", &usual, "c a b");
	plan_one("web:?gone", &usual, "");
}

static void wrong_projects(void **state)
{
	const struct stack_choice usual = {0};
	plan_one("db", &usual, "compose-service-unknown");
	plan_one("web:db", &usual, "compose-service-unknown");
	plan_one("web:web", &usual, "compose-dependency-circle");
	plan_one("web:a a:b b:a", &usual, "compose-dependency-circle");
	plan_one("web:a a:web", &usual, "compose-dependency-circle");
}

static void what_the_user_chooses(void **state)
{
	CLEANUP_STRLIST struct strlist one = {0}, none = {0};
	strlist_add(&one, "mail");
	strlist_add(&none, "nothing");
	const struct stack_choice more = {.include = &one}, fewer = {.exclude = &one},
				  only = {.include = &one, .exclude_all = true}, alone = {.exclude_all = true},
				  wrong = {.include = &none}, wrong_too = {.exclude = &none};
	plan_one("web:db db mail:queue queue", &more, "db queue mail");
	plan_one("web:db,mail db mail:queue queue", &fewer, "db");
	plan_one("web:db db mail:queue queue", &only, "queue mail");
	plan_one("web:db db mail", &alone, "");
	plan_one("web mail:web", &more, "mail");
	plan_one("web mail", &wrong, "compose-service-unknown");
	plan_one("web mail", &wrong_too, "compose-service-unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_the_target_needs),
	    cmocka_unit_test(wrong_projects),
	    cmocka_unit_test(what_the_user_chooses),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
