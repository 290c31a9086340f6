#include "transport/fixture.h"

#include "publish/publish.h"

/* The image of a layout on its way. */
struct published_image {
	struct transport_source *source;
	struct transport_image image;
	struct publish_destinations to;
};

static void plan(const char *const *outputs, size_t n, struct published_image *p)
{
	struct err e = {0};
	CLEANUP_STRLIST struct strlist o = {0}, none = {0};
	CLEANUP_PUBLISH_WISH struct publish_wish wish = {0};
	const struct transport_options access = {0};
	for (size_t i = 0; i < n; i++)
		strlist_add(&o, outputs[i]);
	assert_ok(publish_wish_parse(&o, &none, false, &wish, &e), &e);
	*p = (struct published_image){0};
	assert_ok(fixture_open("oci:source:v1", NULL, &p->source, &p->image, &e), &e);
	assert_ok(publish_destinations_plan(&wish, transport_source_ref(p->source), "v1", &access, &p->to, &e), &e);
	for (size_t i = 0; i < n; i++)
		p->to.items[i].family = transport_traits(p->to.items[i].ref.scheme)->family;
	assert_ok(publish_open(&p->to, &access, &p->image.manifest.config, &e), &e);
}

static void done(struct published_image *p)
{
	publish_destinations_done(&p->to);
	transport_image_done(&p->image);
	transport_source_close(p->source);
}

static int publish_it(struct published_image *p, struct err *e)
{
	CLEANUP_FD int tmp = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const struct publish_image publication = {.layer = -1, .source = p->source, .image = &p->image, .tmp_dir = tmp};
	return publish(&publication, &p->to, e);
}

static void what_is_open_is_published(void **state)
{
	static const char *const outputs[] = {"oci:new:a", "oci:new:b", "oci:source:again", "docker-archive:c.tar"};
	struct err e = {0};
	CLEANUP_FIXTURE struct fixture_image f, docker;
	struct published_image p;
	fixture_image_init(&f, OCI_FAMILY_OCI, "amd64", "one");
	fixture_image_init(&docker, OCI_FAMILY_DOCKER, "amd64", "one");
	assert_ok(fixture_write("oci:source:v1", NULL, &f, &e), &e);
	plan(outputs, 4, &p);
	assert_int_equal(fixture_count("."), 1); /* only the source */
	assert_int_equal(fixture_count("source"), 3);
	for (size_t i = 0; i < 4; i++)
		assert_non_null(p.to.items[i].sink);
	assert_ok(publish_it(&p, &e), &e);
	for (size_t i = 0; i < 4; i++) {
		const struct fixture_image *as = i < 3 ? &f : &docker;
		assert_string_equal(p.to.items[i].published.config.text, f.manifest.config.digest.text);
		assert_string_equal(p.to.items[i].published.top.digest.text, as->d.digest.text);
		assert_string_equal(p.to.items[i].published.manifest.media_type, as->d.media_type);
	}
	done(&p);
	fixture_check("oci:new:a", &f, "a");
	fixture_check("oci:new:b", &f, "b");
	fixture_check("oci:source:again", &f, "again");
	fixture_check("oci:source:v1", &f, "v1");
	assert_int_equal(fixture_count("."), 3);
	assert_int_equal(fixture_count("source"), 3);
}

static void what_is_not_published_leaves_nothing(void **state)
{
	static const char *const outputs[] = {"dir:d", "oci:new/deep:a", "oci-archive:c.tar"};
	struct err e = {0};
	CLEANUP_FIXTURE struct fixture_image f;
	struct published_image p;
	fixture_image_init(&f, OCI_FAMILY_OCI, "amd64", "one");
	assert_ok(fixture_write("oci:source:v1", NULL, &f, &e), &e);
	plan(outputs, 3, &p);
	done(&p);
	assert_int_equal(fixture_count("."), 1);
	plan(outputs, 3, &p);
	assert_int_equal(symlink("nowhere", "d"), 0); /* the first that is committed fails */
	assert_true(publish_it(&p, &e) < 0);
	assert_says(&e, "dir:d");
	done(&p);
	assert_int_equal(unlink("d"), 0);
	assert_int_equal(fixture_count("."), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    FIXTURE_TEST(what_is_open_is_published),
	    FIXTURE_TEST(what_is_not_published_leaves_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
