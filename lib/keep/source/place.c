#include "keep/source/place.h"

#include <string.h>

#include "keep/words.h"
#include "text/path.h"

bool keep_place_is_shared(const char *path)
{
	static const char *const dirs[] = {"/usr/local",       "/usr/src",     "/usr/share",     "/usr/lib",
					   "/usr/bin",         "/usr/sbin",    "/var/lib",       "/var/www",
					   "/var/log",         "/var/cache",   "/var/run",       "/var/tmp",
					   "/usr/libexec",     "/usr/include", "/usr/local/bin", "/usr/local/lib",
					   "/usr/local/share", "/etc/ssl",     "/run/lock"};
	static const char *const roots[] = {"/usr",    "/etc", "/var", "/bin",   "/sbin", "/lib", "/lib32", "/lib64",
					    "/libx32", "/opt", "/srv", "/home",  "/root", "/tmp", "/run",   "/dev",
					    "/proc",   "/sys", "/mnt", "/media", "/boot", "/",    ""};
	return KEEP_WORDS_HAVE(dirs, path) || KEEP_WORDS_HAVE(roots, path);
}

bool keep_place_is_distribution(const char *path)
{
	static const char *const dirs[] = {
	    "/usr",  "/etc", "/bin", "/sbin", "/lib",     "/lib32",     "/lib64",   "/libx32",  "/run",    "/dev",
	    "/proc", "/sys", "/tmp", "/boot", "/var/lib", "/var/cache", "/var/log", "/var/run", "/var/tmp"};
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		if (path_is_below(path, dirs[i]))
			return !path_is_below(path, "/usr/src");
	return false;
}

const char *keep_place_working_dir(const struct keep_set *k)
{
	return k->config && k->config->working_dir && *k->config->working_dir ? k->config->working_dir : "/";
}

bool keep_place_is_package(const char *path)
{
	static const char *const packages[] = {"/node_modules/", "/site-packages/", "/dist-packages/", "/gems/"};
	for (size_t i = 0; i < sizeof(packages) / sizeof(packages[0]); i++)
		if (strstr(path, packages[i]))
			return true;
	return false;
}

bool keep_place_is_application(const struct keep_set *k, const char *path)
{
	if (keep_place_is_package(path))
		return false;
	const char *cwd = keep_place_working_dir(k);
	return (!keep_place_is_shared(cwd) && path_is_below(path, cwd)) || !keep_place_is_distribution(path);
}

bool keep_place_is_local(const struct keep_file *f)
{
	CLEANUP_BUF struct buf path = {0};
	image_index_path(f->k->index, f->node, &path);
	return keep_place_is_application(f->k, path.data) ||
	       (path_is_below(path.data, "/usr/local") && !keep_place_is_package(path.data));
}
