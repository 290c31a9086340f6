#include "unit.h"

#include <signal.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "store/cache.h"
#include "unpack/text_image.h"

static const char BASE[] = "d . 755 0:0 1\nd a 755 0:0 1\nf a/x 4755 1:2 1700000000 content\nf a/y 644 0:0 1 more\n"
			   "h a/z 644 0:0 1 a/y\nl a/l 777 0:0 1 x\np a/p 600 0:0 1\nd b 1777 3:4 1700000000.5\n";
static const char TOP[] = "d a 755 0:0 1\nf a/.wh.y 0 0:0 1\nf c 600 0:0 1 text of another layer\n";

static void add_image(struct test_store *t, const char *name, const char *const *layers, struct image_layers *out)
{
	struct text_image img;
	text_image_init(&img, t, name, layers);
	unpack_ok(&img, t, out);
	text_image_done(&img);
}

/* Two layers that nobody uses. */
static void fill(struct test_store *t)
{
	CLEANUP_IMAGE_LAYERS struct image_layers layers = {0};
	add_image(t, "img", (const char *[]){BASE, TOP, NULL}, &layers);
}

static void list(struct test_store *t, struct store_cache *out)
{
	struct err e = {0};
	if (store_cache_list(&t->store, out, &e) < 0)
		fail_msg("%s", e.msg);
}

static void prune(struct test_store *t, const struct store_cache_limits *l, struct store_cache *out)
{
	struct err e = {0};
	if (store_cache_prune(&t->store, &t->run, l, NULL, out, &e) < 0)
		fail_msg("%s", e.msg);
}

/* How many were removed. */
static unsigned pruned(struct test_store *t, const struct store_cache_limits *l)
{
	CLEANUP_STORE_CACHE struct store_cache c = {0};
	unsigned n = 0;
	prune(t, l, &c);
	for (size_t i = 0; i < c.count; i++)
		n += c.items[i].removed;
	return n;
}

static void set_used(struct test_store *t, const char *name, int64_t seconds_ago)
{
	CLEANUP_FREE char *path = mem_printf("%s/meta.json", name);
	struct timespec times[2];
	clock_gettime(CLOCK_REALTIME, &times[0]);
	times[0].tv_sec -= seconds_ago;
	times[1] = times[0];
	assert_int_equal(utimensat(t->store.layers_fd, path, times, 0), 0);
}

static void it_lists_what_was_used_when(void **state)
{
	NEEDS_ROOT();
	struct test_store t;
	test_store_init(&t);
	CLEANUP_IMAGE_LAYERS struct image_layers held = {0};
	CLEANUP_STORE_CACHE struct store_cache c = {0}, again = {0};
	fill(&t);
	list(&t, &c);
	assert_int_equal(c.count, 2);
	assert_int_equal(c.items[0].bytes + c.items[1].bytes, strlen("contentmoretext of another layer"));
	assert_int_equal(c.items[0].files + c.items[1].files, 3);
	for (int i = 0; i < 2; i++) {
		assert_false(c.items[i].in_use || c.items[i].broken);
		assert_int_equal(strlen(c.items[i].check), 32);
		set_used(&t, c.items[i].name, 1000 - i);
	}
	add_image(&t, "other", (const char *[]){BASE, NULL}, &held);
	list(&t, &again);
	assert_int_equal(again.count, 2);
	assert_string_equal(again.items[1].diff_id.text, held.items[0].diff_id.text); /* used a moment ago */
	assert_true(again.items[1].used.tv_sec > again.items[0].used.tv_sec + 900);
	assert_true(again.items[1].in_use);
	assert_false(again.items[0].in_use);
	test_store_done(&t);
}

static void what_is_in_use_stays(void **state)
{
	NEEDS_ROOT();
	struct test_store t;
	test_store_init(&t);
	struct image_layers held = {0};
	CLEANUP_STORE_CACHE struct store_cache c = {0};
	struct stat st;
	fill(&t);
	add_image(&t, "other", (const char *[]){BASE, NULL}, &held);
	prune(&t, &(struct store_cache_limits){.all = true}, &c);
	assert_int_equal(count_layers(&t), 1);
	assert_int_equal(fstatat(held.items[0].fd, "a/x", &st, 0), 0);
	for (size_t i = 0; i < 2; i++)
		assert_true(c.items[i].in_use != c.items[i].removed);
	image_layers_done(&held);
	assert_int_equal(pruned(&t, &(struct store_cache_limits){.all = true}), 1);
	assert_int_equal(count_layers(&t), 0);
	test_store_done(&t);
}

/* Fresh from the tar, not found in the store. */
static void what_was_just_unpacked_stays_too(void **state)
{
	NEEDS_ROOT();
	struct test_store t;
	test_store_init(&t);
	CLEANUP_IMAGE_LAYERS struct image_layers held = {0};
	add_image(&t, "img", (const char *[]){BASE, "f b/new 644 0:0 1 needs its parent\n", NULL}, &held);
	assert_false(held.items[0].cached || held.items[1].cached);
	assert_int_equal(pruned(&t, &(struct store_cache_limits){.all = true}), 0);
	assert_int_equal(count_layers(&t), 2);
	test_store_done(&t);
}

static void by_size_and_age(void **state)
{
	NEEDS_ROOT();
	struct test_store t;
	test_store_init(&t);
	CLEANUP_STORE_CACHE struct store_cache c = {0}, left = {0};
	fill(&t);
	list(&t, &c);
	set_used(&t, c.items[0].name, 7200);
	set_used(&t, c.items[1].name, 3600);
	const uint64_t both = c.items[0].bytes + c.items[1].bytes;
	struct store_cache_limits l = {.by_age = true, .older_than = 8000};
	assert_int_equal(pruned(&t, &l), 0);
	l.older_than = 5000;
	l.dry_run = true;
	assert_int_equal(pruned(&t, &l), 1);
	assert_int_equal(count_layers(&t), 2);
	l = (struct store_cache_limits){.by_size = true, .max_bytes = both};
	assert_int_equal(pruned(&t, &l), 0);
	l.max_bytes = both - 1;
	assert_int_equal(pruned(&t, &l), 1);
	list(&t, &left);
	assert_int_equal(left.count, 1);
	assert_string_equal(left.items[0].name, c.items[1].name); /* the younger one */
	l.max_bytes = 0;
	assert_int_equal(pruned(&t, &l), 1);
	test_store_done(&t);
}

static void broken_ones_go_in_any_case(void **state)
{
	NEEDS_ROOT();
	struct test_store t;
	test_store_init(&t);
	CLEANUP_FREE char *empty = mem_printf("%064d", 7), *file = mem_printf("%064d", 8);
	fill(&t);
	assert_int_equal(mkdirat(t.store.layers_fd, empty, 0700), 0);
	assert_int_equal(mknodat(t.store.layers_fd, file, S_IFREG | 0600, 0), 0);
	assert_int_equal(mkdirat(t.store.layers_fd, "not a layer", 0700), 0);
	assert_int_equal(pruned(&t, &(struct store_cache_limits){.by_size = true, .max_bytes = UINT64_MAX}), 2);
	assert_int_equal(count_layers(&t), 3);
	test_store_done(&t);
}

/* ---- verify ---- */

/* How many are broken; the message of the last. */
static unsigned verified(struct test_store *t, bool repair, char why[256])
{
	CLEANUP_STORE_CACHE struct store_cache c = {0};
	struct err e = {0};
	unsigned n = 0;
	if (store_cache_verify(&t->store, repair ? &t->run : NULL, NULL, &c, &e) < 0)
		fail_msg("%s", e.msg);
	why[0] = '\0';
	for (size_t i = 0; i < c.count; i++) {
		assert_true(c.items[i].removed == (repair && c.items[i].broken));
		n += c.items[i].broken != NULL;
		if (c.items[i].broken)
			snprintf(why, 256, "%s", c.items[i].broken);
	}
	return n;
}

static const struct {
	const char *command; /* of a shell in the layer with a/ */
	const char *says;
} damages[] = {
    {"printf CONTENT | dd of=fs/a/x conv=notrunc 2>/dev/null && touch -d @1700000000 fs/a/x && chmod 4755 fs/a/x",
     "differ from"},
    {"truncate -s 3 fs/a/x", "files of"},
    {"rm fs/a/x", "files of"},
    {"touch fs/a/new", "files of"},
    {"mv fs/a/x fs/a/w", "names or directories"},
    {"ln fs/a/x fs/a/w", "names or directories"},
    {"rm fs/a/p", "names or directories"},
    {"rmdir fs/b", "names or directories"},
    {"ln -sf y fs/a/l", "names or directories"},
    {"chmod 700 fs/b", "names or directories"},
    {"chown 9 fs/b", "names or directories"},
    {"touch fs/b", "names or directories"},
    {"chmod 711 fs", "names or directories"},
    {"chmod 755 fs/a/x", "differ from"},
    {"chown 5 fs/a/y", "differ from"},
    {"touch fs/a/y", "differ from"},
    {"rm meta.json", "meta.json"},
    {"echo '{}' >meta.json", "diff_id"},
    {"rm -r fs", "missing"},
    {"sed -i 's/sha256:./sha256:_/' meta.json", "sha256"},
};

static void each_damage_is_seen(void **state)
{
	NEEDS_ROOT();
	char why[256];
	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		struct test_store t;
		test_store_init(&t);
		fill(&t);
		assert_int_equal(verified(&t, true, why), 0);
		CLEANUP_FREE char *command =
		    mem_printf("cd %s/layers/*/fs/b/../.. && %s", t.store.path, damages[i].command);
		assert_int_equal(system(command), 0);
		if (verified(&t, false, why) != 1 || !strstr(why, damages[i].says))
			fail_msg("%s: %s", damages[i].command, why);
		assert_int_equal(count_layers(&t), 2);
		assert_int_equal(verified(&t, true, why), 1);
		assert_int_equal(count_layers(&t), 1);
		fill(&t); /* it is unpacked again */
		assert_int_equal(verified(&t, false, why), 0);
		assert_int_equal(count_layers(&t), 2);
		test_store_done(&t);
	}
}

/* What is unpacked is what its checksum says, or has none. */
static void of_all_kinds_of_layers(void **state)
{
	NEEDS_ROOT();
	static const struct {
		const char *layers[3];
		bool unproved;
	} cases[] = {
	    {{"f a/b/c 644 0:0 1 implied directories\nf a/b/d 644 0:0 1 x\n"}, false},
	    {{"d . 700 5:6 1700000000\nc dev 600 0:0 1 1:3\nf e 644 0:0 1\nx user.u=v\n"}, false},
	    {{"l l 777 1:1 1 target\nh m 777 1:1 1 l\n"}, true},
	    {{"f f 644 0:0 1 one\nf f 600 0:0 1 two\n"}, true},
	    {{"d f 755 0:0 1\nf f 600 0:0 1 two\n"}, true},
	    {{"f .wh.d 0 0:0 1\nd d 755 0:0 1\n"}, true},
	    {{"f f 644 0:0 -5 before 1970\n"}, true},
	    {{"f f 644 0:0 1 low\n", "h g 644 0:0 1 f\n"}, true},
	    {{"d d 755 0:0 1\nf d/f 644 0:0 1 low\n", "d d 755 0:0 1\nf d/.wh..wh..opq 0 0:0 1\nf d/.wh.q 0 0:0 1\n"},
	     false},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct test_store t;
		char why[256];
		test_store_init(&t);
		CLEANUP_IMAGE_LAYERS struct image_layers l = {0};
		add_image(&t, "img", cases[i].layers, &l);
		if (verified(&t, false, why))
			fail_msg("case %zu: %s", i, why);
		if (!l.items[l.count - 1].check[0] != cases[i].unproved)
			fail_msg("case %zu: check \"%s\"", i, l.items[l.count - 1].check);
		test_store_done(&t);
	}
}

static void without_a_checksum_it_is_only_read(void **state)
{
	NEEDS_ROOT();
	struct test_store t;
	char why[256];
	test_store_init(&t);
	fill(&t);
	CLEANUP_FREE char *command = mem_printf(
	    "cd %s/layers/*/fs/b/../.. && sed -i 's/\"check\":\"[0-9a-f]*\",//' meta.json && echo more >>fs/a/x",
	    t.store.path);
	assert_int_equal(system(command), 0);
	assert_int_equal(verified(&t, true, why), 0);
	fill(&t); /* it is still taken */
	assert_int_equal(count_layers(&t), 2);
	test_store_done(&t);
}

static int has_configs(const struct test_store *t)
{
	struct dirent **names;
	CLEANUP_FREE char *path = mem_printf("%s/configs", t->store.path);
	int n = scandir(path, &names, no_dots, NULL);
	for (int i = 0; i < n; i++)
		free(names[i]);
	free(names);
	return n;
}

static void configs_go_with_them(void **state)
{
	NEEDS_ROOT();
	struct test_store t;
	test_store_init(&t);
	CLEANUP_FREE char *config = mem_printf("configs/%064d", 1), *other = mem_printf("configs/notes");
	assert_int_equal(fd_mkdir_p(t.store.fd, "configs", 0700, NULL), 0);
	assert_int_equal(fd_write_file_atomic(t.store.fd, config, "{}", 2, 0600, NULL), 0);
	assert_int_equal(fd_write_file_atomic(t.store.fd, other, "{}", 2, 0600, NULL), 0);
	assert_int_equal(pruned(&t, &(struct store_cache_limits){.by_age = true, .older_than = 60}), 0);
	assert_int_equal(has_configs(&t), 2);
	assert_int_equal(pruned(&t, &(struct store_cache_limits){.all = true, .dry_run = true}), 0);
	assert_int_equal(has_configs(&t), 2);
	assert_int_equal(pruned(&t, &(struct store_cache_limits){.all = true}), 0);
	assert_int_equal(has_configs(&t), 1);
	test_store_done(&t);
}

/* ---- at once ---- */

static void unpack_times(const struct test_store *t, int times)
{
	for (int n = 0; n < times; n++) {
		struct test_store mine = {0};
		struct image_layers l = {0};
		struct err e = {0};
		struct text_image img = {.layout = mem_printf("%s/img", t->dir)};
		struct stat st;
		if (store_open(t->store.path, &mine.store, &e) < 0 || store_run_new(&mine.store, &mine.run, &e) < 0 ||
		    text_image_unpack(&img, &mine.store, &mine.run, NULL, &l, &e) < 0) {
			fprintf(stderr, "# %s\n", e.msg);
			_exit(1);
		}
		/* All of both is there for as long as it is held. */
		if (fstatat(l.items[0].fd, "a/x", &st, 0) < 0 || st.st_size != 7 ||
		    fstatat(l.items[0].fd, "b", &st, 0) < 0 || fstatat(l.items[1].fd, "c", &st, 0) < 0)
			_exit(2);
		image_layers_done(&l);
		store_run_done(&mine.run);
		store_done(&mine.store);
		text_image_done(&img);
	}
	_exit(0);
}

/* Ends on SIGTERM, between two prunes. */
static volatile sig_atomic_t ended;
static void end(int sig)
{
	ended = 1;
}

static void prune_again_and_again(const struct test_store *t)
{
	signal(SIGTERM, end);
	while (!ended) {
		struct test_store mine = {0};
		if (store_open(t->store.path, &mine.store, NULL) < 0 || store_run_new(&mine.store, &mine.run, NULL) < 0)
			_exit(1);
		(void)pruned(&mine, &(struct store_cache_limits){.all = true});
		store_run_done(&mine.run);
		store_done(&mine.store);
	}
	_exit(0);
}

static void runs_and_prunes(void **state)
{
	NEEDS_ROOT();
	struct test_store t;
	pid_t pids[4];
	int status;
	char why[256];
	test_store_init(&t);
	fill(&t);
	for (int i = 0; i < 4; i++) {
		pids[i] = fork();
		if (pids[i] == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0)
			i < 2 ? unpack_times(&t, 40) : prune_again_and_again(&t);
	}
	for (int i = 0; i < 4; i++) {
		if (i >= 2)
			kill(pids[i], SIGTERM);
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	assert_int_equal(verified(&t, false, why), 0);
	test_store_done(&t);
}

/* Until the process waits for a lock of a file: proc_locks(5). */
static void await_waiter(pid_t pid)
{
	CLEANUP_FREE char *want = mem_printf(" -> FLOCK  ADVISORY  READ %d ", (int)pid);
	for (;;) {
		CLEANUP_BUF struct buf locks = {0};
		assert_int_equal(fd_read_file(AT_FDCWD, "/proc/locks", 16 << 20, &locks, NULL), 0);
		if (strstr(locks.data, want))
			return;
		assert_int_equal(waitpid(pid, NULL, WNOHANG), 0);
	}
}

/* A run that has opened a layer which is taken away before the run has the lock on it. */
static void taken_between_open_and_lock(void **state)
{
	NEEDS_ROOT();
	struct test_store t;
	int status;
	test_store_init(&t);
	fill(&t);
	CLEANUP_STORE_CACHE struct store_cache c = {0};
	list(&t, &c);
	const char *name = c.items[c.items[0].files == 2 ? 0 : 1].name; /* of BASE */
	CLEANUP_FREE char *fs = mem_printf("%s/fs", name);
	CLEANUP_FD int fd = openat(t.store.layers_fd, fs, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	pid_t pid = fork();
	if (pid == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0) {
		close(fd);
		unpack_times(&t, 1);
	}
	await_waiter(pid);
	assert_int_equal(renameat(t.store.layers_fd, name, t.run.fd, "gone"), 0);
	assert_int_equal(fd_remove_tree(t.run.fd, "gone", NULL), 0);
	fill(&t); /* and another run has put it there again */
	assert_int_equal(flock(fd, LOCK_UN), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(count_layers(&t), 2);
	test_store_done(&t);
}

static void the_limit_of_the_environment(void **state)
{
	uint64_t max = 1;
	struct err e = {0};
	unsetenv("SLIM_CACHE_MAX");
	assert_int_equal(store_cache_max(&max, &e), 0);
	setenv("SLIM_CACHE_MAX", "2K", 1);
	assert_int_equal(store_cache_max(&max, &e), 1);
	assert_int_equal(max, 2048);
	setenv("SLIM_CACHE_MAX", "much", 1);
	assert_int_equal(store_cache_max(&max, &e), -ERR_INVAL);
	assert_non_null(strstr(e.msg, "SLIM_CACHE_MAX"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(it_lists_what_was_used_when),
	    cmocka_unit_test(what_is_in_use_stays),
	    cmocka_unit_test(what_was_just_unpacked_stays_too),
	    cmocka_unit_test(by_size_and_age),
	    cmocka_unit_test(broken_ones_go_in_any_case),
	    cmocka_unit_test(each_damage_is_seen),
	    cmocka_unit_test(of_all_kinds_of_layers),
	    cmocka_unit_test(without_a_checksum_it_is_only_read),
	    cmocka_unit_test(configs_go_with_them),
	    cmocka_unit_test(runs_and_prunes),
	    cmocka_unit_test(taken_between_open_and_lock),
	    cmocka_unit_test(the_limit_of_the_environment),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
