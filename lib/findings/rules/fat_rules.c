#include "findings/rules/rule.h"

#define LEAST 100000 /* bytes */
#define RULE(name, words, text) .id = name, .kind = FINDINGS_FAT, .least = LEAST, .title = words, .advice = text
#define CACHE(name, words, text, ...)                                                                                  \
	{                                                                                                              \
		RULE(name, words, text), .match = FINDINGS_BY_PATH, .paths = FINDINGS_LIST(__VA_ARGS__)                \
	}
#define FACT(name, fact, words, text)                                                                                  \
	{                                                                                                              \
		RULE(name, words, text), .match = FINDINGS_BY_FACT, .what = fact                                       \
	}

const struct findings_rule findings_rules_fat[] = {
    /* caches */
    CACHE("apt-lists", "lists of apt", "Delete %p/* in the RUN line of layer %l that runs apt-get update (saves %s).",
	  "/var/lib/apt/lists"),
    CACHE("apt-cache", "packages that apt downloaded, and its caches",
	  "Run apt-get clean and delete %p/* in the RUN line of layer %l (saves %s).", "/var/cache/apt"),
    CACHE("apk-cache", "the cache of apk", "Run apk add --no-cache in layer %l, or delete %p/* there (saves %s).",
	  "/var/cache/apk", "/etc/apk/cache"),
    CACHE("rpm-cache", "the cache of a package manager",
	  "Run dnf clean all (or yum, zypper) in the RUN line of layer %l, or delete %p there (saves %s).",
	  "/var/cache/dnf", "/var/cache/yum", "/var/cache/libdnf5", "/var/cache/zypp", "/var/cache/pacman"),
    CACHE("package-leftovers", "copies that package managers leave behind",
	  "Delete %f in the RUN line of layer %l that installs packages (saves %s).", "/var/cache/debconf",
	  "/var/lib/dpkg/status-old", "/var/lib/dpkg/diversions-old", "/var/cache/ldconfig"),
    CACHE("pip-cache", "the cache of a Python package manager",
	  "Run pip install --no-cache-dir in layer %l, or mount a cache there; delete %p (saves %s).", ".cache/pip",
	  ".cache/uv", ".cache/pypoetry", ".cache/pipenv"),
    CACHE("npm-cache", "the cache of a JavaScript package manager",
	  "Run npm cache clean --force in the RUN line of layer %l, or delete %p there (saves %s).", ".npm",
	  ".cache/yarn", ".cache/node-gyp", ".cache/node", ".pnpm-store", "/usr/local/share/.cache"),
    CACHE("go-cache", "caches of Go",
	  "Build in an earlier stage and COPY the program, or delete %p in the RUN line of layer %l (saves %s).",
	  ".cache/go-build", "go/pkg/mod", "go/pkg/sumdb"),
    CACHE("java-cache", "caches of a Java build tool",
	  "Build in an earlier stage and COPY the result, or delete %p in the RUN line of layer %l (saves %s).",
	  ".m2/repository", ".m2/wrapper", ".gradle/caches", ".gradle/wrapper", ".ivy2/cache", ".sbt/boot"),
    CACHE("cargo-cache", "caches of Cargo",
	  "Build in an earlier stage and COPY the program, or delete %p in the RUN line of layer %l (saves %s).",
	  ".cargo/registry", ".cargo/git", "/usr/local/cargo/registry", "/usr/local/cargo/git"),
    CACHE("gem-cache", "caches of RubyGems and Bundler",
	  "Delete %p in the RUN line of layer %l that installs gems (saves %s).", "/var/lib/gems/*/cache",
	  "bundle/cache", "bundle/ruby/*/cache", ".bundle/cache", "ruby/gems/*/cache"),
    CACHE("composer-cache", "the cache of Composer", "Run composer clear-cache in the RUN line of layer %l (saves %s).",
	  ".composer/cache", ".cache/composer"),
    CACHE("nuget-cache", "the cache of NuGet",
	  "Publish in an earlier stage and COPY the result, or delete %p in the RUN line of layer %l (saves %s).",
	  ".nuget/packages", ".local/share/NuGet"),
    CACHE("user-cache", "caches of programs", "Delete %p in the RUN line of layer %l that fills it (saves %s).",
	  ".cache"),
    CACHE("temporary-files", "temporary files", "Delete %f in the RUN line of layer %l that creates them (saves %s).",
	  "/tmp", "/var/tmp"),
    CACHE("logs", "log files", "Delete %f in the RUN line of layer %l that writes them (saves %s).", "/var/log"),
    {RULE("archives", "archives that were unpacked or installed",
	  "Delete %f in the RUN line of layer %l, or download to a pipe (saves %s)."),
     .match = FINDINGS_BY_PATH, .flags = FINDINGS_UNOWNED,
     .paths = FINDINGS_LIST("*.deb", "*.rpm", "*.whl", "/*.tar.gz", "/*.tgz", "/*.tar.xz", "/*.zip", "/root/*.tar.gz",
			    "/opt/*.tar.gz", "/opt/*.tgz", "/opt/*.tar.xz", "/usr/src/*.tar.gz", "/usr/src/*.tar.xz",
			    "/usr/local/src/*.tar.gz", "/opt/*.zip", "/root/*.zip")},

    /* files of the build's context; a small one tells others as much as a large one */
    {.id = "build-context",
     .kind = FINDINGS_FAT,
     .least = 1,
     .title = "files that a .dockerignore should keep out",
     .advice = "Name %f in .dockerignore: the step of layer %l copies them (saves %s).",
     .match = FINDINGS_BY_PATH,
     .flags = FINDINGS_UNOWNED,
     .paths =
	 FINDINGS_LIST(".git", ".svn", ".hg", ".github", ".gitlab-ci.yml", ".circleci", ".travis.yml", "Jenkinsfile",
		       "Dockerfile", "*.Dockerfile", "docker-compose.yml", "docker-compose.yaml", "compose.yaml",
		       ".dockerignore", ".vscode", ".idea", ".DS_Store", "*.swp", ".pytest_cache", ".mypy_cache",
		       ".ruff_cache", ".tox", ".nox", ".nyc_output", "node_modules/.cache", ".terraform", ".vagrant")},

    FACT("documentation", FINDINGS_DOCUMENTATION, "documentation",
	 "Delete %f in the step of layer %l, or tell the package manager to leave documentation out (saves %s)."),
    FACT("translations", FINDINGS_TRANSLATIONS, "translations to languages that the image does not set",
	 "Delete the other languages in %p in the step of layer %l (saves %s)."),

    /* what builds */
    {RULE("build-tools", "compilers, headers and other tools that build software",
	  "Install them in an earlier stage only, and COPY what they build: %f (layer %l, saves %s)."),
     .match = FINDINGS_BY_PACKAGE, .what = FINDINGS_BUILD_TOOLS},
    {RULE("development-packages", "packages that only development needs",
	  "Install without them in layer %l (npm ci --omit=dev, pip without test extras): %f (saves %s)."),
     .match = FINDINGS_BY_PACKAGE, .what = FINDINGS_DEVELOPMENT,
     .paths = FINDINGS_LIST("typescript", "ts-node*", "eslint*", "@eslint", "@typescript-eslint", "webpack*", "jest*",
			    "@jest", "mocha", "chai", "nodemon", "prettier", "@types", "ava", "nyc", "karma*",
			    "cypress", "playwright*", "vite", "vitest*", "esbuild", "rollup*", "parcel*", "gulp*",
			    "grunt*", "@babel", "pytest*", "mypy*", "black", "flake8*", "pylint*", "ruff", "coverage",
			    "tox", "sphinx*", "ipython", "jupyter*", "isort", "pre-commit", "nose*", "rspec*",
			    "rubocop*", "pry*", "byebug", "minitest*")},
    {RULE("headers", "headers and static libraries",
	  "Delete %f in the step of layer %l that installs them (saves %s)."),
     .match = FINDINGS_BY_PATH, .flags = FINDINGS_UNOWNED,
     .paths = FINDINGS_LIST("/usr/local/include", "/usr/include", "/opt/*/include", "*.a", "*.la", "*.o")},
    {RULE("debug-symbols", "symbols and debugging information in programs",
	  "Run strip on %f in the step of layer %l, or build with -s (saves %s)."),
     .match = FINDINGS_BY_FACT, .what = FINDINGS_DEBUG_SYMBOLS, .flags = FINDINGS_UNOWNED},

    /* twice */
    {RULE("runtime-copies", "several copies of a runtime",
	  "Keep one of them: %f is there beside another one (layer %l, saves %s)."),
     .match = FINDINGS_BY_FACT, .what = FINDINGS_RUNTIME_COPIES,
     .paths = FINDINGS_LIST("python2.?", "python3.?", "python3.??", "node", "nodejs", "libjvm.so", "ruby", "ruby?.?",
			    "php", "php?.?", "perl5.*", "deno", "bun", "dotnet")},
    {.id = "same-files",
     .kind = FINDINGS_FAT,
     .least = 1000000,
     .title = "files with the same content",
     .advice = "Link them or leave the copies out of layer %l: %f (saves %s).",
     .match = FINDINGS_BY_FACT,
     .what = FINDINGS_SAME_FILES,
     .flags = FINDINGS_UNOWNED},

    /* layers */
    FACT("removed-later", FINDINGS_REMOVED_LATER, "files that a later layer removes",
	 "Delete %f in the step of layer %l that adds it: layer %r only hides it (saves %s)."),
    FACT("copied-for-mode", FINDINGS_COPIED_FOR_MODE, "files copied only to change their owner or mode",
	 "Set owner and mode of %f in layer %l (COPY --chown, --chmod), not in layer %r (saves %s)."),
    {.id = "replaced-later",
     .kind = FINDINGS_FAT,
     .least = 1000000,
     .title = "files that a later layer replaces",
     .advice = "Write them once: layer %r replaces %f, which layer %l has (saves %s).",
     .match = FINDINGS_BY_FACT,
     .what = FINDINGS_REPLACED_LATER},
    {.id = "heavy-base",
     .kind = FINDINGS_FAT,
     .least = 20000000,
     .title = "a heavy base image",
     .advice = "Build on %n (the base has %s).",
     .match = FINDINGS_BY_FACT,
     .what = FINDINGS_HEAVY_BASE},
};
const size_t findings_rules_fat_count = sizeof(findings_rules_fat) / sizeof(findings_rules_fat[0]);
