#include "unit.h"

#include <poll.h>
#include <sys/syscall.h>

#include "base/cleanup.h"
#include "target/child.h"
#include "target/drive.h"
#include "target/listening.h"

/* A step that says where the service is reached. */
static int says_where(void *ctx, const struct exercise_target *t, struct exercise_log *log, struct err *err)
{
	CLEANUP_FREE char *address = exercise_target_address(t, t->ports[0].number);
	CLEANUP_FREE char *authority = exercise_target_authority(t, t->ports[0].number);
	struct exercise_step s = {.what = mem_printf("%zu %s %s", t->n_ports, address, authority)};
	exercise_log_add(log, &s);
	return 0;
}

static int waits(void *ctx, const struct exercise_target *t, struct exercise_log *log, struct err *err)
{
	if (ctx)
		kill(*(pid_t *)ctx, SIGKILL);
	return progress_wait(t->progress, 60000, err);
}

static int asks_for_exec(void *ctx, const struct exercise_target *t, struct exercise_log *log, struct err *err)
{
	char word[] = "true", *argv[] = {word, NULL};
	int status;
	return t->exec(t->exec_ctx, argv, &status, NULL, err);
}

static int drive(const struct target_service *s, const struct exercise *e, bool needs_port, struct run_result *out,
		 struct err *err)
{
	const struct target_drive what = {
	    .exercises = e, .n_exercises = 1, .needs_port = needs_port, .timeout_ms = 100, .continue_fd = -1};
	return target_drive(s, &what, NULL, out, err);
}

static struct target_service process(pid_t pid)
{
	return (struct target_service){.pid = pid,
				       .pidfd = (int)syscall(SYS_pidfd_open, pid, 0),
				       .network_ns = -1,
				       .root = -1,
				       .what = mem_strdup("process x")};
}

static void a_url_is_reached_at_its_address_by_its_name(void **state)
{
	CLEANUP_TARGET_SERVICE struct target_service s = {
	    .pidfd = -1, .network_ns = -1, .root = -1, .host = "service.test"};
	const struct exercise e = {.name = "test", .run = says_where};
	struct run_result run = {0};
	s.address = mem_strdup("::1");
	s.config.ports = mem_calloc(1, sizeof(*s.config.ports));
	s.config.ports[s.config.n_ports++].number = 8080;
	assert_int_equal(drive(&s, &e, true, &run, NULL), 0);
	assert_int_equal(run.steps.count, 1);
	assert_string_equal(run.steps.steps[0].what, "1 [::1]:8080 service.test:8080");
	exercise_log_done(&run.steps);
}

static void a_process_is_reached_where_it_listens(void **state)
{
	uint16_t port;
	CLEANUP_FD int fd = -1;
	listening(true, &port, &fd);
	pid_t child = child_start();
	CLEANUP_TARGET_SERVICE struct target_service s = process(child);
	const struct exercise e = {.name = "test", .run = says_where};
	struct run_result run = {0};
	CLEANUP_FREE char *want = mem_printf("1 127.0.0.1:%u 127.0.0.1:%u", port, port);
	assert_int_equal(drive(&s, &e, true, &run, NULL), 0);
	assert_string_equal(run.steps.steps[0].what, want);
	exercise_log_done(&run.steps);
	child_end(child);
}

static void fails(const struct target_service *s, const struct exercise *e, bool needs_port, enum err_code code,
		  const char *id)
{
	struct run_result run = {0};
	struct err err = {0};
	assert_int_equal(drive(s, e, needs_port, &run, &err), -(int)code);
	assert_string_equal(err.id, id);
	exercise_log_done(&run.steps);
}

static void what_can_go_wrong_is_told(void **state)
{
	pid_t child = child_start();
	CLEANUP_TARGET_SERVICE struct target_service s = process(child);
	const struct exercise slow = {.name = "test", .run = waits},
			      ends = {.name = "test", .run = waits, .ctx = &child},
			      exec = {.name = "test", .run = asks_for_exec};
	fails(&s, &slow, true, ERR_UNPROVEN, "service-never-listened");
	fails(&s, &slow, false, ERR_UNPROVEN, "exercise-timeout");
	fails(&s, &exec, false, ERR_UNSUPPORTED, "target-exec-unsupported");
	fails(&s, &ends, false, ERR_UNPROVEN, "container-ended-in-exercise");
	child_end(child);
	fails(&s, &slow, true, ERR_UNPROVEN, "container-ended-in-exercise");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_url_is_reached_at_its_address_by_its_name),
	    cmocka_unit_test(a_process_is_reached_where_it_listens),
	    cmocka_unit_test(what_can_go_wrong_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
