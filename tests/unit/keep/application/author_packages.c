#include "unit.h"

#include "base/mem.h"
#include "keep/application/author_packages.h"

#define HISTORY                                                                                                        \
	"{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]},\"config\":{},\"history\":[{},{\"created_by\":\"%s\","      \
	"\"empty_layer\":true}]}"

/* files: 0 = a metapackage. */
static const struct one {
	enum packages_manager manager;
	const char *name, *section, *needs, *wants;
	uint32_t files;
	bool requested, used, base, essential, in_use;
} all[] = {
    {PACKAGES_DPKG, "php-gd", "php", "php8.2-gd (>= 8), php-common", NULL, 0},
    {PACKAGES_DPKG, "php8.2-gd", "php", NULL, NULL, 1},
    {PACKAGES_DPKG, "php-common", "php", NULL, NULL, 1},
    {PACKAGES_DPKG, "build-essential", "devel", "g++, make", NULL, 0},
    {PACKAGES_DPKG, "g++", "devel", NULL, NULL, 1},
    {PACKAGES_DPKG, "g++-12", "devel", NULL, NULL, 1, .in_use = true},
    {PACKAGES_DPKG, "libc-dev", "libdevel", NULL, NULL, 1, .used = true, .in_use = true},
    {PACKAGES_DPKG, "perl", "perl", NULL, NULL, 1},
    {PACKAGES_DPKG, "libx-dev", "libdevel", NULL, NULL, 1},
    {PACKAGES_DPKG, "curl", "web", NULL, NULL, 1},
    {PACKAGES_DPKG, "mercurial", "vcs", NULL, NULL, 1},
    {PACKAGES_DPKG, "subversion", "vcs", NULL, NULL, 1, .used = true, .in_use = true},
    {PACKAGES_DPKG, "openjdk-17-jre", "java", NULL, NULL, 1, .used = true},
    {PACKAGES_DPKG, "r-recommended", "gnu-r", NULL, "r-cran-mass | none, vim", 0},
    {PACKAGES_DPKG, "r-cran-mass", "gnu-r", NULL, NULL, 1},
    {PACKAGES_DPKG, "vim", "editors", NULL, NULL, 1},
    {PACKAGES_DPKG, "loop-a", "x", "loop-b", NULL, 0},
    {PACKAGES_DPKG, "loop-b", "x", "loop-a, hunspell", NULL, 0},
    {PACKAGES_DPKG, "hunspell", "text", NULL, NULL, 1},
    {PACKAGES_DPKG, "marked", "x", NULL, NULL, 1, .requested = true},
    {PACKAGES_DPKG, "of-base", "x", NULL, NULL, 1, .requested = true, .base = true},
    {PACKAGES_DPKG, "libmarked", "libs", NULL, NULL, 1, .requested = true},
    {PACKAGES_DPKG, "libnamed", "libs", NULL, NULL, 1},
    {PACKAGES_DPKG, "core", "x", NULL, NULL, 1, .essential = true},
    {PACKAGES_PIP, "Flask_Login", NULL, NULL, NULL, 1},
    {PACKAGES_APK, "of-world", NULL, NULL, NULL, 1, .requested = true, .base = true},
    {PACKAGES_PIP, "setuptools", NULL, NULL, NULL, 1, .requested = true},
    {PACKAGES_NPM, "curl", NULL, NULL, NULL, 1},
    {PACKAGES_NPM, "pug", NULL, NULL, NULL, 1},
    {PACKAGES_GEM, "hunspell", NULL, NULL, NULL, 1},
};
enum { N = sizeof(all) / sizeof(all[0]) };

/* The packages of an image whose history has that line; NULL = it has no config. */
static void named_are(const char *line, const char *want)
{
	CLEANUP_PACKAGES struct packages p = {0};
	CLEANUP_PACKAGES_RELATIONS struct packages_relations r;
	CLEANUP_OCI_IMAGE_CONFIG struct oci_image_config c = {0};
	CLEANUP_BUF struct buf got = {0}, text = {0};
	struct keep_named_use use[N];
	struct keep_author_packages a;
	for (size_t i = 0; i < N; i++) {
		const struct one *o = &all[i];
		struct packages_field name = {o->name, strlen(o->name)}, none = {"", 0};
		uint32_t at = packages_add(&p, o->manager, name, none, none);
		struct package *made = &p.items[at];
		made->section = mem_strdup(o->section);
		made->needs = mem_strdup(o->needs);
		made->wants = mem_strdup(o->wants);
		made->requested = o->requested;
		made->essential = o->essential;
		use[i] =
		    (struct keep_named_use){.files = o->files, .used = o->used, .in_use = o->in_use, .base = o->base};
	}
	buf_printf(&text, HISTORY, line ? line : "");
	assert_int_equal(oci_image_config_parse(text.data, text.len, &c, NULL), 0);
	packages_relations_init(&r, &p);
	const struct keep_named_files files = {.packages = use};
	keep_author_packages_find(line ? &c : NULL, &p, &r, &files, &a);
	buf_str(&got, "");
	for (size_t i = 0; i < N; i++)
		if (a.named[i])
			buf_printf(&got, "%s%s:%s", got.len ? " " : "", packages_manager_names[p.items[i].manager],
				   p.items[i].name);
	assert_string_equal(got.data, want);
	keep_author_packages_done(&a);
}

static void packages(void **state)
{
	static const struct {
		const char *line, *want;
	} cases[] = {
	    {NULL, "dpkg:libc-dev dpkg:marked apk:of-world"},
	    {"COPY . .", "dpkg:libc-dev dpkg:marked apk:of-world"},
	    {"apt-get install curl g++ build-essential libx-dev mercurial vim core openjdk-17-jre",
	     "dpkg:libc-dev dpkg:marked apk:of-world"},
	    {"apt-get install g++-12 perl", "dpkg:g++-12 dpkg:libc-dev dpkg:perl dpkg:marked apk:of-world"},
	    {"apt-get install php-gd", "dpkg:php8.2-gd dpkg:php-common dpkg:libc-dev dpkg:marked apk:of-world"},
	    {"apt-get install r-recommended subversion",
	     "dpkg:libc-dev dpkg:subversion dpkg:r-cran-mass dpkg:marked apk:of-world"},
	    {"apt-get install loop-a libnamed", "dpkg:libc-dev dpkg:hunspell dpkg:marked dpkg:libnamed apk:of-world"},
	    {"pip install flask.login && npm i curl pug && gem install hunspell",
	     "dpkg:libc-dev dpkg:marked pip:Flask_Login apk:of-world npm:pug gem:hunspell"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		named_are(cases[i].line, cases[i].want);
}

static void roles(void **state)
{
	static const struct {
		struct package p;
		struct keep_named_use use;
		enum keep_author_role want;
	} cases[] = {
	    {{.name = (char *)"libx", .section = (char *)"libs"}, {0}, KEEP_AUTHOR_PART},
	    {{.name = (char *)"libx", .section = (char *)"libs", .essential = true}, {0}, KEEP_AUTHOR_PART},
	    {{.name = (char *)"libx", .section = (char *)"admin", .essential = true}, {0}, KEEP_AUTHOR_APART},
	    {{.name = (char *)"python3"}, {0}, KEEP_AUTHOR_INTERPRETER},
	    {{.name = (char *)"perl-base", .essential = true}, {0}, KEEP_AUTHOR_INTERPRETER},
	    {{.name = (char *)"python3-lxml"}, {0}, KEEP_AUTHOR_PART},
	    {{.name = (char *)"libperl5.36"}, {0}, KEEP_AUTHOR_APART},
	    {{.name = (char *)"g++", .section = (char *)"devel"}, {0}, KEEP_AUTHOR_APART},
	    {{.name = (char *)"g++", .section = (char *)"devel"}, {.in_use = true}, KEEP_AUTHOR_PART},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct package p = cases[i].p;
		struct keep_named_use use = cases[i].use;
		const struct packages packages = {.items = &p, .count = 1};
		const struct keep_named_files files = {.packages = &use};
		CLEANUP_PACKAGES_RELATIONS struct packages_relations r;
		struct keep_author_packages a;
		p.manager = PACKAGES_DPKG;
		packages_relations_init(&r, &packages);
		keep_author_packages_find(NULL, &packages, &r, &files, &a);
		if (a.roles[0] != cases[i].want)
			fail_msg("%s is %d, not %d", p.name, a.roles[0], cases[i].want);
		keep_author_packages_done(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(packages), cmocka_unit_test(roles)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
