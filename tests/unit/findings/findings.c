/* Which bytes a finding claims, in which order findings come, the base image, and the advice. */
#include "unit.h"

#include "findings/sample.h"

/* "rule layer removed path count bytes;" of each finding. */
static char *show(const struct findings *f)
{
	struct buf b = {0};
	buf_str(&b, "");
	for (size_t i = 0; i < f->count; i++) {
		const struct findings_item *item = &f->items[i];
		buf_printf(&b, "%s %d %d %s %zu %llu;", item->rule->id, (int)item->layer, (int)item->removed,
			   item->path ? item->path : "-", item->count, (unsigned long long)item->bytes);
	}
	return buf_steal(&b);
}

static void expect(const struct sample_image *image, const char *text)
{
	struct sample_judged j;
	sample_judge(image, NULL, &j);
	CLEANUP_FREE char *found = show(&j.findings);
	assert_string_equal(found, text);
	sample_judged_done(&j);
}

static void no_byte_counts_twice(void **state)
{
	expect(
	    &(struct sample_image){
		.layers = {"f home/.cache/pip/a 644 0:0 1 @300000@\nf home/.cache/b 644 0:0 1 @200000@\n"
			   "f tmp/.cache/c 644 0:0 1 @100000@"}},
	    "pip-cache 0 -1 /home/.cache/pip 1 300000;user-cache 0 -1 / 2 300000;");
}

static void each_layer_has_its_own(void **state)
{
	expect(&(struct sample_image){.layers = {"f tmp/a 644 0:0 1 @100000@", "f tmp/b/c 644 0:0 1 @300000@"}},
	       "temporary-files 1 -1 /tmp 1 300000;temporary-files 0 -1 /tmp 1 100000;");
}

static void small_ones_are_left_out(void **state)
{
	expect(&(struct sample_image){.layers = {"f tmp/a 644 0:0 1 @99999@\nf var/log/b 644 0:0 1 @50000@"}}, "");
}

static void dangers_come_first_the_most_severe_first(void **state)
{
	expect(
	    &(struct sample_image){.layers = {"f bin/a 2755 0:0 1 x\nf bin/b 757 0:0 1 x\nf tmp/a 644 0:0 1 @100000@"},
				   .config = "\"User\":\"\""},
	    "world-writable-program 0 -1 /bin/b 1 0;root-user -1 -1 - 1 0;setgid-program 0 -1 /bin/a 1 0;"
	    "temporary-files 0 -1 /tmp 1 100000;");
}

static void a_removed_secret_is_still_there(void **state)
{
	static const char *const key = "f a/.npmrc 600 0:0 1 _authToken=abcdefgh";
	expect(&(struct sample_image){.layers = {key, "f a/.wh..npmrc 644 0:0 1"}}, "npmrc 0 1 /a/.npmrc 1 0;");
	expect(&(struct sample_image){.layers = {key, "f .wh.a 644 0:0 1"}}, "npmrc 0 1 /a/.npmrc 1 0;");
	expect(&(struct sample_image){.layers = {key, "f a/.npmrc 600 0:0 1 a=b"}}, "npmrc 0 1 /a/.npmrc 1 0;");
	expect(&(struct sample_image){.layers = {key, "f b 600 0:0 1 c", "f a/.npmrc 600 1:1 1 _authToken=abcdefgh"}},
	       "npmrc 0 2 /a/.npmrc 1 0;npmrc 2 -1 /a/.npmrc 1 0;");
}

static void tests_of_packages_are_public(void **state)
{
	expect(&(struct sample_image){.layers = {"f n/node_modules/a/package.json 644 0:0 1 {}\n"
						 "f n/node_modules/a/test/.npmrc 644 0:0 1 _authToken=abcdefgh\n"
						 "f n/node_modules/a/.npmrc 644 0:0 1 _authToken=abcdefgh\n"
						 "f test/.npmrc 644 0:0 1 _authToken=abcdefgh"}},
	       "npmrc 0 -1 /n/node_modules/a/.npmrc 1 0;npmrc 0 -1 /test/.npmrc 1 0;");
}

#define GO "f opt/go/bin/go 755 0:0 1 x\nf opt/go/src/runtime/a.go 644 0:0 1 x\nf opt/go/pkg/a 644 0:0 1 x\n"

static void tests_of_toolchains_are_public(void **state)
{
	static const char key[] = "644 0:0 1 AKIAQWERTZ23UIOPAS45\n";
	CLEANUP_FREE char *layer = mem_printf(GO "f opt/go/src/a/a_test.go %sf opt/go/src/a/testdata/k %s"
						 "f opt/go/src/a/test.go %sf app/a_test.go %s",
					      key, key, key, key);
	expect(&(struct sample_image){.layers = {layer}}, "aws-access-key 0 -1 /app/a_test.go 1 0;"
							  "aws-access-key 0 -1 /opt/go/src/a/test.go 1 0;");
}

static void a_runtime_has_documentation_of_its_own(void **state)
{
	expect(&(struct sample_image){.layers = {"f opt/jdk/bin/java 755 0:0 1 x\nf opt/jdk/lib/modules 644 0:0 1 x\n"
						 "f opt/jdk/legal/a/b 644 0:0 1 @100000@\n"
						 "f opt/jdk/man/man1/java.1 644 0:0 1 @200000@\n"
						 "f opt/jdk/lib/man/a 644 0:0 1 @400000@\n"
						 "f app/man/a 644 0:0 1 @800000@\n",
						 GO "f opt/go/doc/a 644 0:0 1 @300000@"}},
	       "build-tools 1 -1 /opt/go 1 300003;documentation 0 -1 /opt/jdk 2 300000;");
}

#define NPM(name)                                                                                                      \
	"f app/node_modules/" name "/package.json 644 0:0 1 {\"version\":\"1\"}\nf app/node_modules/" name             \
	"/x 644 0:0 1 @200000@\n"

static void a_manifest_names_what_development_needs(void **state)
{
	struct sample_judged j;
	sample_judge(
	    &(struct sample_image){
		.layers = {NPM("one") NPM("two") NPM("@a/three") NPM(
		    "four") "f app/package.json 644 0:0 1 {\"dependencies\":{\"two\":\"1\"},\"devDependencies\":"
			    "{\"one\":\"1\",\"two\":\"1\",\"@a/three\":\"1\",\"gone\":\"1\",\"../../etc\":\"1\"}}"}},
	    NULL, &j);
	const struct findings_item *i = sample_find(&j, "development-packages");
	assert_non_null(i);
	assert_int_equal(i->count, 2);
	assert_string_equal(i->places[0].path, "@a/three");
	assert_string_equal(i->places[1].path, "one");
	sample_judged_done(&j);
}

static void base(const struct sample_image *image, const char *text)
{
	struct sample_judged j;
	CLEANUP_BUF struct buf b = {0};
	sample_judge(image, NULL, &j);
	const struct findings_base *f = &j.findings.base;
	buf_printf(&b, "%s %s %zu %s", f->name ? f->name : "-", f->source ? f->source : "-", f->layers,
		   f->system ? f->system : "-");
	assert_string_equal(b.data, text);
	sample_judged_done(&j);
}

#define LAYER(command) "{\"created_by\":\"" command "\"},"
#define EMPTY(command) "{\"created_by\":\"" command "\",\"empty_layer\":true}"

static void the_base_is_named_or_ends_with_a_command(void **state)
{
	static const char *const layers[] = {"f etc/os-release 644 0:0 1 PRETTY_NAME=\"A 1\"", "f a 644 0:0 1 a",
					     "f b 644 0:0 1 b"};
	struct sample_image image = {.layers = {layers[0], layers[1], layers[2]}};
	base(&image, "- distribution 1 A 1");
	image.history = LAYER("ADD a /") LAYER("RUN b") EMPTY("/bin/sh -c #(nop)  CMD [\\\"sh\\\"]") "," LAYER("RUN c")
	    EMPTY("CMD [\\\"b\\\"]");
	base(&image, "- history 2 A 1");
	image.annotations = "{\"org.opencontainers.image.base.name\":\"example.org/a:1\"}";
	base(&image, "example.org/a:1 annotation 2 A 1");
	image.base_name =
	    "oci:a:b"; /* the annotation is of the image itself; its layers are known from the other one */
	image.base_layers = 1;
	base(&image, "example.org/a:1 annotation 1 A 1");
	image.annotations = NULL;
	base(&image, "oci:a:b layers 1 A 1");
	image.base_layers = 0;
	image.history = LAYER("RUN a") EMPTY("CMD [\\\"b\\\"]"); /* not as many steps as layers */
	image.config = "\"User\":\"1\",\"Labels\":{\"org.opencontainers.image.base.digest\":\"sha256:1\"}";
	base(&image, "- label 1 A 1");
	base(&(struct sample_image){.layers = {layers[1], layers[0]}}, "- - 0 A 1");
	base(&(struct sample_image){.layers = {layers[0]}}, "- - 0 A 1");
}

static void advice(const struct sample_image *image, const char *rule, const char *text)
{
	struct sample_judged j;
	sample_judge(image, NULL, &j);
	const struct findings_item *i = sample_find(&j, rule);
	assert_non_null(i);
	assert_string_equal(i->advice, text);
	sample_judged_done(&j);
}

static void advice_names_paths_layers_and_bytes(void **state)
{
	static const char cache[] = "f var/lib/apt/lists/a 644 0:0 1 @18000000@";
	advice(&(struct sample_image){.layers = {"f a 644 0:0 1 a", cache}}, "apt-lists",
	       "Delete /var/lib/apt/lists/* in the RUN line of layer 2 that runs apt-get update (saves 18.0 MB).");
	advice(
	    &(struct sample_image){.layers = {cache, "f a 644 0:0 1 a"},
				   .config = "\"User\":\"1\"",
				   .history = LAYER("a") EMPTY("CMD a") ","
									"{\"created_by\":\"b\"}"},
	    "apt-lists",
	    "Take a smaller base image: layer 1 comes with it. Or let slim build leave /var/lib/apt/lists out (saves "
	    "18.0 MB).");
	advice(
	    &(struct sample_image){.layers = {"f a/b 644 0:0 1 @300000@\nf a/c 644 0:0 1 @200000@", "f .wh.a 0 0:0 1"}},
	    "removed-later",
	    "Delete /a/b, /a/c in the step of layer 1 that adds it: layer 2 only hides it (saves 0.5 MB).");
	advice(&(struct sample_image){.layers = {"f a 644 0:0 1 a", cache},
				      .history = LAYER("RUN a") "{\"created_by\":\"COPY / / # buildkit\"}"},
	       "apt-lists", "Leave /var/lib/apt/lists out of what layer 2 copies (saves 18.0 MB).");
	advice(&(struct sample_image){.layers = {"f etc/passwd 644 0:0 1 me:x:1000:1000::/home/me:/bin/sh"},
				      .config = "\"User\":\"0\""},
	       "root-user",
	       "Add USER me to the end of the Dockerfile: a flaw of the program then does not give root's rights.");
}

static void a_static_program_is_looked_up_in_path(void **state)
{
	static const char *const paths[] = {"\"PATH=/a:/b\"", "\"PATH=/a\"", "\"PATH=\"", ""};
	for (size_t i = 0; i < 4; i++) {
		struct sample_judged j;
		CLEANUP_FREE char *config = mem_printf("\"Cmd\":[\"app\"],\"Env\":[%s]", paths[i]);
		sample_judge(
		    &(struct sample_image){
			.layers = {"f etc/os-release 644 0:0 1 ID=a\nf c 644 0:0 1 @20000001@", "f b/app 755 0:0 1 x"},
			.config = config,
			.programs = {{"/b/app", {.program = true, .is_static = true}}},
			.layer = 1},
		    NULL, &j);
		assert_int_equal(sample_find(&j, "heavy-base") != NULL, i == 0);
		sample_judged_done(&j);
	}
}

static void minimal(const struct sample_image *image, bool is, uint64_t bytes)
{
	struct sample_judged j;
	sample_judge(image, NULL, &j);
	assert_int_equal(j.findings.minimal, is);
	assert_int_equal(j.findings.fat_bytes, bytes);
	sample_judged_done(&j);
}

static void little_is_minimal(void **state)
{
	minimal(&(struct sample_image){.layers = {"f a 644 0:0 1 x"}}, true, 0);
	minimal(&(struct sample_image){.layers = {"f tmp/a 644 0:0 1 @999999@"}}, true, 999999);
	minimal(&(struct sample_image){.layers = {"f tmp/a 644 0:0 1 @1000000@"}}, false, 1000000);
	minimal(&(struct sample_image){.layers = {"f tmp/a 644 0:0 1 @1000000@\nf b 644 0:0 1 @19000020@"}}, true,
		1000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_byte_counts_twice),
	    cmocka_unit_test(each_layer_has_its_own),
	    cmocka_unit_test(small_ones_are_left_out),
	    cmocka_unit_test(dangers_come_first_the_most_severe_first),
	    cmocka_unit_test(a_removed_secret_is_still_there),
	    cmocka_unit_test(tests_of_packages_are_public),
	    cmocka_unit_test(tests_of_toolchains_are_public),
	    cmocka_unit_test(a_runtime_has_documentation_of_its_own),
	    cmocka_unit_test(a_manifest_names_what_development_needs),
	    cmocka_unit_test(the_base_is_named_or_ends_with_a_command),
	    cmocka_unit_test(advice_names_paths_layers_and_bytes),
	    cmocka_unit_test(a_static_program_is_looked_up_in_path),
	    cmocka_unit_test(little_is_minimal),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
