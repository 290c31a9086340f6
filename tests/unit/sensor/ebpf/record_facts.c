/* Records as the kernel's side makes them. */
#include "unit.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/fd.h"
#include "sensor/ebpf/record_facts.h"

struct made {
	union {
		struct record r;
		char room[8192];
	};
	size_t size;
};

static void begin(struct made *m, int64_t result)
{
	m->r = (struct record){.type = RECORD_CALL, .result = result, .mount_ns = 1};
	m->size = sizeof(m->r);
}

static void add(struct made *m, enum record_item_kind kind, int flags, int n, const void *data, size_t size)
{
	struct record_item item = {(uint16_t)size, (uint8_t)kind, (uint8_t)flags, n};
	memcpy(m->room + m->size, &item, sizeof(item));
	memcpy(m->room + m->size + sizeof(item), data, size);
	m->size += (sizeof(item) + size + 7) & ~(size_t)7;
}

#define ADD(m, kind, flags, n, text) add(m, kind, flags, n, text, sizeof(text))

static void expect_link(const struct ebpf_record_facts *f, const char *name, const char *want)
{
	char got[PATH_MAX];
	ssize_t n = f->facts.ops->link(&f->facts, name, got);
	if (!want) {
		assert_int_equal(n, -1);
		return;
	}
	assert_int_equal(n, (ssize_t)strlen(want));
	assert_string_equal(got, want);
}

static void expect_proc(const struct ebpf_record_facts *f, const char *who, const char *name, const char *want)
{
	char got[PATH_MAX];
	ssize_t n = f->facts.ops->proc_link(&f->facts, who, name, got);
	assert_int_equal(n > 0, want != NULL);
	if (want)
		assert_string_equal(got, want);
}

static void items_are_found(void **state)
{
	struct ebpf_record_world world = {.rootfs = -1};
	uint64_t lost = 0;
	struct made m;
	char text[32];
	begin(&m, 0);
	ADD(&m, ITEM_STRING, 0, 1, "/proc/self/cwd/x");
	add(&m, ITEM_ROOT, 0, 0, "", 0);
	ADD(&m, ITEM_CWD, 0, 0, "three\0two\0one");
	ADD(&m, ITEM_CWD, ITEM_NAMED, 0, "theirs");
	ADD(&m, ITEM_FD, ITEM_DELETED, 5, "gone");
	add(&m, ITEM_FD, ITEM_NONE, 6, "", 0);
	struct ebpf_record_facts f = ebpf_record_facts(&m.r, m.size, &world, &lost);
	const struct sensor_call_facts_ops *ops = f.facts.ops;
	assert_int_equal(ops->string(&f.facts, 1, 1, text, sizeof(text)), 16);
	assert_string_equal(text, "/proc/self/cwd/x");
	assert_int_equal(ops->string(&f.facts, 1, 1, text, 8), -1); /* too long */
	assert_int_equal(ops->string(&f.facts, 2, 1, text, 8), -2); /* the kernel could, so could its side of us */
	assert_int_equal(ops->string(&f.facts, 2, 0, text, 8), -1); /* NULL */
	assert_int_equal(ops->bytes(&f.facts, 0, 1, text, 8), -2);
	expect_link(&f, "root", "/");
	expect_link(&f, "cwd", "/one/two/three");
	expect_link(&f, "fd/5", "/gone (deleted)");
	expect_link(&f, "fd/6", NULL);
	assert_int_equal(lost, 0);
	expect_link(&f, "fd/7", NULL); /* closed before the call ended */
	assert_int_equal(lost, 1);
	expect_proc(&f, "self", "cwd", "/theirs");
	ebpf_record_world_done(&world);
}

static void a_failed_call_loses_nothing(void **state)
{
	struct ebpf_record_world world = {.rootfs = -1};
	uint64_t lost = 0;
	struct made m;
	char text[32];
	begin(&m, -14);
	struct ebpf_record_facts f = ebpf_record_facts(&m.r, m.size, &world, &lost);
	assert_int_equal(f.facts.ops->string(&f.facts, 1, 1, text, sizeof(text)), -1);
	expect_link(&f, "cwd", NULL);
	assert_int_equal(lost, 0);
	ebpf_record_world_done(&world);
}

static void what_comes_from_outside_has_no_path(void **state)
{
	struct ebpf_record_world world = {.rootfs = -1};
	uint64_t lost = 0;
	struct made m;
	begin(&m, 3);
	ADD(&m, ITEM_STRING, 0, 1, "/dev/stdout");
	ADD(&m, ITEM_FD, ITEM_NAMED | ITEM_OUTSIDE, 1, "log");
	struct ebpf_record_facts f = ebpf_record_facts(&m.r, m.size, &world, &lost);
	expect_proc(&f, "self", "fd/1", NULL);
	ebpf_record_world_done(&world);
}

static void broken_records_end(void **state)
{
	struct ebpf_record_world world = {.rootfs = -1};
	uint64_t lost = 0;
	struct made m;
	char text[32];
	begin(&m, 0);
	ADD(&m, ITEM_STRING, 0, 1, "/x");
	for (size_t size = 0; size < sizeof(m.r) + sizeof(struct record_item) + sizeof("/x"); size++) {
		struct ebpf_record_facts f = ebpf_record_facts(&m.r, size, &world, &lost);
		assert_int_equal(f.facts.ops->string(&f.facts, 1, 1, text, sizeof(text)), -2);
	}
	ebpf_record_world_done(&world);
}

/* ---- symlinks ---- */

static void note(void *ctx, const char *path, bool link)
{
	buf_printf(ctx, "%s%s ", link ? "@" : "", path);
}

static void expect_walk(struct ebpf_record_world *world, const char *path, const char *want)
{
	struct made m;
	uint64_t lost = 0;
	CLEANUP_BUF struct buf got = {0};
	begin(&m, 0);
	struct ebpf_record_facts f = ebpf_record_facts(&m.r, m.size, world, &lost);
	f.facts.ops->walk(&f.facts, "root", "", path, true, note, &got);
	assert_string_equal(got.data, want);
}

static void call(struct ebpf_record_world *world, const char *name, const char *one, const char *two, const char *text,
		 int64_t result, uint64_t flags)
{
	struct made m;
	uint64_t lost = 0;
	begin(&m, result);
	m.r.args[4] = flags;
	add(&m, ITEM_ROOT, 0, 0, "", 0);
	if (text)
		add(&m, ITEM_STRING, 0, 0, text, strlen(text) + 1);
	struct ebpf_record_facts f = ebpf_record_facts(&m.r, m.size, world, &lost);
	f.facts.ops->decoded(&f.facts, sensor_syscalls_named(name), one, two);
}

/* The root never has these links: they are gone when the records are read. */
static void symlinks_of_the_run_are_known_in_order(void **state)
{
	char dir[] = "/tmp/slim-facts-XXXXXX";
	assert_non_null(mkdtemp(dir));
	CLEANUP_FD int root = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(symlinkat("/real", root, "of-image"), 0);
	struct ebpf_record_world world = {.rootfs = root, .device = 3};
	sensor_mounts_begin(&world.mounts, 1);
	sensor_mounts_add(&world.mounts, 1, &(struct sensor_mounts_entry){3, 1, 1, (char *)"/", (char *)"/"});
	expect_walk(&world, "/tmp/l/x", "/tmp/l/x ");
	call(&world, "symlink", "/tmp/l", NULL, "/d1", -1, 0); /* failed */
	expect_walk(&world, "/tmp/l/x", "/tmp/l/x ");
	call(&world, "symlink", "/tmp/l", NULL, "/d1", 0, 0);
	expect_walk(&world, "/tmp/l/x", "@/tmp/l /d1/x ");
	call(&world, "rename", "/tmp/l", "/tmp/m", NULL, 0, 0);
	expect_walk(&world, "/tmp/l/x", "/tmp/l/x ");
	expect_walk(&world, "/tmp/m/x", "@/tmp/m /d1/x ");
	call(&world, "rename", "/tmp", "/var", NULL, 0, 0);
	expect_walk(&world, "/var/m/x", "@/var/m /d1/x ");
	call(&world, "renameat2", "/var/m", "/f", NULL, 0, RENAME_EXCHANGE);
	expect_walk(&world, "/f/x", "@/f /d1/x ");
	expect_walk(&world, "/var/m/x", "/var/m/x ");
	call(&world, "link", "/of-image", "/hard", NULL, 0, 0);
	expect_walk(&world, "/hard/x", "@/hard /real/x ");
	expect_walk(&world, "/of-image/x", "@/of-image /real/x ");
	call(&world, "unlink", "/f", NULL, NULL, 0, 0);
	expect_walk(&world, "/f/x", "/f/x ");
	ebpf_record_world_done(&world);
	unlinkat(root, "of-image", 0);
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(items_are_found),
	    cmocka_unit_test(a_failed_call_loses_nothing),
	    cmocka_unit_test(what_comes_from_outside_has_no_path),
	    cmocka_unit_test(broken_records_end),
	    cmocka_unit_test(symlinks_of_the_run_are_known_in_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
