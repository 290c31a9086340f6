#include "keep/application/leftovers.h"

#include <string.h>

#include "keep/words.h"
#include "text/path.h"

static const struct {
	const char *name;
	uint8_t kind;
} directories[] = {
    /* version control, editors, continuous integration */
    {".git", KEEP_LEFTOVER_ALWAYS},
    {".hg", KEEP_LEFTOVER_ALWAYS},
    {".svn", KEEP_LEFTOVER_ALWAYS},
    {".bzr", KEEP_LEFTOVER_ALWAYS},
    {".github", KEEP_LEFTOVER_ALWAYS},
    {".gitlab", KEEP_LEFTOVER_ALWAYS},
    {".circleci", KEEP_LEFTOVER_ALWAYS},
    {".vscode", KEEP_LEFTOVER_ALWAYS},
    {".idea", KEEP_LEFTOVER_ALWAYS},
    {".devcontainer", KEEP_LEFTOVER_ALWAYS},
    /* caches and state of package managers and build tools */
    {".cache", KEEP_LEFTOVER_ALWAYS},
    {".npm", KEEP_LEFTOVER_ALWAYS},
    {".node-gyp", KEEP_LEFTOVER_ALWAYS},
    {".pnpm-store", KEEP_LEFTOVER_ALWAYS},
    {".yarn", KEEP_LEFTOVER_UNUSED}, /* plug'n'play runs from its cache */
    {".parcel-cache", KEEP_LEFTOVER_ALWAYS},
    {".turbo", KEEP_LEFTOVER_ALWAYS},
    {".bun", KEEP_LEFTOVER_ALWAYS},
    {".cargo", KEEP_LEFTOVER_ALWAYS},
    {".rustup", KEEP_LEFTOVER_ALWAYS},
    {".m2", KEEP_LEFTOVER_ALWAYS},
    {".gradle", KEEP_LEFTOVER_ALWAYS},
    {".ivy2", KEEP_LEFTOVER_ALWAYS},
    {".sbt", KEEP_LEFTOVER_ALWAYS},
    {".nuget", KEEP_LEFTOVER_ALWAYS},
    {".composer", KEEP_LEFTOVER_ALWAYS},
    {".gem", KEEP_LEFTOVER_PACKAGES},
    {".cpan", KEEP_LEFTOVER_ALWAYS},
    {".cpanm", KEEP_LEFTOVER_ALWAYS},
    {".stack", KEEP_LEFTOVER_ALWAYS},
    {".cabal", KEEP_LEFTOVER_ALWAYS},
    {".ccache", KEEP_LEFTOVER_ALWAYS},
    {".conda", KEEP_LEFTOVER_ALWAYS},
    {".eggs", KEEP_LEFTOVER_ALWAYS},
    {"__pycache__", KEEP_LEFTOVER_ALWAYS},
    {".pytest_cache", KEEP_LEFTOVER_ALWAYS},
    {".mypy_cache", KEEP_LEFTOVER_ALWAYS},
    {".ruff_cache", KEEP_LEFTOVER_ALWAYS},
    {".hypothesis", KEEP_LEFTOVER_ALWAYS},
    {".tox", KEEP_LEFTOVER_ALWAYS},
    {".nox", KEEP_LEFTOVER_ALWAYS},
    {".nyc_output", KEEP_LEFTOVER_ALWAYS},
    {"CMakeFiles", KEEP_LEFTOVER_ALWAYS},
    /* tests */
    {"test", KEEP_LEFTOVER_UNUSED},
    {"tests", KEEP_LEFTOVER_UNUSED},
    {"__tests__", KEEP_LEFTOVER_UNUSED},
    {"__mocks__", KEEP_LEFTOVER_UNUSED},
    {"__snapshots__", KEEP_LEFTOVER_UNUSED},
    {"testdata", KEEP_LEFTOVER_UNUSED},
    {"e2e", KEEP_LEFTOVER_UNUSED},
    {"cypress", KEEP_LEFTOVER_UNUSED},
    {"coverage", KEEP_LEFTOVER_UNUSED},
    /* packages of languages */
    {"node_modules", KEEP_LEFTOVER_PACKAGES},
    {"bower_components", KEEP_LEFTOVER_NONE},
    {"site-packages", KEEP_LEFTOVER_PACKAGES},
    {"dist-packages", KEEP_LEFTOVER_PACKAGES},
};

/* A directory beside (or below, with "/") a file that shows its kind. */
static const struct {
	const char *beside, *name;
	uint8_t kind;
} beside[] = {
    {"Cargo.toml", "target", KEEP_LEFTOVER_UNUSED},
    {"Cargo.toml", "src", KEEP_LEFTOVER_UNUSED},
    {"pom.xml", "target", KEEP_LEFTOVER_UNUSED},
    {"pom.xml", "src", KEEP_LEFTOVER_UNUSED},
    {"build.gradle", "build", KEEP_LEFTOVER_UNUSED},
    {"build.gradle", "src", KEEP_LEFTOVER_UNUSED},
    {"build.gradle.kts", "build", KEEP_LEFTOVER_UNUSED},
    {"build.gradle.kts", "src", KEEP_LEFTOVER_UNUSED},
    {"build.sbt", "target", KEEP_LEFTOVER_UNUSED},
    {"CMakeLists.txt", "build", KEEP_LEFTOVER_UNUSED},
    {"mix.exs", "deps", KEEP_LEFTOVER_UNUSED},
    {"specifications", "gems", KEEP_LEFTOVER_PACKAGES},
    {"specifications", "doc", KEEP_LEFTOVER_ALWAYS},
    {"specifications", "cache", KEEP_LEFTOVER_ALWAYS},
    {"specifications", "extensions", KEEP_LEFTOVER_PACKAGES},
};

static const char *const sources[] = {
    ".c",  ".cc", ".cpp", ".cxx",  ".h",     ".hh",   ".hpp", ".o",   ".a",     ".la",          ".lo",
    ".d",  ".go", ".rs",  ".rlib", ".rmeta", ".java", ".kt",  ".kts", ".scala", ".groovy",      ".cs",
    ".fs", ".vb", ".ts",  ".mts",  ".cts",   ".tsx",  ".jsx", ".map", ".swift", ".zig",         ".hs",
    ".hi", ".ml", ".mli", ".cmx",  ".cmi",   ".nim",  ".cr",  ".pdb", ".f90",   ".tsbuildinfo",
};

/* What holds the tests of a project holds other files or sources, too: /srv/worlds/test is a world. */
static bool is_project(const struct image_index *x, uint32_t dir)
{
	static const char *const sources_in[] = {"src", "lib"};
	const struct image_node *n = image_index_node(x, dir);
	for (uint32_t i = 0; i < n->n_children; i++) {
		const struct image_node *child = image_index_node(x, n->first_child + i);
		if (S_ISREG(child->mode) || KEEP_WORDS_HAVE(sources_in, child->name))
			return true;
	}
	return false;
}

enum keep_leftover keep_leftover_directory(const struct image_index *x, uint32_t dir)
{
	const struct image_node *n = image_index_node(x, dir);
	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++)
		if (strcmp(directories[i].name, n->name) == 0)
			return directories[i].kind == KEEP_LEFTOVER_UNUSED && !is_project(x, n->parent)
				   ? KEEP_LEFTOVER_NONE
				   : (enum keep_leftover)directories[i].kind;
	for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++)
		if (strcmp(beside[i].name, n->name) == 0 &&
		    image_index_child(x, n->parent, beside[i].beside, strlen(beside[i].beside)) != IMAGE_NONE)
			return (enum keep_leftover)beside[i].kind;
	return KEEP_LEFTOVER_NONE;
}

const char *keep_leftover_source(const char *name)
{
	const char *dot = strrchr(name, '.');
	return dot && KEEP_WORDS_HAVE(sources, dot) ? dot : "";
}

/* app.js beside app.js.map, app.dll beside app.pdb: else a map or a data base of another kind. */
bool keep_leftover_lacks_product(const struct image_index *x, const struct image_node *n)
{
	static const char *const made[] = {".dll", ".exe"};
	size_t len = strlen(n->name);
	bool map = path_ends_with(n->name, ".map"), symbols = path_ends_with(n->name, ".pdb");
	if (map)
		return image_index_child(x, n->parent, n->name, len - 4) == IMAGE_NONE;
	for (size_t i = 0; symbols && i < sizeof(made) / sizeof(made[0]); i++) {
		CLEANUP_BUF struct buf name = {0};
		buf_printf(&name, "%.*s%s", (int)(len - 4), n->name, made[i]);
		if (image_index_child(x, n->parent, name.data, name.len) != IMAGE_NONE)
			return false;
	}
	return symbols;
}

bool keep_leftover_is_content(const char *name)
{
	static const char *const names[] = {"public", "static",    "assets",   "www",    "html",
					    "htdocs", "wwwroot",   "media",    "data",   "templates",
					    "views",  "resources", "fixtures", "content"};
	return KEEP_WORDS_HAVE(names, name);
}

static bool below_one(const char *path, const char *const *dirs)
{
	for (; *dirs; dirs++)
		if (path_is_below(path, *dirs))
			return true;
	return false;
}

bool keep_leftover_place(const char *path)
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

bool keep_leftover_is_system(const char *path)
{
	static const char *const own[] = {"/usr/local", "/usr/src", "/var/www", NULL};
	static const char *const system[] = {"/bin",  "/etc", "/lib", "/lib32", "/lib64", "/libx32",
					     "/sbin", "/usr", "/var", "/boot",  NULL};
	return below_one(path, system) && !below_one(path, own);
}
