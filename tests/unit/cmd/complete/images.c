#include "unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/mem.h"
#include "cmd/complete/images.h"
#include "os/fd.h"

#define INDEX "{\"schemaVersion\":2,\"manifests\":[" ENTRY("one") "," ENTRY("two") "," ENTRY("two") "]}"
#define ENTRY(TAG)                                                                                                     \
	"{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"size\":2,\"digest\":\"sha256:"                \
	"44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a\",\"annotations\":"                          \
	"{\"org.opencontainers.image.ref.name\":\"" TAG "\"}}"

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, text, strlen(text), NULL), 0);
	close(fd);
}

/* A directory with a layout, a directory and a file in it; the program stays in it. */
static int make_files(void **state)
{
	static char folder[] = "/tmp/slim-complete-XXXXXX";
	*state = folder;
	/* no engine of this machine */
	setenv("DOCKER_HOST", "unix:///nowhere/docker.sock", 1);
	setenv("CONTAINER_HOST", "unix:///nowhere/podman.sock", 1);
	if (!mkdtemp(folder) || chdir(folder) < 0 || mkdir("layout", 0755) < 0 || mkdir("sub", 0755) < 0 ||
	    mkdir("sub/inner", 0755) < 0 || mkdir(".hidden", 0755) < 0 || mkdir("bad", 0755) < 0)
		return -1;
	write_file("layout/index.json", INDEX);
	write_file("bad/index.json", "{\"manifests\":");
	write_file("file.tar", "");
	return 0;
}

static int remove_files(void **state)
{
	return chdir("/") < 0 || fd_remove_tree(AT_FDCWD, *state, NULL) < 0 ? -1 : 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void references_begin_as_the_word(void **state)
{
	static const struct {
		const char *word, *list; /* sorted, a blank between two */
	} cases[] = {
	    {"o", "oci-archive: oci:"},
	    {"docker", "docker-archive: docker-daemon: docker://"},
	    {"oci:", "oci:bad: oci:layout: oci:sub/"},
	    {"oci:s", "oci:sub/"},
	    {"oci:sub/", "oci:sub/inner/"},
	    {"oci:.", "oci:.hidden/"},
	    {"oci:layout", "oci:layout: oci:layout:one oci:layout:two"},
	    {"oci:layout:", "oci:layout:one oci:layout:two"},
	    {"oci:layout:t", "oci:layout:two"},
	    {"oci:layout:x", ""},
	    {"oci:bad:", ""},
	    {"oci:none:", ""},
	    {"oci-archive:", "oci-archive:bad/ oci-archive:file.tar oci-archive:layout/ oci-archive:sub/"},
	    {"docker-archive:f", "docker-archive:file.tar"},
	    {"dir:l", "dir:layout/"},
	    {"rootfs:", "rootfs:bad/ rootfs:layout/ rootfs:sub/"},
	    {"docker://x", ""},
	    {"containers-storage:", ""},
	    {"nginx", ""},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_STRLIST struct strlist list = {0};
		CLEANUP_BUF struct buf text = {0};
		images_list(cases[i].word, &list);
		if (list.count)
			qsort(list.items, list.count, sizeof(*list.items), by_name);
		for (size_t k = 0; k < list.count; k++)
			buf_printf(&text, "%s%s", k ? " " : "", list.items[k]);
		print_message("# %s\n", cases[i].word);
		assert_string_equal(text.data ? text.data : "", cases[i].list);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(references_begin_as_the_word),
	};
	return cmocka_run_group_tests(tests, make_files, remove_files);
}
