#include "keep/leftovers.h"

#include <string.h>

#include "base/path.h"

static const struct {
	const char *name;
	uint8_t kind;
} directories[] = {
    /* version control, editors, continuous integration */
    {".git", LEFTOVER_ALWAYS},
    {".hg", LEFTOVER_ALWAYS},
    {".svn", LEFTOVER_ALWAYS},
    {".bzr", LEFTOVER_ALWAYS},
    {".github", LEFTOVER_ALWAYS},
    {".gitlab", LEFTOVER_ALWAYS},
    {".circleci", LEFTOVER_ALWAYS},
    {".vscode", LEFTOVER_ALWAYS},
    {".idea", LEFTOVER_ALWAYS},
    {".devcontainer", LEFTOVER_ALWAYS},
    /* caches and state of package managers and build tools */
    {".cache", LEFTOVER_ALWAYS},
    {".npm", LEFTOVER_ALWAYS},
    {".node-gyp", LEFTOVER_ALWAYS},
    {".pnpm-store", LEFTOVER_ALWAYS},
    {".yarn", LEFTOVER_UNUSED}, /* plug'n'play runs from its cache */
    {".parcel-cache", LEFTOVER_ALWAYS},
    {".turbo", LEFTOVER_ALWAYS},
    {".bun", LEFTOVER_ALWAYS},
    {".cargo", LEFTOVER_ALWAYS},
    {".rustup", LEFTOVER_ALWAYS},
    {".m2", LEFTOVER_ALWAYS},
    {".gradle", LEFTOVER_ALWAYS},
    {".ivy2", LEFTOVER_ALWAYS},
    {".sbt", LEFTOVER_ALWAYS},
    {".nuget", LEFTOVER_ALWAYS},
    {".composer", LEFTOVER_ALWAYS},
    {".gem", LEFTOVER_PACKAGES},
    {".cpan", LEFTOVER_ALWAYS},
    {".cpanm", LEFTOVER_ALWAYS},
    {".stack", LEFTOVER_ALWAYS},
    {".cabal", LEFTOVER_ALWAYS},
    {".ccache", LEFTOVER_ALWAYS},
    {".conda", LEFTOVER_ALWAYS},
    {".eggs", LEFTOVER_ALWAYS},
    {"__pycache__", LEFTOVER_ALWAYS},
    {".pytest_cache", LEFTOVER_ALWAYS},
    {".mypy_cache", LEFTOVER_ALWAYS},
    {".ruff_cache", LEFTOVER_ALWAYS},
    {".hypothesis", LEFTOVER_ALWAYS},
    {".tox", LEFTOVER_ALWAYS},
    {".nox", LEFTOVER_ALWAYS},
    {".nyc_output", LEFTOVER_ALWAYS},
    {"CMakeFiles", LEFTOVER_ALWAYS},
    /* tests */
    {"test", LEFTOVER_UNUSED},
    {"tests", LEFTOVER_UNUSED},
    {"__tests__", LEFTOVER_UNUSED},
    {"__mocks__", LEFTOVER_UNUSED},
    {"__snapshots__", LEFTOVER_UNUSED},
    {"testdata", LEFTOVER_UNUSED},
    {"e2e", LEFTOVER_UNUSED},
    {"cypress", LEFTOVER_UNUSED},
    {"coverage", LEFTOVER_UNUSED},
    /* packages of languages */
    {"node_modules", LEFTOVER_PACKAGES},
    {"bower_components", LEFTOVER_NONE},
    {"site-packages", LEFTOVER_PACKAGES},
    {"dist-packages", LEFTOVER_PACKAGES},
};

/* A directory beside (or below, with "/") a file that tells what it is. */
static const struct {
	const char *beside, *name;
	uint8_t kind;
} beside[] = {
    {"Cargo.toml", "target", LEFTOVER_UNUSED},
    {"Cargo.toml", "src", LEFTOVER_UNUSED},
    {"pom.xml", "target", LEFTOVER_UNUSED},
    {"pom.xml", "src", LEFTOVER_UNUSED},
    {"build.gradle", "build", LEFTOVER_UNUSED},
    {"build.gradle", "src", LEFTOVER_UNUSED},
    {"build.gradle.kts", "build", LEFTOVER_UNUSED},
    {"build.gradle.kts", "src", LEFTOVER_UNUSED},
    {"build.sbt", "target", LEFTOVER_UNUSED},
    {"CMakeLists.txt", "build", LEFTOVER_UNUSED},
    {"mix.exs", "deps", LEFTOVER_UNUSED},
    {"specifications", "gems", LEFTOVER_PACKAGES},
    {"specifications", "doc", LEFTOVER_ALWAYS},
    {"specifications", "cache", LEFTOVER_ALWAYS},
    {"specifications", "extensions", LEFTOVER_PACKAGES},
};

static const char *const sources[] = {
    ".c",  ".cc", ".cpp", ".cxx", ".h",    ".hh",    ".hpp",  ".o",   ".obj", ".a",     ".la",
    ".lo", ".d",  ".go",  ".rs",  ".rlib", ".rmeta", ".java", ".kt",  ".kts", ".scala", ".groovy",
    ".cs", ".fs", ".vb",  ".ts",  ".mts",  ".cts",   ".tsx",  ".jsx", ".map", ".swift", ".zig",
    ".hs", ".hi", ".ml",  ".mli", ".cmx",  ".cmi",   ".nim",  ".cr",  ".pdb", ".f90",   ".tsbuildinfo",
};

enum leftover leftover_directory(const struct rootfs_index *x, uint32_t dir)
{
	const struct rootfs_node *n = rootfs_index_node(x, dir);
	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++)
		if (strcmp(directories[i].name, n->name) == 0)
			return (enum leftover)directories[i].kind;
	for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++)
		if (strcmp(beside[i].name, n->name) == 0 &&
		    rootfs_index_child(x, n->parent, beside[i].beside, strlen(beside[i].beside)) != ROOTFS_NONE)
			return (enum leftover)beside[i].kind;
	return LEFTOVER_NONE;
}

const char *leftover_source(const char *name)
{
	const char *dot = strrchr(name, '.');
	for (size_t i = 0; dot && i < sizeof(sources) / sizeof(sources[0]); i++)
		if (strcmp(sources[i], dot) == 0)
			return dot;
	return "";
}

bool leftover_is_content(const char *name)
{
	static const char *const names[] = {"public", "static",    "assets",   "www",    "html",
					    "htdocs", "wwwroot",   "media",    "data",   "templates",
					    "views",  "resources", "fixtures", "content"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static bool below_one(const char *path, const char *const *dirs)
{
	for (; *dirs; dirs++)
		if (path_is_below(path, *dirs))
			return true;
	return false;
}

bool leftover_place(const char *path)
{
	static const char *const places[] = {"/proc",
					     "/sys",
					     "/dev",
					     "/tmp",
					     "/run",
					     "/var/tmp",
					     "/var/cache",
					     "/var/log",
					     "/var/run",
					     "/var/lib/apt",
					     "/boot",
					     "/var/lib/dpkg",
					     "/lib/apk",
					     "/var/lib/rpm",
					     "/var/lib/ucf",
					     "/usr/share/doc",
					     "/usr/share/man",
					     "/usr/share/info",
					     "/usr/local/share/doc",
					     "/usr/local/share/man",
					     "/usr/local/man",
					     NULL};
	return below_one(path, places);
}

bool leftover_is_system(const char *path)
{
	static const char *const own[] = {"/usr/local", "/usr/src", "/var/www", NULL};
	static const char *const system[] = {"/bin",  "/etc", "/lib", "/lib32", "/lib64", "/libx32",
					     "/sbin", "/usr", "/var", "/boot",  NULL};
	return below_one(path, system) && !below_one(path, own);
}
