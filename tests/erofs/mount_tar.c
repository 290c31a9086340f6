/* mount_tar TAR DIRECTORY COMMAND [ARGUMENT...] - makes an EROFS image of a layer's tar, mounts it on the directory in
 * a mount namespace of its own, and runs the command in there. For test_erofs.py. Exit status 3: it cannot be mounted.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "erofs/mount.h"
#include "runtime/mounts.h"

static int mount_tar(const char *path, const char *directory, struct err *err)
{
	CLEANUP_EROFS_IMAGE struct erofs_image made = {0};
	struct erofs_mount mount;
	CLEANUP_FREE char *name = mem_printf("%s.erofs", path);
	CLEANUP_FD int tar = open(path, O_RDONLY | O_CLOEXEC), root = -1;
	CLEANUP_FD int image = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int host, r;
	if (tar < 0 || image < 0 || unlink(name) < 0)
		return err_sys(err, errno, "file-open", "%s, %s", path, name);
	if ((r = runtime_mounts_isolate(&host, err)) < 0 ||
	    (r = erofs_image_write(tar, image, "tests of mounts", &made, err)) < 0)
		return r;
	fprintf(stderr, "%llu bytes\n", (unsigned long long)made.size);
	return erofs_mount_open(directory, image, tar, &made, &mount, &root, err);
}

int main(int argc, char **argv)
{
	struct err err = {0};
	if (argc < 4) {
		fprintf(stderr, "usage: %s TAR DIRECTORY COMMAND [ARGUMENT...]\n", argv[0]);
		return 2;
	}
	if (mount_tar(argv[1], argv[2], &err) < 0) {
		fprintf(stderr, "%s\n", err.msg);
		return err.code == ERR_UNSUPPORTED ? 3 : 1;
	}
	execvp(argv[3], argv + 3);
	perror(argv[3]);
	return 1;
}
