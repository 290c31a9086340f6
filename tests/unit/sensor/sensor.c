/* The sensor on this very program: as "launch" it loads the filter, as the OCI runtime would, and executes
 * itself as "act", which does the things whose traces are expected. */
#include "unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/strlist.h"
#include "sensor/sensor.h"

/* ---- the followed program ---- */

static enum sensor_kind kind;

static const char *const no_capabilities[] = {NULL};

static struct sensor_programs *programs; /* of all tests: each sensor uses what the one before has used */

static uint32_t action_of(const struct sensor_filter_rule *r)
{
	return r->action == SENSOR_FILTER_ALLOW   ? SCMP_ACT_ALLOW
	       : r->action == SENSOR_FILTER_TRACE ? SCMP_ACT_TRACE(SENSOR_FILTER_DATA_TRACE)
	       : r->action == SENSOR_FILTER_TRAP  ? SCMP_ACT_TRAP
						  : SCMP_ACT_ERRNO(r->deny_errno);
}

static int launch(char **argv)
{
	CLEANUP_SENSOR_FILTER struct sensor_filter filter = {0};
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(SENSOR_FILTER_DEFAULT_ERRNO));
	sensor_filter_init(&filter, kind, no_capabilities);
	for (const struct sensor_filter_rule *r = filter.rules; r < filter.rules + filter.count; r++)
		for (size_t i = 0; i < r->n_names; i++) {
			int nr = seccomp_syscall_resolve_name(r->names[i]);
			struct scmp_arg_cmp args[2];
			for (unsigned k = 0; k < r->n_conditions; k++)
				args[k] = SCMP_CMP64(r->conditions[k].arg, SCMP_CMP_MASKED_EQ, r->conditions[k].mask,
						     r->conditions[k].value);
			if (nr >= 0)
				seccomp_rule_add_array(ctx, action_of(r), nr, r->n_conditions, args);
		}
	if (seccomp_load(ctx) < 0)
		return 99;
	close(open("/before/the/container", O_RDONLY)); /* the runtime's own: not to be recorded */
	execv(argv[0], argv);
	return 98;
}

static int act_paths(void)
{
	struct stat st;
	char dir[] = "/tmp/slim-sensor-XXXXXX";
	if (!mkdtemp(dir) || chdir(dir) < 0)
		return 1;
	printf("%s\n", dir);
	fflush(stdout);
	close(open("relative/./file", O_RDONLY));
	close(open("/absolute//file", O_RDONLY));
	int fd = open("/usr", O_RDONLY | O_DIRECTORY);
	close(openat(fd, "under-usr", O_RDONLY | O_NOFOLLOW));
	(void)!fstatat(fd, "lib", &st, 0);
	(void)!fstatat(fd, "", &st, AT_EMPTY_PATH);
	close(fd);
	(void)!lstat("linked", &st);
	(void)!access("accessed", R_OK);
	char link[10];
	(void)!readlink("link", link, sizeof(link));
	(void)!mkdir("made", 0700);
	(void)!rename("made", "moved");
	(void)!rmdir("moved");
	close(open("written", O_WRONLY | O_CREAT, 0600));
	(void)!unlink("written");
	int sock = socket(AF_UNIX, SOCK_STREAM, 0);
	struct sockaddr_un sun = {.sun_family = AF_UNIX, .sun_path = "/nowhere/socket"};
	(void)!connect(sock, (struct sockaddr *)&sun, sizeof(sun));
	struct sockaddr_un abstract = {.sun_family = AF_UNIX, .sun_path = "\0abstract"};
	(void)!connect(sock, (struct sockaddr *)&abstract, sizeof(abstract));
	(void)!syscall(SYS_openat, AT_FDCWD, (void *)1, O_RDONLY); /* EFAULT: no access, nothing lost */
	(void)!chdir("/");
	return rmdir(dir);
}

static int act_listen(void)
{
	int sock = socket(AF_INET, SOCK_STREAM, 0), udp = socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(in);
	if (bind(sock, (struct sockaddr *)&in, sizeof(in)) < 0 || listen(sock, 1) < 0)
		return 1;
	getsockname(sock, (struct sockaddr *)&in, &len);
	printf("%u\n", ntohs(in.sin_port));
	in.sin_port = 0;
	if (bind(udp, (struct sockaddr *)&in, sizeof(in)) < 0)
		return 1;
	getsockname(udp, (struct sockaddr *)&in, &len);
	printf("%u\n", ntohs(in.sin_port));
	return 0;
}

/* Children of every kind, each of which names a path. */
static int act_children(void)
{
	for (volatile int i = 0; i < 200; i++) { /* vfork: not in a register */
		pid_t pid = i % 2 ? fork() : vfork();
		if (pid == 0) {
			execl("/bin/sh", "sh", "-c", "exec 2>/dev/null; : </child/of/vfork", NULL);
			_exit(1);
		}
		waitpid(pid, NULL, 0);
	}
	if (fork() == 0) { /* a daemon: its parent is gone before it acts */
		setsid();
		if (fork() == 0) {
			close(open("/from/daemon", O_RDONLY));
			_exit(0);
		}
		_exit(0);
	}
	while (wait(NULL) > 0)
		;
	return 0;
}

static int act_stop(void)
{
	pid_t pid = fork();
	if (pid == 0) {
		raise(SIGSTOP);
		close(open("/after/stop", O_RDONLY));
		_exit(7);
	}
	int status;
	if (waitpid(pid, &status, WUNTRACED) != pid || !WIFSTOPPED(status) || WSTOPSIG(status) != SIGSTOP)
		return 1;
	kill(pid, SIGCONT);
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return 2;
	return WEXITSTATUS(status);
}

static int act(const char *what)
{
	if (strcmp(what, "paths") == 0)
		return act_paths();
	if (strcmp(what, "listen") == 0)
		return act_listen();
	if (strcmp(what, "children") == 0)
		return act_children();
	if (strcmp(what, "stop") == 0)
		return act_stop();
	if (strcmp(what, "denied") == 0)
		return syscall(SYS_io_uring_setup, 1, NULL) < 0 && errno == EPERM ? 0 : 1;
	if (strcmp(what, "wait") == 0)
		return pause();
	return 97;
}

/* ---- the tests ---- */

struct followed {
	struct trace trace;
	struct sensor_event started, ended;
	struct trace_port ports[4];
	size_t n_ports;
	char out[256]; /* what it printed */
};

static struct sensor_event next_event(struct sensor *s)
{
	struct sensor_event e = {.task = -1};
	struct pollfd p = {.fd = sensor_fd(s), .events = POLLIN};
	while (!sensor_next(s, &e))
		assert_true(poll(&p, 1, 60000) == 1);
	return e;
}

static void follow(const char *what, bool kill_started, struct followed *f)
{
	struct err err = {0};
	CLEANUP_SENSOR struct sensor *s = NULL;
	*f = (struct followed){0};
	int out[2], task;
	assert_int_equal(pipe(out), 0);
	assert_int_equal(sensor_new(-1, kind, no_capabilities, programs, &s, &err), 0);
	CLEANUP_STRLIST struct strlist argv = {0};
	strlist_add(&argv, "/proc/self/exe");
	strlist_add(&argv, "launch");
	strlist_add(&argv, what);
	strlist_add(&argv, sensor_kind_names[kind]);
	struct subproc_command cmd = {.argv = argv.items, .dir_fd = AT_FDCWD, .in = -1, .out = out[1], .err = 2};
	assert_int_equal(sensor_start(s, &cmd, &task, &err), 0);
	close(out[1]);
	do {
		struct sensor_event e = next_event(s);
		assert_int_equal(e.task, task);
		if (e.kind == SENSOR_STARTED) {
			f->started = e;
			if (kill_started)
				sensor_kill(s, task);
		} else if (e.kind == SENSOR_LISTEN) {
			assert_true(f->n_ports < 4);
			f->ports[f->n_ports++] = e.port;
		} else {
			assert_int_equal(e.kind, SENSOR_ENDED);
			f->ended = e;
		}
	} while (!f->ended.kind);
	ssize_t n = read(out[0], f->out, sizeof(f->out) - 1);
	assert_true(n >= 0);
	close(out[0]);
	assert_int_equal(sensor_finish(s, &f->trace, &err), 0);
	assert_true(f->started.pid > 0);
}

static uint32_t kinds_of(const struct followed *f, const char *path)
{
	size_t id = strset_find(&f->trace.paths, path);
	return id == STRSET_NONE ? 0 : f->trace.entries[id].kinds;
}

#define FOLLOWED(f) __attribute__((cleanup(followed_done))) struct followed f
static void followed_done(struct followed *f)
{
	trace_done(&f->trace);
}

static void every_path_is_recorded(void **state)
{
	FOLLOWED(f);
	follow("paths", false, &f);
	assert_int_equal(f.ended.status, 0);
	f.out[strcspn(f.out, "\n")] = '\0';
	static const struct {
		const char *path;
		uint32_t kinds;
		bool relative;
	} want[] = {
	    {"/absolute/file", TRACE_OPEN | TRACE_FOLLOW},
	    {"/usr", TRACE_OPEN | TRACE_LIST | TRACE_FOLLOW},
	    {"/usr/under-usr", TRACE_OPEN | TRACE_NOFOLLOW},
	    {"/usr/lib", TRACE_STAT | TRACE_FOLLOW},
	    {"/nowhere/socket", TRACE_CONNECT | TRACE_FOLLOW},
	    {"relative/file", TRACE_OPEN | TRACE_FOLLOW, true},
	    {"linked", TRACE_STAT | TRACE_NOFOLLOW, true},
	    {"accessed", TRACE_STAT | TRACE_FOLLOW, true},
	    {"link", TRACE_READLINK | TRACE_NOFOLLOW, true},
	    {"made", TRACE_CREATE | TRACE_REMOVE | TRACE_NOFOLLOW, true},
	    {"moved", TRACE_CREATE | TRACE_REMOVE | TRACE_NOFOLLOW, true},
	    {"written", TRACE_OPEN | TRACE_CREATE | TRACE_WRITE | TRACE_REMOVE | TRACE_FOLLOW | TRACE_NOFOLLOW, true},
	};
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		CLEANUP_FREE char *path =
		    want[i].relative ? mem_printf("%s/%s", f.out, want[i].path) : mem_strdup(want[i].path);
		if (kinds_of(&f, path) != want[i].kinds)
			print_message("%s\n", path);
		assert_int_equal(kinds_of(&f, path), want[i].kinds);
	}
	assert_int_equal(kinds_of(&f, "/before/the/container"), 0);
	assert_int_equal(strset_find(&f.trace.paths, "abstract"), STRSET_NONE);
	assert_int_equal(f.trace.unreadable, 0);
	size_t id = strset_find(&f.trace.paths, "/absolute/file");
	char self[4096] = "";
	assert_true(readlink("/proc/self/exe", self, sizeof(self) - 1) > 0);
	assert_string_equal(strset_get(&f.trace.programs, f.trace.entries[id].program), self);
}

static void listening_is_an_event(void **state)
{
	FOLLOWED(f);
	follow("listen", false, &f);
	assert_int_equal(f.ended.status, 0);
	unsigned tcp, udp;
	assert_int_equal(sscanf(f.out, "%u\n%u", &tcp, &udp), 2);
	assert_int_equal(f.n_ports, 2);
	assert_int_equal(f.ports[0].number, tcp);
	assert_false(f.ports[0].udp);
	assert_int_equal(f.ports[1].number, udp);
	assert_true(f.ports[1].udp);
}

static void children_are_followed(void **state)
{
	FOLLOWED(f);
	follow("children", false, &f);
	assert_int_equal(f.ended.status, 0);
	assert_true(kinds_of(&f, "/child/of/vfork") & TRACE_OPEN);
	assert_true(kinds_of(&f, "/from/daemon") & TRACE_OPEN);
	assert_true(kinds_of(&f, "/bin/sh") & TRACE_EXEC);
	assert_true(f.trace.processes >= 201);
}

static void job_control_works(void **state)
{
	FOLLOWED(f);
	follow("stop", false, &f);
	assert_int_equal(f.ended.status, 7);
	assert_true(kinds_of(&f, "/after/stop") & TRACE_OPEN);
}

static void denied_calls_fail(void **state)
{
	FOLLOWED(f);
	follow("denied", false, &f);
	assert_int_equal(f.ended.status, 0);
	assert_int_equal(f.trace.refused.count, 1);
	assert_string_equal(strset_get(&f.trace.refused, 0), "io_uring_setup");
}

static void kill_ends_the_task(void **state)
{
	FOLLOWED(f);
	follow("wait", true, &f);
	assert_int_equal(f.ended.status, 128 + SIGKILL);
}

static void recordings_are_apart(void **state)
{
	FOLLOWED(denied);
	FOLLOWED(before);
	FOLLOWED(between);
	FOLLOWED(again);
	follow("denied", false, &denied);
	follow("stop", false, &before);
	follow("listen", false, &between);
	follow("stop", false, &again);
	assert_int_equal(kinds_of(&between, "/after/stop"), 0);
	assert_int_equal(before.trace.refused.count, 0);
	assert_int_equal(between.trace.processes, 1);
	assert_true(kinds_of(&again, "/after/stop") & TRACE_OPEN);
	assert_int_equal(again.trace.paths.count, before.trace.paths.count);
	assert_int_equal(again.trace.processes, before.trace.processes);
	assert_int_equal(again.trace.programs.count, before.trace.programs.count);
}

static void a_sensor_that_is_in_use_is_let_be(void **state)
{
	struct err err = {0};
	CLEANUP_SENSOR struct sensor *other = NULL;
	FOLLOWED(f);
	assert_int_equal(sensor_new(-1, kind, no_capabilities, programs, &other, &err), 0);
	follow("stop", false, &f);
	assert_true(kinds_of(&f, "/after/stop") & TRACE_OPEN);
	CLEANUP_TRACE struct trace none = {0};
	assert_int_equal(sensor_finish(other, &none, &err), 0);
	assert_int_equal(none.paths.count, 0);
}

static void missing_command_is_reported(void **state)
{
	struct err err = {0};
	CLEANUP_SENSOR struct sensor *s = NULL;
	int task;
	assert_int_equal(sensor_new(-1, kind, no_capabilities, programs, &s, &err), 0);
	CLEANUP_STRLIST struct strlist argv = {0};
	strlist_add(&argv, "/no/such/runtime");
	struct subproc_command cmd = {.argv = argv.items, .dir_fd = AT_FDCWD, .in = -1, .out = -1, .err = -1};
	assert_int_equal(sensor_start(s, &cmd, &task, &err), -ERR_NOTFOUND);
	assert_non_null(strstr(err.msg, "/no/such/runtime"));
}

/* What CI requires must not be absent. */
static bool can_be_had(void)
{
	struct err err = {0};
	struct sensor *s = NULL;
	const char *required = getenv("SLIM_TEST_REQUIRE");
	if (sensor_new(-1, kind, no_capabilities, programs, &s, &err) < 0) {
		fprintf(stderr, "%s\n", err.msg);
		return required && strstr(required, "ebpf");
	}
	sensor_free(s);
	return true;
}

int main(int argc, char **argv)
{
	kind = argc > 3 && strcmp(argv[3], "ebpf") == 0 ? SENSOR_EBPF : SENSOR_PTRACE;
	if (argc > 2 && strcmp(argv[1], "launch") == 0) {
		strcpy(argv[1], "act");
		return launch(argv);
	}
	if (argc > 2 && strcmp(argv[1], "act") == 0) {
		int status = act(argv[2]);
		fflush(stdout);
		_exit(status); /* no exit handlers: a leak checker cannot attach to what is traced */
	}
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_path_is_recorded),
	    cmocka_unit_test(listening_is_an_event),
	    cmocka_unit_test(children_are_followed),
	    cmocka_unit_test(job_control_works),
	    cmocka_unit_test(denied_calls_fail),
	    cmocka_unit_test(kill_ends_the_task),
	    cmocka_unit_test(missing_command_is_reported),
	    cmocka_unit_test(recordings_are_apart),
	    cmocka_unit_test(a_sensor_that_is_in_use_is_let_be),
	};
	/* a run of this program for each: TAP has one plan */
	if (argc > 1 && strcmp(argv[1], "ebpf") == 0)
		kind = SENSOR_EBPF;
	programs = sensor_programs_begin(kind, NULL);
	const bool skipped = kind == SENSOR_EBPF && !can_be_had();
	if (skipped)
		puts("1..0 # SKIP no eBPF");
	int failed = skipped ? 0 : cmocka_run_group_tests(tests, NULL, NULL);
	sensor_programs_free(programs);
	return failed;
}
