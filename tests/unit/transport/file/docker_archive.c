#include "transport/fixture.h"

/* Archives of docker save, skopeo and others as they look, made by hand. */

/* HEX.json of the image's config */
static char *config_name(const struct fixture_image *f)
{
	return mem_printf("%s.json", oci_digest_hex(&f->manifest.config.digest));
}

static void old_engines(void **state)
{
	struct err e = {0};
	CLEANUP_FIXTURE struct fixture_image f, g;
	fixture_image_init(&f, OCI_FAMILY_DOCKER, "amd64", "one");
	fixture_image_init(&g, OCI_FAMILY_DOCKER, "amd64", "two");
	CLEANUP_FREE char *f_config = config_name(&f), *g_config = config_name(&g);
	CLEANUP_FREE char *manifest = mem_printf(
	    "[{\"Config\":\"%s\",\"RepoTags\":[\"app:1\",\"reg.io/app:2\"],\"Layers\":[\"aa/layer.tar\",\"bb/"
	    "layer.tar\"]},"
	    "{\"Config\":\"%s\",\"RepoTags\":null,\"Layers\":[\"cc/layer.tar\",\"dd/layer.tar\"]},"
	    "{\"Config\":\"%s\",\"RepoTags\":[\"two:latest\"],\"Layers\":[\"cc/layer.tar\",\"dd/layer.tar\"]}]",
	    f_config, g_config, g_config);
	fixture_tar("d.tar",
		    (struct fixture_member[]){{"aa/"},
					      {"aa/VERSION", "1.0"},
					      {"aa/layer.tar", f.layers[0]},
					      {"ee/layer.tar", f.layers[1]},
					      {"bb/layer.tar", NULL, "../ee/layer.tar"},
					      {"cc/layer.tar", g.layers[0]},
					      {"dd/layer.tar", g.layers[1]},
					      {f_config, f.config.data},
					      {g_config, g.config.data},
					      {"manifest.json", manifest},
					      {"repositories", "{}"},
					      {NULL}},
		    0);
	fixture_check("docker-archive:d.tar:app:1", &f, "app:1");
	fixture_check("docker-archive:d.tar:docker.io/library/app:1", &f, "app:1");
	fixture_check("docker-archive:d.tar:reg.io/app:2", &f, "reg.io/app:2");
	fixture_check("docker-archive:d.tar:@1", &g, "");
	fixture_check("docker-archive:d.tar:two", &g, "two:latest");
	fixture_refused("docker-archive:d.tar", NULL, ERR_INVAL,
			"3 images are there; add the name of one: app:1, reg.io/app:2, @1, two:latest");
	fixture_refused("docker-archive:d.tar:app", NULL, ERR_NOTFOUND, "app:1");
	fixture_refused("docker-archive:d.tar:@7", NULL, ERR_NOTFOUND, "@1");
	fixture_refused("docker-archive:d.tar:app:1", "linux/arm64", ERR_UNSUPPORTED, "linux/amd64");

	fixture_base("docker-archive:d.tar:two", &f, "docker-archive:d.tar:app:1", &f.manifest.config.digest);
	fixture_base("docker-archive:d.tar:app:1", &g, "docker-archive:d.tar:two:latest", &g.manifest.config.digest);

	CLEANUP_TRANSPORT_SOURCE struct transport_source *source = NULL;
	CLEANUP_TRANSPORT_IMAGE struct transport_image image = {0};
	assert_ok(fixture_open("docker-archive:d.tar:app:1", NULL, &source, &image, &e), &e);
	assert_string_equal(image.manifest_digest.text, ""); /* it has no manifest, one was made up */
	assert_int_equal(image.manifest.family, OCI_FAMILY_DOCKER);
	assert_string_equal(image.manifest.layers[1].digest.text, f.manifest.layers[1].digest.text);
	assert_string_equal(image.manifest.layers[1].media_type, DOCKER_MEDIA_LAYER);
}

static void bases_that_are_broken(void **state)
{
	CLEANUP_FIXTURE struct fixture_image f, g;
	fixture_image_init(&f, OCI_FAMILY_DOCKER, "amd64", "one");
	fixture_image_init(&g, OCI_FAMILY_DOCKER, "amd64", "two");
	static const char manifest[] = "[{\"Config\":\"f\",\"RepoTags\":[\"app:1\"],\"Layers\":[\"a\",\"b\"]},{"
				       "\"Config\":7,\"RepoTags\":[\"n:1\"]},"
				       "{\"Config\":\"none\"},{\"Config\":\"a\"},{\"Config\":\"g\",\"RepoTags\":[]}]";
	fixture_tar("d.tar",
		    (struct fixture_member[]){{"a", f.layers[0]},
					      {"b", f.layers[1]},
					      {"f", f.config.data},
					      {"g", g.config.data},
					      {"manifest.json", manifest},
					      {NULL}},
		    0);
	fixture_base("docker-archive:d.tar:app:1", &g, NULL, &g.manifest.config.digest);
}

static void compressed_layers_are_hashed(void **state)
{
	struct err e = {0};
	CLEANUP_FIXTURE struct fixture_image f;
	fixture_image_init(&f, OCI_FAMILY_DOCKER, "amd64", "one");
	CLEANUP_FREE char *manifest = mem_printf("[{\"Config\":\"config\",\"Layers\":[\"a.tar.gz\",\"b.tar\"]}]");
	static const char packed[] = "\x1f\x8b\x08 as if it were gzip";
	fixture_tar("d.tar",
		    (struct fixture_member[]){{"config", f.config.data},
					      {"a.tar.gz", packed},
					      {"b.tar", f.layers[1]},
					      {"manifest.json", manifest},
					      {NULL}},
		    0);
	CLEANUP_TRANSPORT_SOURCE struct transport_source *source = NULL;
	CLEANUP_TRANSPORT_IMAGE struct transport_image image = {0};
	CLEANUP_BUF struct buf blob = {0};
	struct oci_digest real;
	oci_digest_of(packed, strlen(packed), &real);
	assert_ok(fixture_open("docker-archive:d.tar", NULL, &source, &image, &e), &e);
	assert_string_equal(image.manifest.layers[0].digest.text, real.text);
	assert_string_equal(image.manifest.layers[0].media_type, DOCKER_MEDIA_LAYER ".gzip");
	assert_ok(fixture_blob(source, &image.manifest.layers[0], &blob, &e), &e);
	assert_string_equal(blob.data, packed);
	assert_string_equal(image.manifest.config.digest.text, f.manifest.config.digest.text);
}

/* manifest.json with this text, a config and its layers. */
static void refused_one(const struct fixture_image *f, const char *config, const char *manifest, enum err_code code,
			const char *text)
{
	fixture_tar("bad.tar",
		    (struct fixture_member[]){{config, f->config.data},
					      {"a", f->layers[0]},
					      {"b", f->layers[1]},
					      {"xz", "\xfd\x37zXZ"},
					      {"manifest.json", manifest},
					      {NULL}},
		    0);
	fixture_refused("docker-archive:bad.tar", NULL, code, text);
}

static void hostile_and_broken_ones(void **state)
{
	CLEANUP_FIXTURE struct fixture_image f;
	fixture_image_init(&f, OCI_FAMILY_DOCKER, "amd64", "one");
	static const char wrong[] = "0000000000000000000000000000000000000000000000000000000000000000.json";
	CLEANUP_FREE char *renamed = mem_printf("[{\"Config\":\"%s\",\"Layers\":[\"a\",\"b\"]}]", wrong);
	static const struct {
		const char *manifest;
		enum err_code code;
		const char *text;
	} cases[] = {
	    {"[", ERR_CORRUPT, "manifest.json"},
	    {"{}", ERR_NOTFOUND, "no image"},
	    {"[]", ERR_NOTFOUND, "no image"},
	    {"[7]", ERR_CORRUPT, "not an object"},
	    {"[{\"Layers\":[\"a\",\"b\"]}]", ERR_CORRUPT, "Config"},
	    {"[{\"Config\":\"../../etc/passwd\",\"Layers\":[\"a\",\"b\"]}]", ERR_NOTFOUND, "../../etc/passwd"},
	    {"[{\"Config\":\"/etc/passwd\",\"Layers\":[\"a\",\"b\"]}]", ERR_NOTFOUND, "/etc/passwd"},
	    {"[{\"Config\":\"c\",\"Layers\":[\"a\",\"/etc/passwd\"]}]", ERR_NOTFOUND, "layer 2: "},
	    {"[{\"Config\":\"c\",\"Layers\":[\"a\"]}]", ERR_CORRUPT, "1 layers, but config"},
	    {"[{\"Config\":\"c\",\"Layers\":[\"a\",\"xz\"]}]", ERR_UNSUPPORTED, "gzip or zstd"},
	    {"[{\"Config\":\"c\",\"Layers\":[\"a\",7]}]", ERR_CORRUPT, "Layers"},
	    {"[{\"Config\":\"a\",\"Layers\":[\"a\",\"b\"]}]", ERR_CORRUPT, "config"},
	    {"[{\"Config\":\"c\",\"RepoTags\":7,\"Layers\":[\"a\",\"b\"]}]", ERR_CORRUPT, "RepoTags"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		refused_one(&f, "c", cases[i].manifest, cases[i].code, cases[i].text);
	refused_one(&f, wrong, renamed, ERR_CORRUPT, "has the wrong content");
}

/* What engines from 25 on write: a layout with manifest.json; index.json names the image. */
static void write_new(const struct fixture_image *f, const char *index, const char *without)
{
	char names[4][80];
	const struct oci_digest *digests[4] = {&f->manifest.layers[0].digest, &f->manifest.layers[1].digest,
					       &f->manifest.config.digest, &f->d.digest};
	const char *data[4] = {f->layers[0], f->layers[1], f->config.data, f->text.data};
	struct fixture_member members[9] = {
	    {"blobs/"}, {"index.json", index}, {"oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}"}};
	size_t n = 3;
	for (int i = 0; i < 4; i++) {
		snprintf(names[i], sizeof(names[i]), "blobs/sha256/%s", oci_digest_hex(digests[i]));
		if (!without || strcmp(without, digests[i]->text) != 0)
			members[n++] = (struct fixture_member){names[i], data[i]};
	}
	CLEANUP_FREE char *manifest = mem_printf(
	    "[{\"Config\":\"%s\",\"RepoTags\":[\"app:1\"],\"Layers\":[\"%s\",\"%s\"]}]", names[2], names[0], names[1]);
	members[n++] = (struct fixture_member){"manifest.json", manifest};
	members[n] = (struct fixture_member){NULL};
	fixture_tar("new.tar", members, 0);
}

static void new_engines(void **state)
{
	struct err e = {0};
	CLEANUP_FIXTURE struct fixture_image f, other;
	fixture_image_init(&f, OCI_FAMILY_OCI, "amd64", "one");
	fixture_image_init(&other, OCI_FAMILY_OCI, "amd64", "two");
	struct oci_descriptor entries[2] = {other.d, f.d}; /* the first is not in the archive */
	CLEANUP_FREE char *index = fixture_index_text(entries, 2);
	for (int real = 1; real >= 0; real--) {
		write_new(&f, index, real ? NULL : f.d.digest.text);
		fixture_check("docker-archive:new.tar:app:1", &f, "app:1");
		CLEANUP_TRANSPORT_SOURCE struct transport_source *source = NULL;
		CLEANUP_TRANSPORT_IMAGE struct transport_image image = {0};
		assert_ok(fixture_open("docker-archive:new.tar", NULL, &source, &image, &e), &e);
		/* Where the manifest is missing manifest.json is enough. */
		assert_string_equal(image.manifest_digest.text, real ? f.d.digest.text : "");
	}
	write_new(&f, "{", NULL);
	fixture_refused("docker-archive:new.tar", NULL, ERR_CORRUPT, "index.json");
	write_new(&f, index, f.manifest.layers[1].digest.text);
	fixture_refused("docker-archive:new.tar", NULL, ERR_NOTFOUND, f.manifest.layers[1].digest.text + 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    FIXTURE_TEST(old_engines),
	    FIXTURE_TEST(bases_that_are_broken),
	    FIXTURE_TEST(compressed_layers_are_hashed),
	    FIXTURE_TEST(hostile_and_broken_ones),
	    FIXTURE_TEST(new_engines),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
