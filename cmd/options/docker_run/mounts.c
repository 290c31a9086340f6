#include "cmd/options/docker_run/mounts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "text/path.h"

void mounts_done(struct runtime_bundle_mount *mounts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(mounts[i].source);
		free(mounts[i].destination);
		free(mounts[i].device);
		free(mounts[i].tmpfs);
	}
	free(mounts);
}

static int bad_mount(const char *text, struct err *err)
{
	return err_set(err, ERR_INVAL, "option-value-invalid", "--mount takes SOURCE:DIRECTORY[:ro|:rw], not \"%s\"",
		       text);
}

static int check_destination(const char *option, const char *path, struct err *err)
{
	if (path[0] != '/' || !path[strspn(path, "/")] || path_has_dotdot(path))
		return err_set(err, ERR_INVAL, "option-value-invalid",
			       "--%s: \"%s\" is not an absolute path below the container's root", option, path);
	return 0;
}

int mounts_parse_bind(const char *text, struct runtime_bundle_mount *out, struct err *err)
{
	const char *colon = strchr(text, ':');
	if (!colon || colon == text)
		return bad_mount(text, err);
	size_t len = strcspn(colon + 1, ":");
	const char *mode = colon + 1 + len;
	bool read_only = strcmp(mode, ":ro") == 0;
	if (*mode && !read_only && strcmp(mode, ":rw") != 0)
		return bad_mount(text, err);
	CLEANUP_FREE char *source = mem_strndup(text, (size_t)(colon - text));
	CLEANUP_FREE char *destination = mem_strndup(colon + 1, len);
	int r = check_destination("mount", destination, err);
	if (r < 0)
		return r;
	if (!strchr(source, '/'))
		return err_set(err, ERR_INVAL, "mount-is-volume",
			       "--mount: \"%s\" is the name of a volume, which slim does not have; to mount a "
			       "directory of this machine, write ./%s",
			       source, source);
	/* the runtime has another working directory, so the path must be absolute and without symlinks */
	char *real = realpath(source, NULL);
	if (!real)
		return err_sys(err, errno, "mount-source-open", "--mount: %s", source);
	*out = (struct runtime_bundle_mount){
	    .source = real, .destination = steal_ptr(&destination), .read_only = read_only};
	return 0;
}

/* Accepts the options of Docker's --tmpfs except "dev": devices cannot be used on a mount of the container. */
static bool is_tmpfs_option(const char *option, size_t len)
{
	static const char *const flags[] = {"ro",       "rw",         "exec",     "noexec",     "suid",
					    "nosuid",   "nodev",      "sync",     "async",      "noatime",
					    "diratime", "nodiratime", "relatime", "strictatime"};
	static const char *const values[] = {"size=", "mode=", "uid=", "gid=", "nr_inodes=", "nr_blocks="};
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (strlen(flags[i]) == len && strncmp(flags[i], option, len) == 0)
			return true;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		if (strlen(values[i]) < len && strncmp(values[i], option, strlen(values[i])) == 0)
			return true;
	return false;
}

int mounts_parse_tmpfs(const char *text, struct runtime_bundle_mount *out, struct err *err)
{
	size_t n = strcspn(text, ":"), len;
	CLEANUP_FREE char *destination = mem_strndup(text, n);
	const char *options = text[n] ? text + n + 1 : "";
	int r = check_destination("tmpfs", destination, err);
	if (r < 0)
		return r;
	for (const char *p = options; *p; p += len + (p[len] == ',')) {
		len = strcspn(p, ",");
		if (!is_tmpfs_option(p, len))
			return err_set(err, ERR_INVAL, "option-value-invalid",
				       "--tmpfs does not take the option \"%.*s\"", (int)len, p);
	}
	*out = (struct runtime_bundle_mount){.destination = steal_ptr(&destination), .tmpfs = mem_strdup(options)};
	return 0;
}

int mounts_parse_device(const char *text, struct runtime_bundle_mount *out, struct err *err)
{
	const char *colon = strrchr(text, ':'), *access = "rwm";
	size_t n = strlen(text);
	if (colon && colon[1] && !colon[1 + strspn(colon + 1, "rwm")]) {
		access = colon + 1;
		n = (size_t)(colon - text);
	}
	CLEANUP_FREE char *source = mem_strndup(text, n);
	char *inside = strchr(source, ':');
	if (inside)
		*inside++ = '\0';
	int r = check_destination("device", inside ? inside : source, err);
	if (r < 0)
		return r;
	struct stat st;
	if (stat(source, &st) < 0)
		return err_sys(err, errno, "device-open", "--device %s", source);
	if (!S_ISCHR(st.st_mode) && !S_ISBLK(st.st_mode))
		return err_set(err, ERR_INVAL, "option-value-invalid", "--device: %s is not a device", source);
	*out = (struct runtime_bundle_mount){.source = mem_strdup(source),
					     .destination = mem_strdup(inside ? inside : source),
					     .device = mem_strdup(access)};
	return 0;
}
