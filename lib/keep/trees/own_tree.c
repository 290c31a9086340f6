#include "keep/trees/own_tree.h"

#include <string.h>

#include "base/buf.h"
#include "keep/tree.h"
#include "keep/words.h"
#include "text/glob.h"

/* The deepest that matches counts. */
static const char *const homes[] = {
    "/opt",
    "/usr/lib",
    "/usr/lib64",
    "/usr/libexec",
    "/usr/share",
    "/usr/lib/*-linux-*",
    "/usr/lib/games",
    "/usr/share/games",
    "/usr/local/lib",
    "/usr/local/lib64",
    "/usr/local/libexec",
    "/usr/local/share",
    "/usr/local/lib/*-linux-*",
    "/lib",
    "/lib64",
    "/lib/*-linux-*",
    "/var/lib",
    "/var/games",
};

/* Children of homes that are no program's own, or whose files are known one by one. */
static const char *const modelled[] = {
    /* interpreters' modules: their closures */
    "python*",
    "pypy*",
    "perl*",
    "ruby*",
    "rubygems*",
    "gems",
    "node_modules",
    "nodejs",
    "javascript",
    "php*",
    "pear",
    "jvm",
    "java*",
    "maven-repo",
    "go*",
    "rustlib",
    "cargo*",
    /* data families: keep/rules */
    "zoneinfo*",
    "i18n",
    "locale*",
    "gconv",
    "terminfo",
    "tabset",
    "fonts",
    "fontconfig",
    "mime",
    "ca-certificates",
    "ssl",
    "gio",
    "glib-2.0",
    "gdk-pixbuf-*",
    "icu",
    "git-core",
    "postgresql*",
    "mysql*",
    "X11",
    /* documentation, desktops, tools to build, install and boot with */
    "doc",
    "doc-base",
    "man",
    "info",
    "help",
    "gtk-doc",
    "licenses",
    "common-licenses",
    "lintian",
    "bug",
    "menu",
    "applications",
    "pixmaps",
    "icons",
    "themes",
    "bash-completion",
    "zsh",
    "fish",
    "vim*",
    "emacs*",
    "gcc*",
    "cpp",
    "pkgconfig",
    "aclocal*",
    "cmake*",
    "debug*",
    "gdb",
    "systemd",
    "udev",
    "tmpfiles.d",
    "sysusers.d",
    "modules",
    "modprobe.d",
    "firmware",
    "binfmt.d",
    "dpkg",
    "apt",
    "rpm",
    "apk",
    "debconf",
    "debianutils",
    "ucf",
    "misc",
    "base-*",
    "init",
    "pam*",
    "security",
    "mime-support",
    "polkit-1",
    "dbus-1",
    "keyrings",
    "xml",
    "sgml*",
    "*-linux-*",
    "games",
};

static bool matches(const char *const *globs, size_t n, const char *text)
{
	for (size_t i = 0; i < n; i++)
		if (*text == '/' ? glob_match(globs[i], text)
				 : glob_match_name(globs[i], strlen(globs[i]), text, strlen(text)))
			return true;
	return false;
}

static bool is_home(const struct image_index *x, uint32_t dir)
{
	CLEANUP_BUF struct buf path = {0};
	image_index_path(x, dir, &path);
	return matches(homes, sizeof(homes) / sizeof(homes[0]), path.data);
}

uint32_t keep_own_tree_of(const struct image_index *x, uint32_t node)
{
	for (uint32_t at = node; at; at = image_index_node(x, at)->parent) {
		const struct image_node *n = image_index_node(x, at);
		if (keep_tree_is_foreign(n))
			return IMAGE_NONE;
		if (is_home(x, n->parent))
			return S_ISDIR(n->mode) && !matches(modelled, sizeof(modelled) / sizeof(modelled[0]), n->name)
				   ? at
				   : IMAGE_NONE;
	}
	return IMAGE_NONE;
}
