/* networks DIRECTORY HELPER - opens two networks, of which back is internal, with three members: web is on both, db on
 * back, cron on front. For test_stack_network.py. Those with a way out have it through HELPER. Prints a line for each
 * member, its name, the path of its namespace, and its addresses; then "up". Each line of its input names a member,
 * which is started again, and whose line is printed again. Ends with its input. DIRECTORY: for files of HELPER. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "run/bridge/bridge.h"
#include "runtime/userns.h"
#include "stack/network/network.h"

enum { FRONT, BACK };
static const struct stack_network_plan plans[] = {{"front", false, NULL}, {"back", true, "172.28.5.0/24"}};

static struct member {
	const char *name;
	size_t networks[2], n;
	const char *wanted; /* of the last one */
	struct run_bridge bridge;
	char addresses[2][INET_ADDRSTRLEN];
} members[] = {
    {"db", {BACK}, 1, "172.28.5.77"},
    {"web", {FRONT, BACK}, 2, NULL},
    {"cron", {FRONT}, 1, NULL},
};
#define N_MEMBERS (sizeof(members) / sizeof(*members))

struct joining {
	struct stack_network *network;
	const struct member *member;
};

static int join(void *ctx, const char *path, struct err *err)
{
	const struct joining *j = ctx;
	const struct member *m = j->member;
	const unsigned first = stack_network_leads_out(j->network, m->networks, m->n);
	int r = 0;
	for (size_t i = 0; r == 0 && i < m->n; i++)
		r = stack_network_attach(j->network, path, m->networks[i], m->addresses[i], first + (unsigned)i, err);
	return r;
}

static int start(struct member *m, struct stack_network *network, int dir, const char *dir_path,
		 const struct run_bridge_helper *helper, struct err *err)
{
	struct joining j = {network, m};
	const struct run_bridge_options o = {.helper =
						 stack_network_leads_out(network, m->networks, m->n) ? helper : NULL,
					     .made = join,
					     .made_ctx = &j};
	int r = run_bridge_open(dir, dir_path, &o, NULL, 0, &m->bridge, err);
	if (r == 0)
		printf("%s %s %s %s\n", m->name, m->bridge.keeper.path, m->addresses[0], m->addresses[1]);
	return r;
}

static struct member *by_name(const char *name)
{
	for (size_t i = 0; i < N_MEMBERS; i++)
		if (strcmp(members[i].name, name) == 0)
			return &members[i];
	return NULL;
}

static int serve(struct stack_network *network, int dir, const char *dir_path, const struct run_bridge_helper *helper,
		 struct err *err)
{
	char line[64];
	int r = 0;
	for (size_t i = 0; r == 0 && i < N_MEMBERS; i++) {
		struct member *m = &members[i];
		for (size_t k = 0; r == 0 && k < m->n; k++)
			r = stack_network_address(network, m->networks[k], i, k + 1 == m->n ? m->wanted : NULL,
						  m->addresses[k], err);
	}
	for (size_t i = 0; r == 0 && i < N_MEMBERS; i++)
		r = start(&members[i], network, dir, dir_path, helper, err);
	if (r == 0)
		puts("up");
	fflush(stdout);
	while (r == 0 && fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		struct member *m = by_name(line);
		if (!m)
			return err_set(err, ERR_INVAL, "member", "no member %s", line);
		run_bridge_close(&m->bridge);
		r = start(m, network, dir, dir_path, helper, err);
		fflush(stdout);
	}
	return r;
}

int main(int argc, char **argv)
{
	struct err err = {0};
	struct stack_network *network = NULL;
	const struct run_bridge_helper *helper;
	if (argc != 3) {
		fprintf(stderr, "usage: %s DIRECTORY HELPER\n", argv[0]);
		return 2;
	}
	CLEANUP_FD int dir = open(argv[1], O_PATH | O_DIRECTORY | O_CLOEXEC);
	for (size_t i = 0; i < N_MEMBERS; i++)
		members[i].bridge = RUN_BRIDGE_NONE;
	int r = dir < 0 ? err_sys(&err, errno, "directory", "%s", argv[1]) : runtime_userns_enter(&err);
	if (r == 0)
		r = run_bridge_find(argv[2], &helper, &err);
	if (r == 0)
		r = stack_network_open(plans, sizeof(plans) / sizeof(*plans), &network, &err);
	if (r == 0)
		r = serve(network, dir, argv[1], helper, &err);
	for (size_t i = 0; i < N_MEMBERS; i++)
		run_bridge_close(&members[i].bridge);
	stack_network_close(network);
	if (r < 0)
		fprintf(stderr, "%s\n", err.msg);
	return r < 0;
}
