#include "unit.h"

#include "base/mem.h"
#include "oci/base_search.h"

/* Images are words: each letter is a layer, the lowest first. */
#define LAYERS_MAX 8

static size_t layers_of(const char *word, struct oci_digest out[LAYERS_MAX])
{
	size_t n = strlen(word);
	assert_true(n <= LAYERS_MAX);
	for (size_t i = 0; i < n; i++)
		oci_digest_of(&word[i], 1, &out[i]);
	return n;
}

static bool offer(struct oci_base_search *s, const char *word, const char *name)
{
	struct oci_digest layers[LAYERS_MAX], digest;
	oci_digest_of(word, strlen(word), &digest);
	const size_t n = layers_of(word, layers);
	return oci_base_search_offer(s, name, &digest, layers, n);
}

/* Offers "WORD=NAME WORD ..." for the image of; best: the word of the base and its name, NULL = there is none. */
static void finds(const char *of, const char *offers, const char *best, const char *name)
{
	struct oci_digest layers[LAYERS_MAX], digest;
	const struct oci_image_config config = {.diff_ids = layers, .n_layers = layers_of(of, layers)};
	CLEANUP_OCI_BASE_SEARCH struct oci_base_search s = {.of = &config, .left = 100};
	CLEANUP_FREE char *words = mem_strdup(offers);
	for (char *rest = words, *word; (word = strsep(&rest, " "));) {
		char *tag = strchr(word, '=');
		if (tag)
			*tag++ = '\0';
		offer(&s, word, tag);
	}
	assert_int_equal(s.layers, best ? strlen(best) : 0);
	if (!best)
		return;
	oci_digest_of(best, strlen(best), &digest);
	assert_string_equal(s.digest.text, digest.text);
	if (name)
		assert_string_equal(s.name, name);
	else
		assert_null(s.name);
}

static void the_longest_true_prefix(void **state)
{
	finds("abc", "a=one ab=two a=three", "ab", "two");
	finds("abc", "ab=two a=one", "ab", "two");
	finds("abc", "abc=same abcd=above b=inner bc=upper ac=other", NULL, NULL);
	finds("abc", "=empty", NULL, NULL);
	finds("a", "a=same", NULL, NULL);
	finds("", "a=one =empty", NULL, NULL);
	finds("aab", "a=one aa=two", "aa", "two");
}

static void a_tag_counts_if_the_layers_are_as_many(void **state)
{
	finds("abc", "ab a=one", "ab", NULL);
	finds("abc", "a=one ab", "ab", NULL);
	finds("abc", "ab ab=two", "ab", "two");
	finds("abc", "ab=two ab", "ab", "two");
	finds("abc", "ab=first ab=second", "ab", "first");
}

static void the_end_is_known(void **state)
{
	struct oci_digest layers[LAYERS_MAX];
	struct oci_image_config config = {.diff_ids = layers, .n_layers = layers_of("abc", layers)};
	CLEANUP_OCI_BASE_SEARCH struct oci_base_search s = {.of = &config, .left = 5};
	assert_true(oci_base_search_next(&s));
	assert_true(offer(&s, "a", "one"));
	assert_true(oci_base_search_next(&s));
	assert_true(offer(&s, "ab", NULL)); /* one with a tag may follow */
	assert_true(oci_base_search_next(&s));
	assert_false(offer(&s, "ab", NULL));
	assert_true(oci_base_search_next(&s));
	assert_int_equal(s.left, 1);
	assert_true(offer(&s, "ab", "two"));
	assert_false(oci_base_search_next(&s)); /* none is better */
	assert_int_equal(s.left, 1);
	oci_base_search_done(&s);

	s = (struct oci_base_search){.of = &config, .left = 1};
	assert_true(oci_base_search_next(&s));
	assert_false(oci_base_search_next(&s));
	for (config.n_layers = 0; config.n_layers < 2; config.n_layers++) {
		s.left = 1;
		assert_false(oci_base_search_next(&s)); /* it can have none */
	}
}

static void of_the_same_platform(void **state)
{
	struct oci_digest layers[LAYERS_MAX], digest = {"sha256:1"};
	const struct oci_image_config of = {
	    .platform = {"linux", "arm64", "v8"}, .diff_ids = layers, .n_layers = layers_of("ab", layers)};
	struct oci_image_config base = {.platform = {"linux", "amd64", ""}, .diff_ids = layers, .n_layers = 1};
	CLEANUP_OCI_BASE_SEARCH struct oci_base_search s = {.of = &of, .left = 1};
	assert_false(oci_base_search_offer_config(&s, "x", &digest, &base));
	base.platform = (struct oci_platform){"linux", "arm64", ""};
	assert_true(oci_base_search_offer_config(&s, "x", &digest, &base));
	assert_int_equal(s.layers, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_longest_true_prefix),
	    cmocka_unit_test(a_tag_counts_if_the_layers_are_as_many),
	    cmocka_unit_test(the_end_is_known),
	    cmocka_unit_test(of_the_same_platform),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
