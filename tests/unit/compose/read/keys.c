#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/strset.h"
#include "compose/read/keys.h"
#include "os/fd.h"

/* The headings of the page, in the order of the sections. */
static const char *const headings[COMPOSE_SECTIONS] = {
    [COMPOSE_TOP] = "The file",
    [COMPOSE_SERVICE] = "A service",
    [COMPOSE_BUILD] = "build",
    [COMPOSE_HEALTHCHECK] = "healthcheck",
    [COMPOSE_DEPENDENCY] = "depends_on, long form",
    [COMPOSE_EXTENDS] = "extends",
    [COMPOSE_ENV_FILE] = "env_file, long form",
    [COMPOSE_ATTACHMENT] = "networks of a service, as a mapping",
    [COMPOSE_PORT] = "ports, long form",
    [COMPOSE_MOUNT] = "volumes of a service, long form",
    [COMPOSE_MOUNT_OF_BIND] = "bind of a mount",
    [COMPOSE_MOUNT_OF_VOLUME] = "volume of a mount",
    [COMPOSE_MOUNT_OF_TMPFS] = "tmpfs of a mount",
    [COMPOSE_GRANT] = "configs and secrets of a service, long form",
    [COMPOSE_ULIMIT] = "ulimits, long form",
    [COMPOSE_INCLUDE] = "include, long form",
    [COMPOSE_NETWORK] = "A network",
    [COMPOSE_IPAM] = "ipam of a network",
    [COMPOSE_IPAM_CONFIG] = "config of ipam",
    [COMPOSE_VOLUME] = "A volume",
    [COMPOSE_SOURCE] = "A config or a secret",
};

/* Adds "HEADING: KEY VERDICT" for each row of slim-compose(5). */
static void read_page(struct strset *out)
{
	CLEANUP_FREE char *path = mem_printf("%s/../../cmd/man/slim-compose.5.scd", getenv("SLIM_TEST_GOLDEN"));
	CLEANUP_BUF struct buf page = {0};
	char heading[80] = "", key[40] = "", verdict[20];
	assert_int_equal(fd_read_file(AT_FDCWD, path, 1 << 20, &page, NULL), 0);
	char *rest = page.data, *line;
	while ((line = strsep(&rest, "\n"))) {
		if (strncmp(line, "## ", 3) == 0)
			(void)snprintf(heading, sizeof(heading), "%s", line + 3);
		else if (heading[0] && sscanf(line, "|  *%39[a-z0-9_]*", key) == 1)
			assert_true(rest && sscanf(rest, ":  %19s", verdict) == 1);
		else
			continue;
		if (key[0]) {
			CLEANUP_FREE char *row = mem_printf("%s: %s %s", heading, key, verdict);
			strset_add(out, row);
			key[0] = 0;
		}
	}
}

static void page_has_all(void **state)
{
	static const char *const verdicts[] = {
	    [COMPOSE_DONE] = "done", [COMPOSE_IGNORED] = "ignored", [COMPOSE_REFUSED] = "refused"};
	CLEANUP_STRSET struct strset page = {0};
	const struct compose_key *k;
	size_t n = 0;
	read_page(&page);
	for (; (k = compose_key_at(n)); n++) {
		CLEANUP_FREE char *row = mem_printf("%s: %s %s", headings[k->section], k->key, verdicts[k->verdict]);
		if (strset_find(&page, row) == STRSET_NONE)
			fail_msg("the page lacks %s", row);
	}
	assert_true(n > 200);
	assert_int_equal(page.count, n); /* it has no others */
}

/* A key has a reason if a user needs one, and stands there once. */
static void rows(void **state)
{
	const struct compose_key *k;
	for (size_t i = 0; (k = compose_key_at(i)); i++) {
		assert_ptr_equal(compose_key_find(k->section, k->key), k);
		if (!k->reason != (k->verdict == COMPOSE_DONE))
			fail_msg("%s: %s", headings[k->section], k->key);
	}
	assert_null(compose_key_find(COMPOSE_SERVICE, "prots"));
	assert_null(compose_key_find(COMPOSE_TOP, "ports"));
}

static void nearest(void **state)
{
	assert_string_equal(compose_key_nearest(COMPOSE_SERVICE, "enviroment"), "environment");
	assert_string_equal(compose_key_nearest(COMPOSE_TOP, "service"), "services");
	assert_null(compose_key_nearest(COMPOSE_HEALTHCHECK, "environment"));
}

static void fine(void **state)
{
	const struct compose_key *ipc = compose_key_find(COMPOSE_SERVICE, "ipc");
	assert_true(compose_key_is_fine(ipc, "private"));
	assert_true(compose_key_is_fine(ipc, "shareable"));
	assert_false(compose_key_is_fine(ipc, "share"));
	assert_false(compose_key_is_fine(ipc, "host"));
	assert_false(compose_key_is_fine(ipc, ""));
	assert_false(compose_key_is_fine(compose_key_find(COMPOSE_SERVICE, "gpus"), "all"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(page_has_all),
	    cmocka_unit_test(rows),
	    cmocka_unit_test(nearest),
	    cmocka_unit_test(fine),
	};
	return cmocka_run_group_tests_name("keys", tests, NULL, NULL);
}
