/* tests/fuzz/replay.c - runs a fuzz target over every file of the directories named as arguments, so that seeds
 * and past crashes are part of the normal suite. With -Dfuzzing=true libFuzzer takes its place. */
#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "os/fd.h"

#define LARGEST (64u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static int replay_file(int dir, const char *name)
{
	CLEANUP_BUF struct buf b = {0};
	struct err err = {0};
	if (fd_read_file(dir, name, LARGEST, &b, &err) < 0) {
		fprintf(stderr, "%s\n", err.msg);
		return -1;
	}
	/* of its exact size, so that a sanitizer sees a read past its end */
	CLEANUP_FREE uint8_t *data = mem_dup(b.data, b.len);
	printf("%s\n", name);
	fflush(stdout);
	(void)LLVMFuzzerTestOneInput(data, b.len); /* libFuzzer: always 0 */
	return 0;
}

static int replay_directory(const char *path)
{
	int files = 0;
	DIR *d = opendir(path);
	if (!d) {
		perror(path);
		return -1;
	}
	for (struct dirent *e; (e = readdir(d)) && files >= 0;)
		if (e->d_name[0] != '.')
			files = replay_file(dirfd(d), e->d_name) < 0 ? -1 : files + 1;
	closedir(d);
	if (files == 0)
		fprintf(stderr, "%s has no files\n", path);
	return files > 0 ? 0 : -1;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (replay_directory(argv[i]) < 0)
			return 1;
	return argc > 1 ? 0 : 2;
}
