/* System calls of a stopped thread, an empty line between two. Each has a line with its name and its arguments in
 * hexadecimal, then a line for each answer:
 * - an argument's number and the bytes that it points to;
 * - c, r, f or p and the path of the working directory, the root, an fd or a file of /proc;
 * - a name, l and a symlink's target. */
#include "sensor/decode.h"

#include "fuzz.h"
#include "text/path.h"

struct facts {
	struct sensor_call_facts facts;
	char *lines[16];
};

/* The answer after the letter; NULL = the input has no such answer. */
static const char *answer(const struct sensor_call_facts *f, char letter)
{
	const struct facts *facts = (const struct facts *)f;
	for (size_t i = 0; i < 16 && facts->lines[i]; i++)
		if (facts->lines[i][0] == letter)
			return facts->lines[i] + 1;
	return NULL;
}

static ssize_t copy(const char *s, char *out, size_t size)
{
	if (!s || strlen(s) >= size)
		return -1;
	strcpy(out, s);
	return (ssize_t)strlen(s);
}

static ssize_t a_string(const struct sensor_call_facts *f, int argument, uint64_t address, char *out, size_t size)
{
	const char *s = answer(f, (char)('0' + argument));
	return s ? copy(s, out, size) : address & 1 ? -2 : -1;
}

static int some_bytes(const struct sensor_call_facts *f, int argument, uint64_t address, void *out, size_t n)
{
	const char *s = answer(f, (char)('0' + argument));
	if (!s)
		return address & 1 ? -2 : -1;
	const size_t have = strlen(s);
	memset(out, 0, n);
	memcpy(out, s, have < n ? have : n);
	return 0;
}

static ssize_t a_link(const struct sensor_call_facts *f, const char *name, char out[PATH_MAX])
{
	return copy(answer(f, name[0]), out, PATH_MAX);
}

static ssize_t of_proc(const struct sensor_call_facts *f, const char *who, const char *name, char out[PATH_MAX])
{
	return copy(answer(f, 'p'), out, PATH_MAX);
}

static bool in_rootfs(const struct sensor_call_facts *f, const char *device, const char *root, const char *path,
		      struct buf *out)
{
	buf_str(out, path);
	return path[0] == '/';
}

static void mount_ns(const struct sensor_call_facts *f, char name[64])
{
	strcpy(name, "1");
}

static bool read_link(void *ctx, const char *path, char target[LIMIT_PATH + 1])
{
	return strchr(path, 'l') && copy(answer(ctx, 'l'), target, LIMIT_PATH + 1) > 0;
}

static void walk(const struct sensor_call_facts *f, const char *link, const char *dir, const char *path, bool follow,
		 sensor_walk_note *note, void *ctx)
{
	sensor_walk_path(read_link, (void *)(uintptr_t)f, path, follow, note, ctx);
}

static void decode_one(char *call, struct sensor_decode_call *c, struct trace *t)
{
	static const struct sensor_call_facts_ops ops = {.string = a_string,
							 .bytes = some_bytes,
							 .link = a_link,
							 .proc_link = of_proc,
							 .in_rootfs = in_rootfs,
							 .mount_ns = mount_ns,
							 .walk = walk};
	struct facts f = {{&ops, getpid()}, {0}};
	char *line = strsep(&call, "\n"), *name = strsep(&line, " "), *word;
	for (size_t i = 0; i < 16 && (f.lines[i] = strsep(&call, "\n")); i++)
		;
	for (size_t i = 0; i < sensor_syscalls_count && !c->row; i++)
		c->row = strcmp(sensor_syscalls[i].name, name) == 0 ? &sensor_syscalls[i] : NULL;
	for (size_t i = 0; i < 6 && (word = strsep(&line, " ")); i++)
		c->args[i] = strtoull(word, NULL, 16);
	CLEANUP_BUF struct buf first = {0};
	c->facts = &f.facts;
	if (c->row)
		sensor_decode_paths(c, t, &first);
	assert(!first.len || first.data[0] == '/');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct fuzz_input in = {data, n};
	struct sensor_paths paths = {0};
	struct sensor_paths_walked walked = {0};
	CLEANUP_TRACE struct trace t = {0};
	sensor_paths_init(&paths, TRACE_BY_PTRACE);
	while (in.n) {
		CLEANUP_FREE char *call = fuzz_cut(&in, "\n\n");
		struct sensor_decode_call c = {.program = UINT32_MAX, .paths = &paths, .walked = &walked};
		decode_one(call, &c, &t);
	}
	for (size_t i = 0; i < t.paths.count; i++)
		assert(strset_get(&t.paths, i)[0] == '/');
	strset_done(&walked.keys);
	sensor_paths_done(&paths);
	return 0;
}
