#include "unit.h"

#include "base/mem.h"
#include "text/json.h"
#include "transport/engine/opened.h"

/* An engine of the test's own: these functions are in the place of engine.c's, which is not linked. Its images are
 * words, in which each letter is a layer, the lowest first. */
struct engine {
	const char *list;   /* its list of images; NULL = it fails */
	struct buf asked;   /* "WORD " of each image that was asked for */
	const char *broken; /* what it answers for the image "x" */
	const struct progress *progress;
};

static const char *const words[] = {"a", "ab", "abc", "abcd", "b", "q", "r", "x"};

const struct progress *engine_set_progress(struct engine *e, const struct progress *p)
{
	const struct progress *before = e->progress;
	e->progress = p;
	return before;
}

int engine_json_list(struct engine *e, const char *path, size_t max, json_t **out, struct err *err)
{
	assert_string_equal(path, "/images/json");
	assert_non_null(e->progress); /* it does not wait forever */
	if (!e->list)
		return err_set(err, ERR_PROTO, "test-failure", "no list");
	*out = json_pack("{s:o}", "list", json_loads(e->list, 0, NULL));
	return 0;
}

int engine_json(struct engine *e, const char *path, size_t max, json_t **out, struct err *err)
{
	const char *word = NULL;
	CLEANUP_BUF struct buf text = {0};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct oci_digest id;
		oci_digest_of(words[i], strlen(words[i]), &id);
		CLEANUP_FREE char *of = mem_printf("/images/%s/json", oci_digest_hex(&id));
		if (strcmp(path, of) == 0)
			word = words[i];
	}
	assert_non_null(word);
	buf_printf(&e->asked, "%s ", word);
	if (strcmp(word, "x") == 0 && !e->broken)
		return err_set(err, ERR_NOTFOUND, "test-failure", "it was removed");
	buf_str(&text, "{\"RootFS\": {\"Layers\": [");
	for (const char *c = word; *c; c++) {
		struct oci_digest layer;
		oci_digest_of(c, 1, &layer);
		buf_printf(&text, "%s\"%s\"", c == word ? "" : ", ", layer.text);
	}
	buf_str(&text, "]}}");
	const char *answer = strcmp(word, "x") == 0 ? e->broken : text.data;
	return json_parse_object(answer, strlen(answer), max, "its answer", out, err);
}

/* Appends an image to a list. id: a word, or the ID itself if it is longer. tags: as JSON. */
static void image(struct buf *list, const char *id, const char *tags, const char *size)
{
	struct oci_digest digest;
	oci_digest_of(id, strlen(id), &digest);
	buf_printf(list, "%s{\"Id\": \"%s\", \"RepoTags\": %s, \"Size\": %s}", list->len > 1 ? ", " : "",
		   strlen(id) > 4 ? id : digest.text, tags, size);
}

#define M "000000" /* megabytes */

/* Looks for the base of the image abcd, which has 100 MB. name NULL = it has none. Returns the layers of the base. */
static size_t find(struct engine *e, size_t left, const char *name, const char *asked)
{
	struct oci_digest layers[4];
	for (size_t i = 0; i < 4; i++)
		oci_digest_of(&"abcd"[i], 1, &layers[i]);
	const struct oci_image_config of = {.diff_ids = layers, .n_layers = 4};
	struct engine_source s = {.engine = e};
	json_auto_t *inspect = json_pack("{s:i}", "Size", 100000000);
	s.inspect = inspect;
	oci_digest_of("abcd", 4, &s.id);
	CLEANUP_OCI_BASE_SEARCH struct oci_base_search search = {.of = &of, .left = left};
	e->asked.len = 0;
	buf_str(&e->asked, "");
	engine_source_find_base(&s, OCI_SCHEME_DOCKER_DAEMON, &search);
	assert_null(e->progress); /* as it was */
	assert_string_equal(e->asked.data, asked);
	if (name)
		assert_string_equal(search.name, name);
	else
		assert_null(search.name);
	struct oci_digest id;
	oci_digest_of("abcd", search.layers, &id);
	assert_string_equal(search.digest.text, search.layers ? id.text : "");
	return search.layers;
}

static void the_largest_first(void **state)
{
	CLEANUP_BUF struct buf list = {0};
	buf_str(&list, "[");
	image(&list, "a", "[\"a:1\"]", "50" M);
	image(&list, "q", "[\"q:1\"]", "900" M); /* too large, so it is asked for last */
	image(&list, "abcd", "[\"abcd:1\"]", "100" M);
	image(&list, "ab", "[\"ab:1\", \"ab:2\"]", "80" M);
	image(&list, "r", "[\"r:1\"]", "99" M);
	image(&list, "b", "[\"b:1\"]", "60" M);
	const size_t without_abc = list.len;
	buf_str(&list, "]");
	struct engine e = {.list = list.data};
	/* a base of more layers would not be smaller than ab */
	assert_int_equal(find(&e, 64, "docker-daemon:ab:1", "r ab "), 2);
	assert_int_equal(find(&e, 1, NULL, "r "), 0);

	list.len = without_abc;
	image(&list, "abc", "null", "80" M); /* its third layer is empty, and it has no tag */
	buf_str(&list, "]");
	e.list = list.data;
	assert_int_equal(find(&e, 64, NULL, "r ab abc "), 3);
	buf_done(&e.asked);
}

static void none_is_better_than_all_layers_but_the_last(void **state)
{
	CLEANUP_BUF struct buf list = {0};
	buf_str(&list, "[");
	image(&list, "abc", "[\"abc:1\"]", "90" M);
	image(&list, "r", "[\"r:1\"]", "90" M);
	buf_str(&list, "]");
	struct engine e = {.list = list.data};
	assert_int_equal(find(&e, 64, "docker-daemon:abc:1", "abc "), 3);
	buf_done(&e.asked);
}

/* Sizes only give the order: an engine may count what it likes. */
static void sizes_that_are_none(void **state)
{
	static const char *const sizes[] = {"0", "null", "\"x\"", "9223372036854775807", "101000000"};
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		CLEANUP_BUF struct buf list = {0};
		buf_str(&list, "[");
		image(&list, "a", "[\"a:1\"]", sizes[i]);
		image(&list, "abc", "[\"abc:1\"]", sizes[i]);
		buf_str(&list, "]");
		struct engine e = {.list = list.data};
		assert_int_equal(find(&e, 64, "docker-daemon:abc:1", "a abc "), 3);
		buf_done(&e.asked);
	}
}

static void what_is_wrong_is_passed_over(void **state)
{
	static const char *const answers[] = {
	    NULL,
	    "{}",
	    "{\"RootFS\": 7}",
	    "{\"RootFS\": {\"Layers\": {}}}",
	    "{\"RootFS\": {\"Layers\": [7]}}",
	    "{\"RootFS\": {\"Layers\": [\"../../x\"]}}",
	};
	CLEANUP_BUF struct buf list = {0};
	buf_str(&list, "[7, {}, {\"Id\": 7}");
	image(&list, "sha512:11", "[\"n:1\"]", "90" M);
	image(&list, "../../etc/passwd", "[\"n:1\"]", "90" M);
	image(&list, "b", "[\"b:1\"]", "-1");
	image(&list, "x", "[\"x:1\"]", "90" M);
	image(&list, "a", "[\"<none>:<none>\"]", "80" M);
	buf_str(&list, "]");
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		struct engine e = {.list = list.data, .broken = answers[i]};
		assert_int_equal(find(&e, 64, NULL, "x a "), 1);
		buf_done(&e.asked);
	}
	struct engine none = {0}, empty = {.list = "[]"}, object = {.list = "{}"};
	assert_int_equal(find(&none, 64, NULL, ""), 0);
	assert_int_equal(find(&empty, 64, NULL, ""), 0);
	assert_int_equal(find(&object, 64, NULL, ""), 0);
	buf_done(&none.asked);
	buf_done(&empty.asked);
	buf_done(&object.asked);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_largest_first),
	    cmocka_unit_test(none_is_better_than_all_layers_but_the_last),
	    cmocka_unit_test(sizes_that_are_none),
	    cmocka_unit_test(what_is_wrong_is_passed_over),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
