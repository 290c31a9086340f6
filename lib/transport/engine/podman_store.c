#include "transport/engine/podman_store.h"

#include <fcntl.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/strlist.h"
#include "os/fd.h"
#include "os/privilege.h"
#include "text/toml.h"

bool engine_podman_is_installed(void)
{
	const char *path = getenv("PATH");
	while (path && *path) {
		size_t n = strcspn(path, ":");
		CLEANUP_FREE char *program = mem_printf("%.*s/podman", (int)n, path);
		if (n && access(program, X_OK) == 0)
			return true;
		path += n + (path[n] == ':');
	}
	return false;
}

static void add_value(const json_t *doc, const char *key, struct strlist *out)
{
	const char *value = json_string_value(json_object_get(json_object_get(doc, "storage"), key));
	if (value && *value)
		strlist_add(out, value);
}

/* Read the roots from the configuration file that takes precedence. For an ordinary user the key that counts depends
 * on podman's version and on the file, so each of them is taken. */
static void configured_roots(bool user, struct strlist *out)
{
	const char *named = getenv("CONTAINERS_STORAGE_CONF"), *home = getenv("HOME"),
		   *config = getenv("XDG_CONFIG_HOME");
	CLEANUP_STRLIST struct strlist files = {0};
	if (named && *named)
		strlist_add(&files, named);
	if (user && config && *config)
		strlist_take(&files, mem_printf("%s/containers/storage.conf", config));
	else if (user && home && *home)
		strlist_take(&files, mem_printf("%s/.config/containers/storage.conf", home));
	strlist_add(&files, "/etc/containers/storage.conf");
	strlist_add(&files, "/usr/share/containers/storage.conf");
	for (size_t i = 0; i < files.count; i++) {
		CLEANUP_BUF struct buf text = {0};
		json_auto_t *doc = NULL;
		if (fd_read_file(AT_FDCWD, files.items[i], LIMIT_TOML, &text, NULL) < 0)
			continue;
		if (toml_parse(text.data ? text.data : "", text.len, files.items[i], &doc, NULL) < 0)
			strlist_add(out, "$"); /* podman will say it */
		if (user)
			add_value(doc, "rootless_storage_path", out);
		add_value(doc, "graphroot", out);
		return;
	}
}

static bool holds_store(const char *root)
{
	static const char *const drivers[] = {"overlay", "vfs", "btrfs", "zfs"};
	for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++) {
		CLEANUP_FREE char *list = mem_printf("%s/%s-images/images.json", root, drivers[i]);
		if (access(list, F_OK) == 0)
			return true;
	}
	return false;
}

bool engine_podman_has_store(void)
{
	const char *home = getenv("HOME"), *data = getenv("XDG_DATA_HOME");
	bool user = !privilege_is_full();
	CLEANUP_STRLIST struct strlist roots = {0};
	configured_roots(user, &roots);
	if (user && data && *data)
		strlist_take(&roots, mem_printf("%s/containers/storage", data));
	else if (user && home && *home)
		strlist_take(&roots, mem_printf("%s/.local/share/containers/storage", home));
	else if (!roots.count)
		strlist_add(&roots, "/var/lib/containers/storage");
	for (size_t i = 0; i < roots.count; i++)
		if (strchr(roots.items[i], '$') || holds_store(roots.items[i]))
			return true;
	return false;
}
