#include "keep/application/runtime_tree.h"

#include <string.h>

#include "base/buf.h"
#include "keep/words.h"
#include "text/glob.h"
#include "text/path.h"

/* The entries that the directory must have, all of them: patterns as in text/glob.h, without "**". */
static const struct {
	const char *name;
	const char *has[3];
	bool builds; /* no program needs it to run */
} shapes[] = {
    {"go", {"bin/go", "src/runtime", "pkg"}, true},
    {"go modules", {"pkg/mod/cache"}, true},
    {"rust", {"bin/rustc", "lib/rustlib"}, true},
    {"rustup", {"toolchains", "update-hashes"}, true},
    {"cargo", {"bin/cargo", "registry"}, true},
    {"cargo", {"bin/cargo", "bin/rustup"}, true},
    {"node", {"bin/node", "include/node"}},
    {"node", {"bin/node", "lib/node_modules/npm"}},
    {"yarn", {"bin/yarn", "lib/cli.js"}, true},
    {"pnpm", {"bin/pnpm.cjs", "dist"}, true},
    {"npm", {"bin/npm-cli.js", "lib"}, true},
    {"nvm", {"nvm.sh", "versions"}},
    {"deno", {"bin/deno", "bin/dx"}},
    {"python", {"bin/python3", "lib/python3.*/os.py"}},
    {"python", {"bin/python2", "lib/python2.*/os.py"}},
    {"pyenv", {"libexec/pyenv", "versions"}},
    {"conda", {"conda-meta", "bin"}},
    {"jdk", {"bin/java", "lib/modules"}},
    {"jdk", {"bin/java", "lib/rt.jar"}},
    {"jdk", {"bin/java", "jre/lib/rt.jar"}},
    {"maven", {"bin/mvn", "boot"}, true},
    {"gradle", {"bin/gradle", "lib/plugins"}, true},
    {"ant", {"bin/ant", "lib/ant.jar"}, true},
    {"sbt", {"bin/sbt", "bin/sbt-launch.jar"}, true},
    {"kotlin", {"bin/kotlinc", "lib/kotlin-compiler.jar"}, true},
    {"scala", {"bin/scala", "lib/scala-library.jar"}},
    {"ruby", {"bin/ruby", "lib/ruby"}},
    {"rbenv", {"libexec/rbenv", "versions"}},
    {"perl", {"bin/perl", "lib/perl5"}},
    {"php", {"bin/php", "include/php"}},
    {"dotnet", {"dotnet", "host/fxr"}},
    {"erlang", {"bin/erl", "erts-*"}},
    {"erlang", {"bin/erl", "lib/erlang"}},
    {"elixir", {"bin/elixir", "lib/elixir"}},
    {"gcc", {"bin/gcc", "lib/gcc"}, true},
    {"gcc", {"bin/gcc", "libexec/gcc"}, true},
    {"llvm", {"bin/clang", "lib/clang"}, true},
    {"zig", {"zig", "lib/zig.h"}, true},
    {"swift", {"bin/swift", "lib/swift"}, true},
    {"ghc", {"bin/ghc", "lib/ghc-*"}, true},
    {"julia", {"bin/julia", "share/julia"}},
    {"r", {"bin/R", "lib/R/library"}},
    {"lua", {"bin/luarocks", "share/lua"}},
    {"dart", {"bin/dart", "bin/snapshots"}},
    {"flutter", {"bin/flutter", "packages/flutter"}, true},
    {"android sdk", {"cmdline-tools", "platforms"}, true},
    {"nim", {"bin/nim", "lib/system.nim"}, true},
    {"crystal", {"bin/crystal", "share/crystal"}, true},
    {"homebrew", {"bin/brew", "Library/Homebrew"}, true},
    {"nix", {"store", "var/nix"}},
};
#define N_SHAPES (sizeof(shapes) / sizeof(shapes[0]))

/* The entry at a relative pattern below dir; symlinks are not crossed: a runtime's own tree has none there. */
static uint32_t find(const struct image_index *x, uint32_t dir, const char *pattern)
{
	const char *name;
	size_t len;
	if (!path_next(&pattern, &name, &len))
		return dir;
	if (!memchr(name, '*', len)) {
		uint32_t child = image_index_child(x, dir, name, len);
		return child == IMAGE_NONE ? IMAGE_NONE : find(x, child, pattern);
	}
	const struct image_node *d = image_index_node(x, dir);
	for (uint32_t i = 0; i < d->n_children; i++) {
		const char *child = image_index_node(x, d->first_child + i)->name;
		uint32_t hit = glob_match_name(name, len, child, strlen(child)) ? find(x, d->first_child + i, pattern)
										: IMAGE_NONE;
		if (hit != IMAGE_NONE)
			return hit;
	}
	return IMAGE_NONE;
}

static bool is_shared(const struct image_index *x, uint32_t dir)
{
	static const char *const prefixes[] = {"/", "/usr", "/usr/local", "/opt", "/home", "/root"};
	CLEANUP_BUF struct buf path = {0};
	image_index_path(x, dir, &path);
	return KEEP_WORDS_HAVE(prefixes, path.data);
}

/* Whether the directory has all of a shape. first: what its first pattern found. */
static bool has_shape(const struct image_index *x, uint32_t dir, size_t shape, uint32_t *first)
{
	*first = IMAGE_NONE;
	for (size_t k = 0; k < 3 && shapes[shape].has[k]; k++) {
		uint32_t hit = find(x, dir, shapes[shape].has[k]);
		if (hit == IMAGE_NONE)
			return false;
		*first = *first == IMAGE_NONE ? hit : *first;
	}
	return true;
}

enum keep_runtime_tree_kind keep_runtime_tree_at(const struct image_index *x, uint32_t dir, uint32_t *layer)
{
	uint32_t first;
	for (size_t i = 0; i < N_SHAPES; i++)
		if (has_shape(x, dir, i, &first)) {
			*layer = image_index_node(x, first)->layer;
			return is_shared(x, dir) ? KEEP_RUNTIME_TREE_SHARED : KEEP_RUNTIME_TREE_WHOLE;
		}
	return KEEP_RUNTIME_TREE_NONE;
}

bool keep_runtime_tree_builds(const struct image_index *x, uint32_t dir)
{
	uint32_t first;
	for (size_t i = 0; i < N_SHAPES; i++)
		if (shapes[i].builds && has_shape(x, dir, i, &first))
			return !is_shared(x, dir);
	return false;
}
