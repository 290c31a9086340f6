#include "transport/engine/podman_store.h"

#include <fcntl.h>
#include <string.h>

#include "base/fd.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/privilege.h"
#include "base/strlist.h"
#include "base/toml.h"

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

/* What the files of the configuration say, the strongest first; NULL = nothing; free(). */
static char *configured_root(bool user)
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
			return mem_strdup("$"); /* podman will say it */
		/* the machine's files speak of a user's store by another key */
		bool own = strncmp(files.items[i], "/etc/", 5) != 0 && strncmp(files.items[i], "/usr/", 5) != 0;
		const json_t *root = json_object_get(json_object_get(doc, "storage"),
						     user && !own ? "rootless_storage_path" : "graphroot");
		return json_is_string(root) && *json_string_value(root) ? mem_strdup(json_string_value(root)) : NULL;
	}
	return NULL;
}

bool engine_podman_has_store(void)
{
	const char *home = getenv("HOME"), *data = getenv("XDG_DATA_HOME");
	bool user = !privilege_is_full();
	CLEANUP_FREE char *root = configured_root(user);
	if (!root && !user)
		root = mem_strdup("/var/lib/containers/storage");
	else if (!root && data && *data)
		root = mem_printf("%s/containers/storage", data);
	else if (!root && home && *home)
		root = mem_printf("%s/.local/share/containers/storage", home);
	if (!root || strchr(root, '$'))
		return true;
	static const char *const drivers[] = {"overlay", "vfs", "btrfs", "zfs"};
	for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++) {
		CLEANUP_FREE char *list = mem_printf("%s/%s-images/images.json", root, drivers[i]);
		if (access(list, F_OK) == 0)
			return true;
	}
	return false;
}
