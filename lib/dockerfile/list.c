#include "dockerfile/list.h"

#include <string.h>

#include "base/mem.h"
#include "dockerfile/quote.h"

#define TAR_MAX (16 << 20)

char *dockerfile_list_path(const char *file)
{
	return mem_printf("%s.paths", file);
}

/* Other tars, such as busybox, may lack the options, or lose the times of directories. */
static bool is_gnu_tar(const struct image_index *x, const char *path)
{
	static const char name[] = "GNU tar";
	CLEANUP_BUF struct buf program = {0};
	return image_index_text(x, path, TAR_MAX, &program) && program.len > 4 &&
	       memcmp(program.data, "\177ELF", 4) == 0 && memmem(program.data, program.len, name, strlen(name));
}

const char *dockerfile_list_tar(const struct image_index *x)
{
	static const char *const paths[] = {"/bin/tar", "/usr/bin/tar"};
	if (image_index_resolve(x, DOCKERFILE_LIST_DIR, false, NULL, NULL) != IMAGE_NONE)
		return NULL;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (is_gnu_tar(x, paths[i]))
			return paths[i];
	return NULL;
}

void dockerfile_list(const struct dockerfile_carriers *c, struct buf *out)
{
	for (size_t i = 0; i < c->plan.count; i++) {
		const uint32_t id = c->plan.items[i].node;
		if (c->copies[id] == DOCKERFILE_NOTHING || (c->copies[id] == DOCKERFILE_TREE && c->tree[id] != id))
			continue;
		image_index_relative(c->keep->index, id, out);
		buf_str(out, c->copies[id] == DOCKERFILE_TREE ? "/\n" : "\n");
	}
}

void dockerfile_list_steps(const char *tar, const char *name, struct buf *out)
{
	CLEANUP_STRLIST struct strlist words = {0};
	strlist_add(&words, name);
	strlist_add(&words, DOCKERFILE_LIST_DIR "/paths");
	dockerfile_comment(out, "%s names what to keep. The original's own tar takes it, with owners, modes and links.",
			   name);
	buf_str(out, "USER 0:0\nWORKDIR " DOCKERFILE_LIST_DIR "/root\nCOPY");
	dockerfile_words(out, &words, 0);
	buf_printf(out,
		   "\nRUN [\"%s\", \"--create\", \"--file=%s/tar\", \"--numeric-owner\", \"--directory=/\", "
		   "\"--files-from=%s/paths\"]\n",
		   tar, DOCKERFILE_LIST_DIR, DOCKERFILE_LIST_DIR);
	buf_printf(out,
		   "RUN [\"%s\", \"--extract\", \"--file=%s/tar\", \"--numeric-owner\", \"--preserve-permissions\"]\n",
		   tar, DOCKERFILE_LIST_DIR);
}
