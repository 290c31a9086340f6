#include "fuzz.h"

#include "probe/routes/compiled.h"
#include "probe/routes/text.h"

/* The first byte selects the format of the rest. Checks that each route fits a request line. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char *const names[] = {"a.py", "a.js", "a.go", "a.php", "a.conf"};
	static const size_t n_names = sizeof(names) / sizeof(*names);
	if (n == 0)
		return 0;
	CLEANUP_FREE char *text = mem_dup(data + 1, n - 1); /* of its exact size */
	CLEANUP_ROUTES_FINDS struct routes_finds f = {0};
	CLEANUP_STRLIST struct strlist found = {0};
	CLEANUP_STRSET struct strset asked = {0};
	CLEANUP_FD int fd = fuzz_file(data + 1, n - 1);
	size_t kind = data[0] % (n_names + 4);
	if (kind < n_names)
		routes_text_read(&f, names[kind], text, n - 1);
	else if (kind == n_names)
		routes_bytes_read(&f, text, n - 1);
	else if (kind == n_names + 1)
		routes_class_read(&f, text, n - 1);
	else if (kind == n_names + 2)
		routes_program_read(&f, fd);
	else
		(void)routes_jar_read(&f, fd, 1 << 20);
	strset_add(&asked, "/items/7?x=1");
	routes_finds_list(&f, &asked, &found);
	assert(found.count <= ROUTES_MAX);
	for (size_t i = 0; i < found.count; i++) {
		assert(found.items[i][0] == '/' && strlen(found.items[i]) <= 2 * ROUTES_LENGTH);
		for (const char *c = found.items[i]; *c; c++)
			assert((unsigned char)*c > ' ' && (unsigned char)*c < 0x7f && !strchr("#<>{}\"\\", *c));
	}
	return 0;
}
