#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "keep/program_lookup.h"
#include "keep/set.h"
#include "text/passwd.h"
#include "text/path.h"

static const char *const engine_paths[] = {
    "/proc",
    "/sys",
    "/dev",
    "/tmp",
    "/var/tmp",
    "/run",
    "/var/run",
    "/etc",
    "/etc/passwd",
    "/etc/group",
    "/etc/hosts",
    "/etc/hostname",
    "/etc/resolv.conf",
    "/etc/os-release",
};

/* Returns the home of the first line of that name, else of that uid; NULL if no line matches. Cuts the text into its
 * lines. */
static char *home_of(char *passwd, const char *user)
{
	uint32_t uid;
	bool numeric = passwd_parse_id(user, &uid);
	CLEANUP_FREE char *by_uid = NULL;
	for (struct passwd_entry e; passwd_next(&passwd, &e);) {
		if (strcmp(e.name, user) == 0)
			return mem_strdup(e.home);
		if (numeric && e.uid == uid && !by_uid)
			by_uid = mem_strdup(e.home);
	}
	return steal_ptr(&by_uid);
}

static void keep_home(struct keep_set *k, const struct oci_image_config *config)
{
	const char *env = strlist_get_env(&config->env, "HOME");
	if (env && *env == '/')
		(void)keep_lookup_path(k, env, KEEP_WHY(KEEP_CONFIG, IMAGE_NONE));
	CLEANUP_BUF struct buf passwd = {0};
	if (!image_index_text(k->index, "/etc/passwd", LIMIT_PASSWD, &passwd) || !passwd.len)
		return;
	CLEANUP_FREE char *user = mem_strndup(config->user, strcspn(config->user, ":"));
	passwd_clean(passwd.data, passwd.len);
	CLEANUP_FREE char *home = home_of(passwd.data, *user ? user : "0");
	if (home && *home == '/')
		(void)keep_lookup_path(k, home, KEEP_WHY(KEEP_CONFIG, IMAGE_NONE));
}

static void keep_below(struct keep_set *k, uint32_t node)
{
	const struct image_node *n = image_index_node(k->index, node);
	for (uint32_t i = 0; i < n->n_children; i++) {
		keep_node(k, n->first_child + i, KEEP_WHY(KEEP_CONFIG, IMAGE_NONE));
		keep_below(k, n->first_child + i);
	}
}

/* The engine runs it beside the program, so a trace of the program alone does not show it. */
static void keep_healthcheck(struct keep_set *k, const struct oci_image_config *config, const char *search)
{
	const struct strlist *test = &config->healthcheck;
	if (test->count < 2)
		return;
	if (strcmp(test->items[0], "CMD") == 0) {
		(void)keep_lookup_program(k, test->items[1], search, KEEP_WHY(KEEP_CONFIG, IMAGE_NONE));
	} else if (strcmp(test->items[0], "CMD-SHELL") == 0) {
		if (config->shell.count)
			(void)keep_lookup_program(k, config->shell.items[0], search, KEEP_WHY(KEEP_CONFIG, IMAGE_NONE));
		const char *word = test->items[1] + strspn(test->items[1], " \t\n");
		CLEANUP_FREE char *name = mem_strndup(word, strcspn(word, " \t\n;|&<>()"));
		(void)keep_lookup_program(k, name, search, KEEP_WHY(KEEP_CONFIG, IMAGE_NONE));
	}
}

void keep_config(struct keep_set *k, const struct oci_image_config *config)
{
	keep_node(k, 0, KEEP_WHY(KEEP_ENGINE, IMAGE_NONE));
	for (size_t i = 0; i < sizeof(engine_paths) / sizeof(engine_paths[0]); i++)
		(void)keep_lookup_path(k, engine_paths[i], KEEP_WHY(KEEP_ENGINE, IMAGE_NONE));

	CLEANUP_BUF struct buf dir = {0};
	path_join(&dir, "/", config->working_dir);
	(void)keep_path(k, dir.data, true, KEEP_WHY(KEEP_CONFIG, IMAGE_NONE));
	keep_home(k, config);
	for (size_t i = 0; i < config->volumes.count; i++) {
		uint32_t node = keep_path(k, config->volumes.items[i], true, KEEP_WHY(KEEP_CONFIG, IMAGE_NONE));
		if (node != IMAGE_NONE)
			keep_below(k, node);
	}

	const char *search = strlist_get_env(&config->env, "PATH");
	const struct strlist *command = config->entrypoint.count ? &config->entrypoint : &config->cmd;
	if (command->count)
		(void)keep_lookup_program(k, command->items[0], search, KEEP_WHY(KEEP_CONFIG, IMAGE_NONE));
	keep_healthcheck(k, config, search);
}
