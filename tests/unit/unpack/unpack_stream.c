#include "unit.h"

#include "base/limits.h"
#include "unpack/text_image.h"
#include "store/config_store.h"

#define MEMBERS 8
struct stream {
	struct member {
		int fd;           /* -1 = no more */
		size_t cut;       /* bytes after which the connection breaks; 0 = it does not */
		size_t read;      /* that were taken of it, over all exports */
		const char *name; /* the digest that its name claims; NULL = none */
	} members[MEMBERS];
	const char *config; /* the real one, at the end; NULL = the provisional one was right */
	unsigned exports;
};

struct image_state { /* what is known of the image */
	struct oci_manifest manifest;
	struct oci_image_config config;
	struct buf config_bytes;
	struct layer_unpacked unpacked; /* of a single layer; path NULL = it does not lie unpacked */
};

static void image_state_done(struct image_state *i)
{
	oci_manifest_done(&i->manifest);
	oci_image_config_done(&i->config);
	buf_done(&i->config_bytes);
	free(i->unpacked.path);
}

struct fixture {
	struct test_store t;
	struct stream source;
	struct image_state image;
	struct image_layers out;
	int layers[MEMBERS]; /* tars */
	struct oci_digest ids[MEMBERS];
	size_t sizes[MEMBERS], n;
	char *config;
	struct err err;
};

struct member_reader {
	struct member *m;
	off_t at;
};

static ssize_t read_member(void *ctx, void *buf, size_t n, struct err *err)
{
	struct member_reader *r = ctx;
	if (r->m->cut && (size_t)r->at >= r->m->cut)
		return err_set(err, ERR_PROTO, "test-failure", "the engine went away");
	if (r->m->cut && n > r->m->cut - (size_t)r->at)
		n = r->m->cut - (size_t)r->at;
	ssize_t got = pread(r->m->fd, buf, n, r->at);
	assert_true(got >= 0);
	r->at += got;
	r->m->read += (size_t)got;
	return got;
}

static void use_config(struct image_state *image, const char *text)
{
	struct err e = {0};
	oci_image_config_done(&image->config);
	if (oci_image_config_parse(text, strlen(text), &image->config, &e) < 0)
		fail_msg("%s", e.msg);
	image->config_bytes.len = 0;
	buf_str(&image->config_bytes, text);
}

static int export_layers(void *ctx, unpack_blob_source_layer *each, void *each_ctx, struct err *err)
{
	struct fixture *f = ctx;
	struct stream *s = &f->source;
	s->exports++;
	for (size_t i = 0; i < MEMBERS && s->members[i].fd >= 0; i++) {
		struct member_reader r = {.m = &s->members[i]};
		struct io_reader in = {.read = read_member, .ctx = &r};
		struct oci_digest claimed;
		if (r.m->name)
			assert_int_equal(oci_digest_parse(r.m->name, &claimed, err), 0);
		int rc = each(each_ctx, r.m->name ? &claimed : NULL, &in, err);
		if (rc < 0)
			return rc;
	}
	if (s->config)
		use_config(&f->image, s->config);
	return 0;
}

static char *config_of(const struct oci_digest *ids, size_t n)
{
	struct buf b = {0};
	buf_str(&b, "{\"architecture\": \"amd64\", \"os\": \"linux\", \"config\": {\"Cmd\": [\"x\"]}, \"rootfs\": "
		    "{\"type\": \"layers\", \"diff_ids\": [");
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%s\"%s\"", i ? ", " : "", ids[i].text);
	buf_str(&b, "]}}");
	return buf_steal(&b);
}

/* What the engine says before the export: no bytes of the config, no sizes. */
static void provisional(struct fixture *f)
{
	image_state_done(&f->image);
	f->image = (struct image_state){0};
	use_config(&f->image, f->config);
	f->image.config_bytes.len = 0;
	struct oci_manifest *m = &f->image.manifest;
	m->family = OCI_FAMILY_DOCKER;
	m->layers = mem_calloc(f->n, sizeof(*m->layers));
	m->n_layers = f->n;
	oci_digest_of(f->config, strlen(f->config), &m->config.digest);
}

/* Layers by their lines, bottom first; as members in this order: digits, the layers' numbers. */
static void fixture_init(struct fixture *f, const char *const *layers, const char *order)
{
	static const enum oci_compression kinds[] = {OCI_COMPRESSION_NONE, OCI_COMPRESSION_GZIP, OCI_COMPRESSION_ZSTD};
	*f = (struct fixture){0};
	test_store_init(&f->t);
	for (; layers[f->n]; f->n++) {
		struct layer_digests d;
		f->layers[f->n] = write_layer(layers[f->n], kinds[f->n % 3], &d);
		f->ids[f->n] = d.diff_id;
		f->sizes[f->n] = d.tar_size;
	}
	for (size_t i = 0; i < MEMBERS; i++)
		f->source.members[i].fd = i < strlen(order) ? f->layers[order[i] - '0'] : -1;
	f->config = config_of(f->ids, f->n);
	f->source.config = f->config;
	provisional(f);
}

static void fixture_done(struct fixture *f)
{
	for (size_t i = 0; i < f->n; i++)
		close(f->layers[i]);
	image_layers_done(&f->out);
	image_state_done(&f->image);
	free(f->config);
	test_store_done(&f->t);
}

static int unpack(struct fixture *f)
{
	image_layers_done(&f->out);
	f->source.exports = 0;
	for (size_t i = 0; i < MEMBERS; i++)
		f->source.members[i].read = 0;
	f->err = (struct err){0};
	const struct unpack_blob_source source = {
	    .manifest = &f->image.manifest,
	    .config = &f->image.config,
	    .config_bytes = &f->image.config_bytes,
	    .unpacked = f->image.unpacked.path ? &f->image.unpacked : NULL,
	    .n_unpacked = f->image.unpacked.path ? 1 : 0,
	    .stream = export_layers,
	    .ctx = f,
	};
	return unpack_image(&f->t.store, &f->t.run, &source, NULL, &f->out, &f->err);
}

static void unpack_fine(struct fixture *f)
{
	if (unpack(f) < 0)
		fail_msg("%s", f->err.msg);
}

static const char *const three[] = {"d d 755 0:0 1\nf d/low 644 0:0 1 text\n",
				    "d d 700 1:1 2\nf d/mid 644 0:0 1 more text\n",
				    "f d/high 644 0:0 1 x\nf d/low 644 0:0 3 other\n", NULL};
static const char *const three_rendered[] = {
    "d . 755 0:0 0\nd d 755 0:0 1\nf d/low 644 0:0 1 text\n",
    "d . 755 0:0 0\nd d 700 1:1 2\nf d/mid 644 0:0 1 more text\n",
    "d . 755 0:0 0\nd d 700 1:1 2\nf d/high 644 0:0 1 x\nf d/low 644 0:0 3 other\n"}; /* d from below */

static void check_three(struct fixture *f)
{
	assert_int_equal(f->out.count, 3);
	for (size_t i = 0; i < 3; i++) {
		CLEANUP_FREE char *got = render(f->out.items[i].fd);
		assert_string_equal(got, three_rendered[i]);
		assert_string_equal(f->image.manifest.layers[i].digest.text, f->ids[i].text);
		assert_int_equal(f->image.manifest.layers[i].size, f->sizes[i]);
	}
	assert_string_equal(f->image.config_bytes.data, f->config);
	assert_string_equal(f->image.config.cmd.items[0], "x");
}

static void in_any_order(void **state)
{
	NEEDS_ROOT();
	static const char *const orders[] = {"012", "210", "201", "2012", "00112"};
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		struct fixture f;
		fixture_init(&f, three, orders[i]);
		unpack_fine(&f);
		check_three(&f);
		assert_int_equal(f.source.exports, 1);
		assert_int_equal(f.out.written, 4 + 9 + 6 + strlen(f.config));
		fixture_done(&f);
	}
}

static void what_is_there_is_not_asked_for(void **state)
{
	NEEDS_ROOT();
	struct fixture f;
	fixture_init(&f, three, "012");
	unpack_fine(&f);
	provisional(&f);
	unpack_fine(&f);
	assert_int_equal(f.source.exports, 0);
	assert_true(f.out.items[0].cached && f.out.items[1].cached && f.out.items[2].cached);
	assert_int_equal(f.out.written, 0);
	check_three(&f);

	/* another config of the same layers: it is asked for, and no layer is read */
	CLEANUP_FREE char *config = mem_printf("%s \n", f.config);
	free(f.config);
	f.config = mem_strdup(config);
	f.source.config = f.config;
	provisional(&f);
	unpack_fine(&f);
	assert_int_equal(f.source.exports, 1);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(f.source.members[i].read, 0);
	check_three(&f);
	fixture_done(&f);
}

/* A claim saves reading; one that lies costs the image, never a layer. */
static void names_are_claims(void **state)
{
	NEEDS_ROOT();
	struct fixture f;
	fixture_init(&f, three, "0120");
	f.source.members[0].name = f.source.members[3].name = f.ids[0].text;
	unpack_fine(&f);
	assert_int_equal(f.source.members[3].read, 0);
	image_layers_done(&f.out);
	CLEANUP_FREE char *gone = mem_printf("%s.gone", oci_digest_hex(&f.ids[1]));
	assert_int_equal(renameat(f.t.store.layers_fd, oci_digest_hex(&f.ids[1]), f.t.store.layers_fd, gone), 0);
	unpack_fine(&f);
	assert_int_equal(f.source.members[0].read, 0);
	assert_true(f.source.members[1].read > 0);
	assert_int_equal(f.source.members[2].read, 0); /* nothing is missing any more */
	check_three(&f);
	fixture_done(&f);

	fixture_init(&f, three, "012");
	f.source.members[0].name = f.ids[2].text; /* what it says is wanted still */
	f.source.members[2].name = f.ids[0].text; /* what it says is there */
	assert_int_equal(unpack(&f), -ERR_CORRUPT);
	assert_non_null(strstr(f.err.msg, "layer 3 of 3"));
	assert_non_null(strstr(f.err.msg, "did not arrive"));
	fixture_done(&f);
}

static void refused_one(struct fixture *f, int code, const char *message)
{
	int r = unpack(f);
	if (r != -code || !strstr(f->err.msg, message))
		fail_msg("%d: %s; expected %d: %s", r, f->err.msg, -code, message);
	assert_null(f->out.items);
	struct dirent **list;
	int n = scandirat(f->t.store.layers_fd, ".", &list, no_dots, NULL);
	for (int i = 0; i < n; i++) { /* what was committed is whole */
		CLEANUP_FREE char *meta = mem_printf("%s/meta.json", list[i]->d_name);
		assert_int_equal(faccessat(f->t.store.layers_fd, meta, F_OK, 0), 0);
		free(list[i]);
	}
	free(list);
	fixture_done(f);
}

static void what_is_wrong_is_told(void **state)
{
	NEEDS_ROOT();
	struct fixture f;
	fixture_init(&f, three, "02");
	refused_one(&f, ERR_CORRUPT, "layer 2 of 3");
	fixture_init(&f, three, "");
	refused_one(&f, ERR_CORRUPT, "layer 1 of 3");

	fixture_init(&f, three, "012");
	struct layer_digests d;
	f.source.members[1].fd = write_layer("f foreign 644 0:0 1 x\n", OCI_COMPRESSION_NONE, &d);
	CLEANUP_FREE char *foreign = mem_printf("layer number 2 of the stream: its diff ID is %s", d.diff_id.text);
	int fd = f.source.members[1].fd;
	refused_one(&f, ERR_CORRUPT, foreign);
	close(fd);

	fixture_init(&f, three, "012");
	f.source.members[0].cut = 700; /* inside of a file */
	refused_one(&f, ERR_PROTO, "layer number 1 of the stream: the engine went away");
	fixture_init(&f, three, "012");
	struct stat st;
	assert_int_equal(fstat(f.layers[0], &st), 0);
	assert_int_equal(ftruncate(f.layers[0], st.st_size - 1536), 0);
	refused_one(&f, ERR_CORRUPT, "layer number 1 of the stream");

	fixture_init(&f, three, "012");
	struct oci_digest swapped[] = {f.ids[1], f.ids[0], f.ids[2]};
	CLEANUP_FREE char *other = config_of(swapped, 3), *fewer = config_of(f.ids, 2);
	f.source.config = other;
	refused_one(&f, ERR_CORRUPT, "layer 1 is");
	fixture_init(&f, three, "012");
	f.source.config = fewer;
	refused_one(&f, ERR_CORRUPT, "2 diff IDs, but the engine named 3");
}

static void the_same_layer_over_other_parents(void **state)
{
	NEEDS_ROOT();
	const char *const layers[] = {"f d/a 644 0:0 1 one\n", "d d 700 1:1 2\nf d/a 644 0:0 2 two\n",
				      "f d/a 644 0:0 1 one\n", NULL};
	struct fixture f;
	fixture_init(&f, layers, "01");
	unpack_fine(&f);
	assert_int_equal(f.source.exports, 2);
	CLEANUP_FREE char *low = render(f.out.items[0].fd), *high = render(f.out.items[2].fd);
	assert_string_equal(low, "d . 755 0:0 0\nd d 755 0:0 0\nf d/a 644 0:0 1 one\n");
	assert_string_equal(high, "d . 755 0:0 0\nd d 700 1:1 2\nf d/a 644 0:0 1 one\n");
	fixture_done(&f);
}

/* Layers that lie unpacked are used, unless they are not what they should be. */
static void in_place_or_as_a_stream(void **state)
{
	NEEDS_ROOT();
	const char *const one[] = {"f a 644 0:0 1 text\n", NULL};
	struct fixture f;
	fixture_init(&f, one, "0");
	for (uint64_t entries = 1; entries <= 2; entries++) {
		f.image.unpacked.path = mem_printf("%s/diff", f.t.dir);
		f.image.unpacked.entries = entries;
		assert_int_equal(fd_mkdir_p(AT_FDCWD, f.image.unpacked.path, 0755, NULL), 0);
		CLEANUP_FREE char *a = mem_printf("%s/a", f.image.unpacked.path);
		assert_int_equal(fd_write_file_atomic(AT_FDCWD, a, "text", 4, 0644, NULL), 0);
		unpack_fine(&f);
		assert_int_equal(f.source.exports, entries - 1);
		assert_int_equal(f.out.items[0].in_place, entries == 1);
		provisional(&f);
	}
	fixture_done(&f);
}

static void configs_are_few(void **state)
{
	struct test_store t;
	test_store_init(&t);
	CLEANUP_BUF struct buf b = {0};
	struct oci_digest first, d;
	oci_digest_of("0", 1, &first);
	for (unsigned i = 0; i < LIMIT_STORE_CONFIGS + 20; i++) {
		b.len = 0;
		buf_printf(&b, "%u", i);
		oci_digest_of(b.data, b.len, &d);
		store_config_keep(&t.store, &d, &b, NULL);
		assert_true(store_config_find(&t.store, &d, &b)); /* what was kept last is there */
		CLEANUP_FREE char *path = mem_printf("configs/%s", oci_digest_hex(i ? &d : &first));
		const struct timespec times[2] = {{i ? i : 10000, 0}, {i ? i : 10000, 0}}; /* the first was used last */
		assert_int_equal(utimensat(t.store.fd, path, times, 0), 0);
	}
	struct dirent **list;
	int n = scandirat(t.store.fd, "configs", &list, no_dots, NULL);
	for (int i = 0; i < n; i++)
		free(list[i]);
	free(list);
	assert_int_equal(n, LIMIT_STORE_CONFIGS);
	assert_true(store_config_find(&t.store, &first, &b));
	assert_string_equal(b.data, "0");
	oci_digest_of("1", 1, &d);
	assert_false(store_config_find(&t.store, &d, &b));

	/* damaged, it is none */
	CLEANUP_FREE char *path = mem_printf("configs/%s", oci_digest_hex(&first));
	assert_int_equal(fd_write_file_atomic(t.store.fd, path, "1", 1, 0600, NULL), 0);
	assert_false(store_config_find(&t.store, &first, &b));
	test_store_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(in_any_order),
	    cmocka_unit_test(what_is_there_is_not_asked_for),
	    cmocka_unit_test(names_are_claims),
	    cmocka_unit_test(what_is_wrong_is_told),
	    cmocka_unit_test(the_same_layer_over_other_parents),
	    cmocka_unit_test(in_place_or_as_a_stream),
	    cmocka_unit_test(configs_are_few),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
