#include "unit.h"

#include <archive.h>
#include <archive_entry.h>

#include "unpack/text_image.h"

struct row {
	const char *name, *tar, *want; /* want without the root's line when the tar has none */
};

#define ROOT "d . 755 0:0 0\n"

static const struct row rows[] = {
    {"metadata is what the tar says, of directories too",
     "d . 711 3:4 9\n"
     "d a 2750 5:6 1.5\n"
     "f a/f 644 0:0 2.123456789 text\n"
     "f a/suid 6755 7:8 3 x\n"
     "d a/sub 1777 0:0 4\n"
     "f a/sub/g 0 0:0 5\n"
     "l a/l 777 1:2 6 ../target that is nowhere\n"
     "p a/p 622 1:1 7\n"
     "c a/null 666 0:9 8 1:3\n"
     "b a/blk 1660 0:6 8 7:0\n",
     "d . 711 3:4 9\n"
     "d a 2750 5:6 1.000000005\n"
     "b a/blk 1660 0:6 8 7:0\n"
     "f a/f 644 0:0 2.123456789 text\n"
     "l a/l 777 1:2 6 ../target that is nowhere\n"
     "c a/null 666 0:9 8 1:3\n"
     "p a/p 622 1:1 7\n"
     "d a/sub 1777 0:0 4\n"
     "f a/sub/g 0 0:0 5\n"
     "f a/suid 6755 7:8 3 x\n"},
    {"parents that are not listed", "f a/b/c/f 644 0:0 7 x\n",
     "d a 755 0:0 0\n"
     "d a/b 755 0:0 0\n"
     "d a/b/c 755 0:0 0\n"
     "f a/b/c/f 644 0:0 7 x\n"},
    {"a parent listed behind its content", "f a/f 644 0:0 7 x\nd a 700 2:2 5\n", "d a 700 2:2 5\nf a/f 644 0:0 7 x\n"},
    {"whiteouts",
     "d a 755 0:0 1\n"
     "f a/.wh.gone 0 0:0 1\n"
     "f .wh.top 0 0:0 1\n",
     "d a 755 0:0 1\nw a/gone\nw top\n"},
    {"a whiteout before and behind what the layer has",
     "f .wh.a 0 0:0 1\nf a 644 0:0 2 new\nf b 644 0:0 2 new\nf .wh.b 0 0:0 1\n",
     "f a 644 0:0 2 new\nf b 644 0:0 2 new\n"},
    {"a whiteout and a directory: it hides the lower one",
     "f .wh.a 0 0:0 1\nd a 755 0:0 2\nf a/f 644 0:0 2 x\nd b 750 0:0 2\nf b/f 644 0:0 2 x\nf .wh.b 0 0:0 1\n"
     "f .wh.c 0 0:0 1\nf c/f 644 0:0 2 x\nf d/f 644 0:0 2 x\nf .wh.d 0 0:0 1\n",
     "D a 755 0:0 2\nf a/f 644 0:0 2 x\nD b 750 0:0 2\nf b/f 644 0:0 2 x\n"
     "D c 755 0:0 0\nf c/f 644 0:0 2 x\nD d 755 0:0 0\nf d/f 644 0:0 2 x\n"},
    {"opaque directories, before and behind their content, listed or not",
     "d a 755 0:0 1\nf a/.wh..wh..opq 0 0:0 1\nf a/f 644 0:0 2 x\nf b/f 644 0:0 2 x\nf b/.wh..wh..opq 0 0:0 1\n"
     "f c/.wh..wh..opq 0 0:0 1\n",
     "D a 755 0:0 1\nf a/f 644 0:0 2 x\nD b 755 0:0 0\nf b/f 644 0:0 2 x\nD c 755 0:0 0\n"},
    {"an opaque root", "f .wh..wh..opq 0 0:0 1\nf f 644 0:0 2 x\n", "!D . 755 0:0 0\nf f 644 0:0 2 x\n"},
    {"what aufs left",
     "f .wh..wh.aufs 0 0:0 1\nd .wh..wh.plnk 700 0:0 1\nf .wh..wh.plnk/1.2 0 0:0 1 x\nd .wh..wh.orph 700 0:0 1\n"
     "f f 644 0:0 2 x\n",
     "f f 644 0:0 2 x\n"},
    {"later entries replace earlier ones",
     "f a 644 0:0 1 one\nf a 600 1:1 2 two\n"                                /* file, file */
     "d b 755 0:0 1\nf b/x 644 0:0 1 x\nf b 644 0:0 2 file\n"                /* directory with content, file */
     "l d 777 0:0 1 a\nf d 644 0:0 2 file\n"                                 /* symlink, file: not through it */
     "d e 755 0:0 1\nf e/x 644 0:0 1 x\nd e 700 3:3 4\n"                     /* directory, directory */
     "d g 755 0:0 1\nd g/h 700 9:9 1\nl g 777 0:0 5 b\n"                     /* directory, symlink */
     "d i 700 9:9 1\nd i/j 700 9:9 1\nf i 644 0:0 1 x\nf i/j 644 0:0 2 x\n", /* refused below */
     NULL},
    {"later entries replace earlier ones, without the last",
     "f a 644 0:0 1 one\nf a 600 1:1 2 two\n"
     "d b 755 0:0 1\nf b/x 644 0:0 1 x\nf b 644 0:0 2 file\n"
     "l d 777 0:0 1 a\nf d 644 0:0 2 file\n"
     "d e 755 0:0 1\nf e/x 644 0:0 1 x\nd e 700 3:3 4\n"
     "d g 755 0:0 1\nd g/h 700 9:9 1\nl g 777 0:0 5 b\n",
     "f a 600 1:1 2 two\n"
     "f b 644 0:0 2 file\n"
     "f d 644 0:0 2 file\n"
     "d e 700 3:3 4\n"
     "f e/x 644 0:0 1 x\n"
     "l g 777 0:0 5 b\n"},
    {"a directory in the place of a file hides what lower layers have there",
     "f a 644 0:0 1 x\nd a 755 0:0 2\nf a/f 644 0:0 3 x\n", "D a 755 0:0 2\nf a/f 644 0:0 3 x\n"},
    {"a directory that was another one before",
     "d a 700 9:9 1\nd a/b 700 9:9 1\nf a 644 0:0 1\nd a 755 0:0 2\nf a/b/f 644 0:0 3 x\nf a/c 644 0:0 4\n",
     "D a 755 0:0 2\nd a/b 755 0:0 0\nf a/b/f 644 0:0 3 x\nf a/c 644 0:0 4\n"},
    {"a former directory is a file inside a new one",
     "d a 700 9:9 1\nd a/b 700 9:9 1\nf a 644 0:0 1\nd a 755 0:0 2\nf a/b 644 0:0 3 x\n",
     "D a 755 0:0 2\nf a/b 644 0:0 3 x\n"},
    {"hard links",
     "d a 755 0:0 1\nf a/f 640 1:2 2 text\nh a/g 640 1:2 2 a/f\nh h 640 1:2 2 a/g\nl s 777 0:0 1 a\nh t 777 0:0 1 s\n"
     "h a/f 640 1:2 2 a/f\n",
     "d a 755 0:0 1\nf#3 a/f 640 1:2 2 text\nf#3 a/g 640 1:2 2 text\nf#3 h 640 1:2 2 text\n"
     "l s 777 0:0 1 a\nl t 777 0:0 1 a\n"},
    {"a hard link over something else", "f a 644 0:0 1 a\nf b 644 0:0 1 b\nh b 644 0:0 1 a\n",
     "f#2 a 644 0:0 1 a\nf#2 b 644 0:0 1 a\n"},
    {"xattrs, but for overlayfs' own",
     "d a 755 0:0 1\nx user.u=d\nx trusted.overlay.opaque=y\nx trusted.overlay.redirect=/etc\n"
     "f a/f 644 1:1 2 text\nx security.s=s\nx trusted.overlay.metacopy=\nx trusted.t=t\nx user.u=u\n"
     "c c 600 0:0 2 1:3\nx trusted.t=c\np p 600 0:0 2\nx trusted.overlay.opaque=y\n",
     "d a 755 0:0 1\nx user.u=d\n"
     "f a/f 644 1:1 2 text\nx security.s=s\nx trusted.t=t\nx user.u=u\n"
     "c c 600 0:0 2 1:3\nx trusted.t=c\np p 600 0:0 2\n"},
    {"xattrs that stand for something in an ordinary user's store, and here for nothing",
     "d a 755 0:0 1\nx user.overlay.opaque=y\nx user.overlay.redirect=/etc\nf a/f 644 1:1 2\nx user.slim.device=c 1:3\n"
     "f g 644 1:1 2\nx user.slim.pending=\nx user.slim.xattr.trusted.t=t\n",
     "d a 755 0:0 1\nx user.overlay.opaque=y\nx user.overlay.redirect=/etc\nf a/f 644 1:1 2\nx user.slim.device=c 1:3\n"
     "f g 644 1:1 2\nx user.slim.pending=\nx user.slim.xattr.trusted.t=t\n"},
    {"xattrs that the file system refuses, and one that looks like what stands for these",
     "d a 755 0:0 1\nx com.example.d=d\nf a/f 644 1:1 2 text\nx com.example.f=f\nx user.u=u\n"
     "f g 644 1:1 2\nx user.slim.xattr.user.x=1\nx trusted.slim.xattr.user.x=2\n",
     "d a 755 0:0 1\nx com.example.d=d\nf a/f 644 1:1 2 text\nx com.example.f=f\nx user.u=u\n"
     "f g 644 1:1 2\nx trusted.slim.xattr.user.x=2\nx user.slim.xattr.user.x=1\n"},
    {"a char device 0:0 is no whiteout", "f f 644 0:0 1 x\nc f 600 0:0 1 0:0\nc g 600 0:0 1 0:0\nb h 600 0:0 1 0:0\n",
     "f f 644 0:0 1 x\nb h 600 0:0 1 0:0\n"},
    {"names that only look special",
     "f .wh 644 0:0 1\nf ..wh.x 644 0:0 1\nf a.wh.b 644 0:0 1\nd ..a 755 0:0 1\nf ..a/... 644 0:0 1\n",
     "d ..a 755 0:0 1\nf ..a/... 644 0:0 1\nf ..wh.x 644 0:0 1\nf .wh 644 0:0 1\nf a.wh.b 644 0:0 1\n"},
    {"nothing", "", ""},
};

static void layer_one(const struct row *r)
{
	struct test_store t;
	test_store_init(&t);
	struct text_image img;
	const char *const layers[] = {r->tar, NULL};
	text_image_init(&img, &t, "image", layers);
	struct image_layers out = {0};
	struct err e = {0};
	int rc = text_image_unpack(&img, &t.store, &t.run, NULL, &out, &e);
	if (!r->want) {
		assert_int_equal(rc, -ERR_CORRUPT);
		assert_int_equal(count_layers(&t), 0);
	} else {
		if (rc < 0)
			fail_msg("%s: %s", r->name, e.msg);
		CLEANUP_FREE char *got = render(out.items[0].fd);
		const char *want = r->want;
		bool root = strncmp(want, "d . ", 4) == 0 || want[0] == '!';
		CLEANUP_FREE char *all = mem_printf("%s%s", root ? "" : ROOT, want + (want[0] == '!'));
		if (strcmp(got, all) != 0)
			fail_msg("%s:\n%s\nexpected:\n%s", r->name, got, all);
	}
	image_layers_done(&out);
	text_image_done(&img);
	test_store_done(&t);
}

static void a_layer_is_what_its_tar_says(void **state)
{
	NEEDS_ROOT();
	mode_t old = umask(077); /* has no say */
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		layer_one(&rows[i]);
	umask(old);
}

/* The kernel takes user.* only on files and directories, so that nothing can stand for these. */
static void xattrs_of_symlinks_and_fifos_take_root(void **state)
{
	NEEDS_ROOT();
	static const struct row r = {"xattrs of symlinks and fifos",
				     "l l 777 0:0 2 x\nx trusted.t=t\nx user.u=u\np p 600 0:0 2\nx trusted.t=p\n",
				     "l l 777 0:0 2 x\nx trusted.t=t\nx user.u=u\np p 600 0:0 2\nx trusted.t=p\n"};
	if (privilege_is_full()) {
		layer_one(&r);
		return;
	}
	struct test_store t;
	test_store_init(&t);
	struct text_image img;
	const char *const layers[] = {r.tar, NULL};
	text_image_init(&img, &t, "image", layers);
	struct image_layers out = {0};
	struct err e = {0};
	assert_int_equal(text_image_unpack(&img, &t.store, &t.run, NULL, &out, &e), -ERR_DENIED);
	assert_non_null(strstr(e.msg, "entry \"l\": extended attribute user.slim.xattr.trusted.t"));
	image_layers_done(&out);
	text_image_done(&img);
	test_store_done(&t);
}

/* linux/posix_acl_xattr.h: version, then tag, permissions, id of each entry. user::rwx user:1000:rwx
 * group::r-x mask::rwx other::--- */
static const unsigned char acl[] = {2, 0,   0,   0,   1,   0,   7,  0, 255, 255, 255, 255, 2,   0,  7,
				    0, 232, 3,   0,   0,   4,   0,  5, 0,   255, 255, 255, 255, 16, 0,
				    7, 0,   255, 255, 255, 255, 32, 0, 0,   0,   255, 255, 255, 255};

static void a_default_acl_is_not_inherited(void **state)
{
	NEEDS_ROOT();
	struct test_store t;
	test_store_init(&t);
	CLEANUP_FD int blob = scratch_file();
	struct layer_digests d;
	CLEANUP_LAYER_WRITER struct layer_writer *w = layer_writer_new(blob, OCI_COMPRESSION_NONE, 0);
	struct layer_entry dir = {.path = mem_strdup("a"), .mode = S_IFDIR | 0770};
	struct layer_entry file = {.path = mem_strdup("a/f"), .mode = S_IFREG | 0640};
	layer_entry_add_xattr(&dir, "system.posix_acl_default", acl, sizeof(acl));
	assert_int_equal(layer_writer_add(w, &dir, -1, NULL), 0);
	assert_int_equal(layer_writer_add(w, &file, -1, NULL), 0);
	assert_int_equal(layer_writer_finish(w, &d, NULL), 0);
	layer_entry_done(&dir);
	layer_entry_done(&file);
	struct text_image img;
	const char *const none[] = {"", NULL};
	text_image_init(&img, &t, "image", none);
	img.manifest.layers[0].digest = img.diff_ids[0] = d.diff_id;
	img.manifest.layers[0].size = d.blob_size;
	strcpy(img.manifest.layers[0].media_type, OCI_MEDIA_LAYER);
	text_image_write(&img, &blob);
	struct image_layers out = {0};
	unpack_ok(&img, &t, &out);
	CLEANUP_FD int a = openat(out.items[0].fd, "a", O_RDONLY | O_CLOEXEC);
	CLEANUP_FD int f = openat(a, "f", O_RDONLY | O_CLOEXEC);
	char value[128];
	struct stat st;
	assert_int_equal(fgetxattr(a, "system.posix_acl_default", value, sizeof(value)), sizeof(acl));
	assert_int_equal(fgetxattr(f, "system.posix_acl_access", value, sizeof(value)), -1);
	assert_int_equal(fstat(f, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	image_layers_done(&out);
	text_image_done(&img);
	test_store_done(&t);
}

/* A sparse file as bsdtar and GNU tar write them: data at the start and in the middle, the end a hole. */
static void holes_stay_holes(void **state)
{
	NEEDS_ROOT();
	enum { SIZE = 64 << 20 };
	struct test_store t;
	test_store_init(&t);
	CLEANUP_FD int blob = scratch_file();
	struct archive *a = archive_write_new();
	archive_write_set_format_pax(a);
	archive_write_set_bytes_per_block(a, 512);
	assert_int_equal(archive_write_open_fd(a, blob), ARCHIVE_OK);
	struct archive_entry *e = archive_entry_new();
	archive_entry_set_pathname(e, "sparse");
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_perm(e, 0644);
	archive_entry_set_size(e, SIZE);
	archive_entry_sparse_add_entry(e, 0, 4096);
	archive_entry_sparse_add_entry(e, 32 << 20, 4096);
	assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
	char *data = mem_alloc(SIZE);
	data[0] = 'a';
	data[32 << 20] = 'b';
	assert_int_equal(archive_write_data(a, data, SIZE), SIZE);
	free(data);
	archive_entry_free(e);
	archive_write_close(a);
	archive_write_free(a);

	CLEANUP_BUF struct buf tar = {0};
	lseek(blob, 0, SEEK_SET);
	assert_int_equal(fd_read_all(blob, 1 << 20, "tar", &tar, NULL), 0);
	lseek(blob, 0, SEEK_SET);
	struct text_image img;
	const char *const none[] = {"", NULL};
	text_image_init(&img, &t, "image", none);
	oci_digest_of(tar.data, tar.len, &img.diff_ids[0]);
	img.manifest.layers[0].digest = img.diff_ids[0];
	img.manifest.layers[0].size = tar.len;
	strcpy(img.manifest.layers[0].media_type, OCI_MEDIA_LAYER);
	text_image_write(&img, &blob);
	struct image_layers out = {0};
	unpack_ok(&img, &t, &out);
	CLEANUP_FD int fd = openat(out.items[0].fd, "sparse", O_RDONLY | O_CLOEXEC);
	struct stat st;
	char c;
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_size, SIZE);
	assert_true(st.st_blocks * 512 < 1 << 20);
	assert_int_equal(pread(fd, &c, 1, 0), 1);
	assert_int_equal(c, 'a');
	assert_int_equal(pread(fd, &c, 1, 32 << 20), 1);
	assert_int_equal(c, 'b');
	image_layers_done(&out);
	text_image_done(&img);
	test_store_done(&t);
}

struct hostile {
	const char *tar, *message;
};

/* %s is the canary directory, outside of the store. */
static const struct hostile hostile[] = {
    {"f ../../../../../../../../canary 644 0:0 1 x\n", ".."},
    {"f a/../../x 644 0:0 1 x\n", ".."},
    {"l a 777 0:0 1 %s\nf a/x 644 0:0 1 x\n", "\"a\" is a symlink in the same layer"},
    {"d d 755 0:0 1\nl d/a 777 0:0 1 %s\nf d/a/b/x 644 0:0 1 x\n", "\"d/a\" is a symlink in the same layer"},
    {"l a 777 0:0 1 %s\nd a/x 755 0:0 1\n", "symlink"},
    {"l a 777 0:0 1 %s\nl a/x 777 0:0 1 y\n", "symlink"},
    {"l a 777 0:0 1 %s\nc a/x 777 0:0 1 1:3\n", "symlink"},
    {"l a 777 0:0 1 %s\nf a/.wh.kept 0 0:0 1\n", "symlink"},
    {"l a 777 0:0 1 %s\nf a/.wh..wh..opq 0 0:0 1\n", "symlink"},
    {"l a 777 0:0 1 .\nf a/x 644 0:0 1 x\n", "symlink"},
    {"f f 644 0:0 1 x\nl a 777 0:0 1 %s\nh a/x 644 0:0 1 f\n", "symlink"},
    {"d d 700 0:0 1\nf d/x 644 0:0 1\nl d 777 0:0 1 %s\nf d/x 644 0:0 1 x\n", "symlink"},
    {"l a 777 0:0 1 %s\nh b 644 0:0 1 a/kept\n", "the hard link's target is not in any layer"},
    {"h b 644 0:0 1 %s/kept\n", "the hard link's target is not in any layer"},
    {"h b 644 0:0 1 ../../../../etc/passwd\n", ".."},
    {"h b 644 0:0 1 b\n", "the hard link's target is not in any layer"},
    {"h a 644 0:0 1 b\nh b 644 0:0 1 a\n", "the hard link's target is not in any layer"},
    {"d d 755 0:0 1\nh b 755 0:0 1 d\n", "a hard link to a directory"},
    {"f f 644 0:0 1 x\nf f/x 644 0:0 1 x\n", "\"f\" is a file in the same layer"},
    {"f .wh. 0 0:0 1\n", "without a name"},
    {"f .wh.. 0 0:0 1\n", "without a name"},
    {"f .wh... 0 0:0 1\n", "without a name"},
    {"f a/.wh.. 0 0:0 1\n", "without a name"},
    {"f .wh../x 644 0:0 1 x\n", "cannot be a directory"},
    {"f .wh.../x 644 0:0 1 x\n", "cannot be a directory"},
    {"d .wh.x 755 0:0 1\nf .wh.x/y 644 0:0 1\n", "cannot be a directory"},
    {"d d 755 0:0 1\nx trusted.overlay.opaque=y\nl d 777 0:0 1 %s\nf d/x 644 0:0 1\n", "symlink"},
};

static void hostile_one(const struct hostile *h)
{
	struct test_store t;
	test_store_init(&t);
	CLEANUP_FREE char *canary = mem_printf("%s/canary", t.dir), *kept = mem_printf("%s/kept", canary);
	assert_int_equal(mkdir(canary, 0755), 0);
	assert_int_equal(fd_write_file_atomic(AT_FDCWD, kept, "kept", 4, 0644, NULL), 0);
	CLEANUP_FD int fd = open(canary, O_RDONLY | O_CLOEXEC);
	CLEANUP_FREE char *before = render(fd);
	CLEANUP_BUF struct buf tar = {0};
	const char *at = strstr(h->tar, "%s");
	buf_append(&tar, h->tar, at ? (size_t)(at - h->tar) : strlen(h->tar));
	if (at) {
		buf_str(&tar, canary);
		buf_str(&tar, at + 2);
	}
	struct text_image img;
	const char *const layers[] = {"f ok 644 0:0 1 x\n", tar.data, NULL};
	text_image_init(&img, &t, "image", layers);
	struct image_layers out = {0};
	struct err e = {0};
	int rc = text_image_unpack(&img, &t.store, &t.run, NULL, &out, &e);
	if (rc != -ERR_CORRUPT || !strstr(e.msg, h->message) || !strstr(e.msg, "layer 2 of 2 (sha256:"))
		fail_msg("%s\n%d: %s", h->tar, rc, e.msg);
	assert_true(count_layers(&t) <= 1);
	CLEANUP_FREE char *after = render(fd);
	assert_string_equal(before, after);
	assert_int_not_equal(access("/var/tmp/canary", F_OK), 0);
	assert_int_not_equal(access("/canary", F_OK), 0);
	text_image_done(&img);
	test_store_done(&t);
}

static void hostile_layers_are_refused(void **state)
{
	NEEDS_ROOT();
	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++)
		hostile_one(&hostile[i]);
}

/* As deep as a path can be: neither fds nor the stack run out, on any of the ways. */
static void a_very_deep_layer(void **state)
{
	NEEDS_ROOT();
	struct test_store t;
	test_store_init(&t);
	CLEANUP_BUF struct buf tar = {0};
	buf_str(&tar, "f ");
	for (int i = 0; i < 2000; i++)
		buf_str(&tar, "d/");
	buf_str(&tar, "f 644 0:0 1 x\nd d 755 0:0 1\nf d 644 0:0 1\nf ");
	for (int i = 0; i < 2000; i++)
		buf_str(&tar, "e/");
	buf_str(&tar, "f 644 0:0 1 x\n");
	struct text_image img;
	const char *const layers[] = {tar.data, NULL};
	text_image_init(&img, &t, "image", layers);
	struct image_layers out = {0};
	unpack_ok(&img, &t, &out);
	image_layers_done(&out);
	text_image_done(&img);
	test_store_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_layer_is_what_its_tar_says),   cmocka_unit_test(xattrs_of_symlinks_and_fifos_take_root),
	    cmocka_unit_test(a_default_acl_is_not_inherited), cmocka_unit_test(holes_stay_holes),
	    cmocka_unit_test(hostile_layers_are_refused),     cmocka_unit_test(a_very_deep_layer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
