#include "stack/stack.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "stack/names.h"
#include "stack/drive.h"
#include "stack/start.h"

#define STOP_MS 10000 /* between the stop signal and the kill, as with an engine */

/* ---- what each container is given ---- */

static int on_mounted(void *ctx, int root, struct err *err)
{
	const struct stack_node *n = ctx;
	return stack_mounts_fill_volumes(&n->settings.mounts, n->stack->volumes, root, err);
}

/* Its network namespace is there: joins the networks. */
static int on_made(void *ctx, const char *path, struct err *err)
{
	const struct stack_node *n = ctx;
	struct stack *s = n->stack;
	int r = 0;
	pthread_mutex_lock(&s->lock);
	for (size_t i = 0; r == 0 && i < n->service->n_networks; i++) {
		const struct compose_attachment *a = &n->service->networks[i];
		const size_t network = stack_names_network(s->options->project, a->network);
		char address[INET_ADDRSTRLEN];
		r = stack_network_address(s->network, network, n->nth, a->ipv4, address, err);
		if (r == 0)
			r = stack_network_attach(s->network, path, network, address, n->first_interface + (unsigned)i,
						 err);
	}
	pthread_mutex_unlock(&s->lock);
	return r;
}

static bool reaches_outside(const struct stack *s, const struct compose_service *service)
{
	for (size_t i = 0; i < service->n_networks; i++)
		if (!s->options->project
			 ->networks[stack_names_network(s->options->project, service->networks[i].network)]
			 .internal)
			return true;
	return false;
}

static int take_address(struct stack_node *n, struct run_options *o, struct err *err)
{
	const struct stack_options *from = n->stack->options;
	const struct compose_attachment *first = n->service->networks;
	if (!n->service->n_networks)
		return 0;
	o->bundle.address = n->address;
	return stack_network_address(n->stack->network, stack_names_network(from->project, first->network), n->nth,
				     first->ipv4, n->address, err);
}

static int connect_node(struct stack_node *n, struct run_options *o, struct err *err)
{
	const struct compose_service *service = n->service;
	const char *mode = service->network_mode;
	if (mode && strcmp(mode, "host") == 0) {
		o->bundle.network = RUNTIME_NETWORK_HOST;
		return 0;
	}
	if (mode && strcmp(mode, "none") == 0) {
		o->bundle.network = RUNTIME_NETWORK_PRIVATE;
		return 0;
	}
	if (mode && strcmp(mode, "bridge") != 0 && strcmp(mode, "default") != 0)
		return err_set(err, ERR_UNSUPPORTED, "compose-key-unsupported",
			       "service %s: slim has no network_mode \"%s\"; it has host, none and networks",
			       service->name, mode);
	o->bundle.network = RUNTIME_NETWORK_BRIDGE;
	o->bridge = n->stack->options->target->bridge;
	if (n->nth) { /* ports are published for the target only */
		o->bridge.exposed = RUN_BRIDGE_EXPOSED_NOT;
		o->bridge.n_ports = 0;
	}
	if (service->n_networks && !reaches_outside(n->stack, service))
		o->bridge.helper = NULL;
	o->bridge.made = on_made;
	o->bridge.made_ctx = n;
	n->first_interface = o->bridge.helper != NULL; /* eth0 leads out */
	int r = take_address(n, o, err);
	return r < 0 ? r
		     : stack_names_hosts(n->stack->options->project, n->stack->options->plan, n->stack->network, n->nth,
					 &n->settings.hosts, err);
}

/* The options of a container beside the target. */
static int fill_options(struct stack_node *n, struct err *err)
{
	const struct run_options *target = n->stack->options->target;
	CLEANUP_FREE char *missing = NULL;
	n->options = (struct run_options){
	    .runtime = target->runtime,
	    .sensor = target->sensor,
	    .ready_timeout_ms = target->ready_timeout_ms,
	    .stop_timeout_ms = STOP_MS,
	    .allow_unconfined = target->allow_unconfined,
	    .input_fd = -1,
	    .host_mount_ns = target->host_mount_ns,
	    .log_fd = n->stack->options->members[n->nth - 1].log_fd,
	    .bundle.limits = runtime_limits_default(),
	    .around = &n->around,
	};
	int r = connect_node(n, &n->options, err);
	if (r < 0)
		return r;
	stack_settings_use(&n->settings, &n->options);
	n->options.bundle.limits =
	    runtime_limits_possible(&n->options.bundle.limits, &target->runtime->cgroups, &missing);
	return 0;
}

static int fill_node(struct stack_node *n, struct err *err)
{
	const struct stack_options *o = n->stack->options;
	n->service = stack_names_service(o->project, o->plan, n->nth);
	n->around = (struct run_around){.mounted = on_mounted, .ctx = n};
	int r = stack_settings_fill(o->project, n->service, n->stack->volumes, &n->settings, err);
	if (r < 0 || n->nth == 0)
		return r;
	const struct stack_member *m = &o->members[n->nth - 1];
	n->drives = o->drivers && strlist_has(o->drivers, n->service->name);
	stack_health_fill(n->service->healthcheck, m->image->config, &n->health);
	n->work = (struct stack_dependency_work){
	    .service = n->service->name,
	    .dir = m->dir,
	    .image = m->image,
	    .options = &n->options,
	    .health = &n->health,
	    .changed = n->stack->changed,
	};
	return fill_options(n, err);
}

static int open_network(struct stack *s, struct err *err)
{
	const struct compose_project *p = s->options->project;
	CLEANUP_FREE struct stack_network_plan *plans = mem_calloc(p->n_networks + 1, sizeof(*plans));
	for (size_t i = 0; i < p->n_networks; i++)
		plans[i] =
		    (struct stack_network_plan){p->networks[i].key, p->networks[i].internal, p->networks[i].subnet};
	int r = stack_network_open(plans, p->n_networks, &s->network, err);
	return r < 0 ? r : stack_names_reserve(p, s->options->plan, s->network, err);
}

int stack_new(const struct stack_options *options, struct stack **out, struct err *err)
{
	struct stack *s = mem_alloc(sizeof(*s));
	s->options = options;
	pthread_mutex_init(&s->lock, NULL);
	s->changed = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	s->nodes = mem_calloc(options->plan->count + 1, sizeof(*s->nodes));
	int r = s->changed < 0 ? err_sys(err, errno, "eventfd-create", "the stack") : open_network(s, err);
	if (r == 0)
		r = stack_volumes_new(options->dir->fd, options->dir->path, &s->volumes, err);
	for (size_t i = 0; r == 0 && i <= options->plan->count; i++) {
		s->nodes[i].stack = s;
		s->nodes[i].nth = s->n_nodes++;
		r = fill_node(&s->nodes[i], err);
	}
	if (r < 0)
		stack_free(s);
	else
		*out = s;
	return r;
}

void stack_free(struct stack *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n_nodes; i++) {
		stack_settings_done(&s->nodes[i].settings);
		stack_health_done(&s->nodes[i].health);
		free(s->nodes[i].name);
	}
	free(s->nodes);
	free(s->exercises);
	stack_network_close(s->network);
	stack_volumes_free(s->volumes);
	pthread_mutex_destroy(&s->lock);
	cleanup_closep(&s->changed);
	free(s);
}

int stack_use(struct stack *s, struct run_options *target, struct err *err)
{
	struct stack_node *n = &s->nodes[0];
	int r = connect_node(n, target, err);
	if (r < 0)
		return r;
	stack_settings_use(&n->settings, target);
	n->around.begin = stack_start_begin;
	n->around.end = stack_start_end;
	target->around = &n->around;
	stack_drive_use(s, target);
	return 0;
}
