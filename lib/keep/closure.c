#include "keep/closure.h"

#include <errno.h>
#include <unistd.h>

#include "keep/config_names.h"

static const struct keep_closure *const closures[] = {
    &keep_closure_elf,   &keep_closure_script, &keep_closure_names, &keep_closure_rules, &keep_closure_paths,
    &keep_closure_shell, &keep_closure_python, &keep_closure_node,  &keep_closure_perl,  &keep_closure_ruby,
    &keep_closure_php,   &keep_closure_java,   &keep_closure_spawn};
#define N_CLOSURES (sizeof(closures) / sizeof(closures[0]))

static ssize_t read_head(int fd, char *head)
{
	ssize_t n;
	do
		n = pread(fd, head, KEEP_HEAD, 0);
	while (n < 0 && errno == EINTR);
	return n;
}

/* Whether another name of the same file was looked at before. */
static bool is_other_name(const struct rootfs_node *n, struct strset *files)
{
	const uint64_t key[2] = {n->layer, n->ino};
	bool added = true;
	if (n->nlink > 1)
		(void)strset_add_len(files, (const char *)key, sizeof(key), &added);
	return !added;
}

static int close_one(struct keep_set *k, uint32_t node, struct strset *files, void **state, struct err *err)
{
	CLEANUP_FD int fd = rootfs_index_open(k->index, node, err);
	if (fd < 0)
		return fd;
	char head[KEEP_HEAD];
	ssize_t n = read_head(fd, head);
	if (n < 0)
		return err_sys(err, errno, "read");
	struct keep_file f = {k, node, rootfs_index_node(k->index, node), head, (size_t)n, fd};
	bool again = is_other_name(f.info, files);
	for (size_t i = 0; i < N_CLOSURES; i++) {
		if (closures[i]->level > k->level || (again && closures[i]->by_content) || !closures[i]->applies(&f))
			continue;
		int r = closures[i]->run(&f, &state[i], err);
		if (r < 0)
			return r;
	}
	return 0;
}

int keep_closures(struct keep_set *k, struct err *err)
{
	void *state[N_CLOSURES] = {0};
	CLEANUP_STRSET struct strset files = {0}; /* with several names, that were looked at: layer and inode number */
	int r = 0;
	if (k->level >= KEEP_CLOSURE)
		keep_config_names(k);
	for (uint32_t i = 0; r == 0 && i < k->n_kept; i++) { /* n_kept grows */
		const struct rootfs_node *node = rootfs_index_node(k->index, k->queue[i]);
		if (!S_ISREG(node->mode) || !node->size)
			continue;
		r = close_one(k, k->queue[i], &files, state, err);
		if (r < 0) {
			CLEANUP_BUF struct buf path = {0};
			rootfs_index_path(k->index, k->queue[i], &path);
			err_wrap(err, "what %s needs", path.data);
		}
	}
	for (size_t i = 0; i < N_CLOSURES; i++)
		if (state[i] && closures[i]->free_state)
			closures[i]->free_state(state[i]);
	return r;
}
