#include "target/drive.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "os/fd.h"
#include "run/by_hand.h"
#include "run/driver.h"
#include "run/record.h"
#include "target/ports.h"

#define LOOK_MS 50 /* between two looks for a port */

struct driving {
	const struct target_service *service;
	const struct target_drive *what;
	const struct progress *progress;
	struct run_readiness readiness;
	uint64_t began;
};

/* ---- until it is ready ---- */

static int by_port(const void *a, const void *b)
{
	return (int)((const struct listener *)a)->port - (int)((const struct listener *)b)->port;
}

static int look(struct driving *d, struct err *err)
{
	CLEANUP_LISTENERS struct listeners now = {0};
	int r = target_ports(d->service, &now, err);
	if (now.count)
		qsort(now.items, now.count, sizeof(*now.items), by_port);
	for (size_t i = 0; r == 0 && i < now.count; i++) {
		const struct trace_port port = {.number = now.items[i].port};
		run_readiness_add(&d->readiness, &port);
	}
	return r;
}

static bool listens(const struct driving *d)
{
	const struct run_readiness *r = &d->readiness;
	if (d->what->ready && d->what->ready->asked && run_readiness_waits(r))
		return run_readiness_reached(r) == RUN_PORTS_ALL;
	return r->n_ports || !d->what->needs_port;
}

static int ended(const struct driving *d, struct err *err)
{
	return err_set(err, ERR_UNPROVEN, "container-ended-in-exercise", "%s ended while it was exercised",
		       d->service->what);
}

static int late(const struct driving *d, struct err *err)
{
	if (d->readiness.n_ports || d->what->ready)
		return run_readiness_late(&d->readiness, (unsigned)((clock_ms() - d->began + 999) / 1000), err);
	return err_set(err, ERR_UNPROVEN, "service-never-listened",
		       "%s listens on no port; --ready-timeout SECONDS waits for a port", d->service->what);
}

static int await(struct driving *d, struct err *err)
{
	if (d->service->address) {
		run_readiness_add(&d->readiness, &(struct trace_port){.number = d->service->config.ports[0].number});
		return 0;
	}
	for (;;) {
		int r = look(d, err);
		if (r < 0)
			return target_service_runs(d->service) ? r : ended(d, err);
		if (listens(d))
			return 0;
		if (!target_service_runs(d->service))
			return ended(d, err);
		if (clock_ms() >= d->what->ready_until)
			return late(d, err);
		if ((r = progress_wait(d->progress, LOOK_MS, err)) < 0)
			return r;
	}
}

/* ---- driving it ---- */

static int start(struct driving *d, struct run_driver **out, struct err *err)
{
	const struct target_service *s = d->service;
	size_t n;
	CLEANUP_FREE struct oci_port *ports = run_readiness_ports(&d->readiness, &n);
	const struct run_driver_work work = {
	    .exercises = d->what->exercises,
	    .n_exercises = d->what->n_exercises,
	    .network_ns = s->owns_network ? s->network_ns : -1,
	    .owns_network = s->owns_network,
	    .host = s->address,
	    .name = s->host,
	    .hostname = s->container.hostname,
	    .init = s->pid,
	    .init_fd = s->pidfd,
	    .root = s->root,
	    .host_mount_ns = -1,
	    .ready_until = d->what->ready_until,
	    .progress = d->progress,
	};
	return run_driver_start(&work, ports, n, out, err);
}

/* Never called: the options that need it were refused. */
static void refuse_exec(struct run_driver *driver)
{
	struct err err = {0};
	if (!run_driver_exec_request(driver))
		return;
	err_set(&err, ERR_UNSUPPORTED, "target-exec-unsupported",
		"slim runs no command in a container that runs already");
	run_driver_exec_answer(driver, -1, NULL, &err);
}

/* Waits until the exercises are done, or returns why they must stop. */
static int watch(const struct driving *d, struct run_driver *driver, struct err *err)
{
	const uint64_t until = d->what->timeout_ms ? clock_ms() + d->what->timeout_ms : UINT64_MAX;
	while (!run_driver_done(driver)) {
		struct pollfd fds[3] = {{.fd = run_driver_fd(driver), .events = POLLIN},
					{.fd = d->service->pidfd, .events = POLLIN},
					{.fd = d->progress ? d->progress->cancel_fd : -1, .events = POLLIN}};
		refuse_exec(driver);
		uint64_t now = clock_ms();
		if (now >= until)
			return err_set(err, ERR_UNPROVEN, "exercise-timeout",
				       "the exercises did not end within %llu s; --drive-timeout gives them more",
				       (unsigned long long)d->what->timeout_ms / 1000);
		(void)fd_poll(fds, 3, until - now < 60000 ? (int)(until - now) : 60000);
		int r = progress_check(d->progress, err);
		if (r < 0)
			return r;
		if (fds[1].revents)
			return ended(d, err);
	}
	return 0;
}

/* ---- after that ---- */

/* While others drive it. */
static int linger(const struct driving *d, struct err *err)
{
	const struct target_drive *what = d->what;
	const bool by_hand = what->until == RUN_UNTIL_FD, timed = what->until == RUN_UNTIL_SECONDS;
	const uint64_t until = clock_ms() + 1000ull * what->seconds;
	if (what->until == RUN_UNTIL_EXERCISED)
		return 0;
	int r = progress_step(d->progress, by_hand ? RUN_STAGE_BY_HAND : "run", 0, 0, "", err);
	for (uint64_t now = clock_ms(); r == 0 && (!timed || now < until); now = clock_ms()) {
		struct pollfd fds[3] = {{.fd = by_hand ? what->continue_fd : -1, .events = POLLIN},
					{.fd = d->service->pidfd, .events = POLLIN},
					{.fd = d->progress ? d->progress->cancel_fd : -1, .events = POLLIN}};
		(void)fd_poll(fds, 3, timed && until - now < 60000 ? (int)(until - now) : 60000);
		if ((r = progress_check(d->progress, err)) < 0)
			return r;
		if (fds[0].revents && run_by_hand_take(what->continue_fd) != RUN_BY_HAND_NOT_YET)
			return 0;
		if (fds[1].revents)
			return what->until == RUN_UNTIL_EXIT ? 0 : ended(d, err);
	}
	return r;
}

int target_drive(const struct target_service *s, const struct target_drive *what, const struct progress *progress,
		 struct run_result *out, struct err *err)
{
	struct driving d = {.service = s, .what = what, .progress = progress, .began = clock_ms()};
	CLEANUP_RUN_DRIVER struct run_driver *driver = NULL;
	d.readiness =
	    (struct run_readiness){.config = &s->config, .ready = what->ready, .needs_port = what->needs_port};
	int r = progress_step(progress, "start", 0, 0, "", err);
	if (r == 0)
		r = await(&d, err);
	if (r == 0 && (r = progress_step(progress, "exercise", 0, 0, "", err)) == 0)
		r = start(&d, &driver, err);
	if (r == 0 && s->container.image)
		out->ports_remark = run_readiness_remark(&d.readiness);
	run_readiness_done(&d.readiness);
	if (!driver)
		return r;
	if (r == 0)
		r = watch(&d, driver, err);
	if (r < 0)
		run_driver_stop(driver);
	uint64_t ready_at = run_driver_ready_at(driver);
	out->ready_ms = ready_at ? ready_at - d.began : 0;
	int failed = run_driver_join(driver, &out->steps, r < 0 ? NULL : err);
	out->ms = out->exercised_ms = clock_ms() - d.began;
	if (r == 0)
		r = failed;
	return r < 0 ? r : linger(&d, err);
}
