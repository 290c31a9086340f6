/* Files and the closures that read them. The first line has the path of a file of sources.h, then the paths of more
 * files that a run used. The rest of the input is the first file's content. */
#include <elf.h>

#include "keep/closure/closures.h"
#include "keep/trees/trees.h"
#include "sources.h"

/* A program that needs a library, which the files of the loader's configuration lead to. */
static const struct {
	Elf64_Ehdr file;
	Elf64_Phdr load, dynamic;
	Elf64_Dyn entries[4];
	char names[16];
} program = {
    {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
     .e_type = ET_DYN,
     .e_machine = EM_X86_64,
     .e_version = EV_CURRENT,
     .e_phoff = sizeof(Elf64_Ehdr),
     .e_ehsize = sizeof(Elf64_Ehdr),
     .e_phentsize = sizeof(Elf64_Phdr),
     .e_phnum = 2},
    {.p_type = PT_LOAD, .p_filesz = sizeof(program), .p_memsz = sizeof(program)},
    {.p_type = PT_DYNAMIC,
     .p_offset = offsetof(__typeof__(program), entries),
     .p_vaddr = offsetof(__typeof__(program), entries),
     .p_filesz = sizeof(program.entries),
     .p_memsz = sizeof(program.entries)},
    {{DT_STRTAB, {offsetof(__typeof__(program), names)}}, {DT_STRSZ, {16}}, {DT_NEEDED, {1}}, {DT_NULL, {0}}},
    "\0libx.so",
};

static struct fuzz_image *the_image(void)
{
	static bool made;
	struct fuzz_image *m = FUZZ_IMAGE(sources);
	if (!made) {
		static const char *const paths[] = {"/usr/bin/prog", "/opt/lib/libx.so", "/bin/sh"};
		for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
			fuzz_image_set(m, image_index_resolve(m->index, paths[i], true, NULL, NULL), &program,
				       sizeof(program));
		made = true;
	}
	return m;
}

/* Checks that parents of kept nodes are kept, and that nothing fails but reading the layers. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static char env[] = "PATH=/usr/bin:/bin", dir[] = "/srv/app", *envs[] = {env};
	static const struct oci_image_config config = {
	    .user = dir + 8, .working_dir = dir, .stop_signal = dir + 8, .env = {.items = envs, .count = 1}};
	static const struct packages packages;
	struct fuzz_image *m = the_image();
	struct fuzz_input in = {data, n};
	CLEANUP_FREE char *line = fuzz_cut(&in, "\n");
	char *rest = line;
	uint32_t node = fuzz_image_put(m, strsep(&rest, " "), in.data, in.n);
	if (node == IMAGE_NONE)
		return -1;
	struct err err = {0};
	CLEANUP_KEEP_SET struct keep_set k;
	struct keep_trees trees = {.limits = KEEP_TREES_LIMITS, .packages = &packages};
	keep_set_init(&k, m->index, &config, KEEP_SAFE);
	k.trees = &trees;
	keep_node(&k, node, KEEP_WHY(KEEP_TRACE, 0));
	for (char *path; (path = strsep(&rest, " "));)
		(void)keep_path(&k, path, true, KEEP_WHY(KEEP_TRACE, 0));
	const int r = keep_closures(&k, &err);
	keep_trees_done(&trees);
	assert(r == 0);
	for (uint32_t id = 1; id < image_index_count(m->index); id++)
		assert(!keep_has(&k, id) || keep_has(&k, image_index_node(m->index, id)->parent));
	return 0;
}
