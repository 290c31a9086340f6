/* compose_print.c - prints a compose project as JSON: compose_print [-f FILE].. [--env-file FILE].. [--profile NAME]..
 * [--service NAME].. [--project-directory DIR] [-p NAME] [--no-env]. For tests/integration/test_compose_files.py. */
#include <stdio.h>
#include <string.h>

#include "compose/project_json.h"

int main(int argc, char **argv)
{
	CLEANUP_STRLIST struct strlist files = {0}, env_files = {0}, profiles = {0}, wanted = {0};
	struct compose_options o = {.files = &files, .env_files = &env_files, .profiles = &profiles, .wanted = &wanted};
	const struct {
		const char *name;
		struct strlist *list;
		const char **text;
	} options[] = {{"-f", &files, NULL},           {"--env-file", &env_files, NULL},
		       {"--profile", &profiles, NULL}, {"--service", &wanted, NULL},
		       {"-p", NULL, &o.name},          {"--project-directory", NULL, &o.working_dir}};
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--no-env") == 0)
			o.no_host_env = true;
		for (size_t k = 0; i + 1 < argc && k < sizeof(options) / sizeof(options[0]); k++)
			if (strcmp(argv[i], options[k].name) == 0) {
				i++;
				if (options[k].list)
					strlist_add(options[k].list, argv[i]);
				else
					*options[k].text = argv[i];
				break;
			}
	}
	CLEANUP_COMPOSE_PROJECT struct compose_project p = {0};
	struct err err = {0};
	if (compose_project_load(&o, &p, &err) < 0) {
		fprintf(stderr, "%s: %s: %s\n", err_code_name(err.code), err.id, err.msg);
		return 1;
	}
	json_auto_t *v = project_json(&p);
	if (!v)
		return 2;
	json_dumpf(v, stdout, JSON_INDENT(1));
	return 0;
}
