#include <assert.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "base/limits.h"
#include "formats/elf_object.h"
#include "keep/loader/dlopen_names.h"
#include "keep/loader/elf_search.h"
#include "os/fd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Checks that names are whole strings below their cap. Any search path must expand; in an empty image it expands to
 * nothing. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct image_index *index;
	struct err err = {0};
	int r = index ? 0 : image_index_build(&(struct image_layers){0}, &index, &err);
	CLEANUP_FD int fd = memfd_create("elf", MFD_CLOEXEC);
	r = r < 0 ? r : fd_write_all(fd, data, n, &err);
	assert(r == 0);
	CLEANUP_ELF_OBJECT struct elf_object e;
	if (!elf_object_read(fd, &e))
		return 0;
	assert(e.needed.count <= LIMIT_ELF_NEEDED);
	for (size_t i = 0; i < e.needed.count; i++)
		assert(strlen(e.needed.items[i]) <= LIMIT_ELF_STRING && *e.needed.items[i]);
	struct keep_elf_search *search = keep_elf_search_new(index);
	CLEANUP_KEEP_ELF_DIRS struct keep_elf_dirs dirs = {0};
	if (e.rpath)
		keep_elf_search_path(search, e.kind, e.rpath, "/origin", &dirs);
	if (e.runpath)
		keep_elf_search_path(search, e.kind, e.runpath, "/origin", &dirs);
	(void)keep_elf_search_system(search, e.kind, n & 1); /* for any machine */
	keep_elf_search_free(search);
	CLEANUP_STRSET struct strset names = {0};
	keep_dlopen_names(fd, &names);
	for (size_t i = 0; i < names.count; i++)
		assert(strlen(strset_get(&names, i)) <= LIMIT_PATH + 1);
	return 0;
}
