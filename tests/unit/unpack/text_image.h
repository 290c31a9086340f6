/* tests/unit/unpack/text_image.h - images written from text, and file systems read back as the same text.
 * One entry per line, TYPE PATH MODE UID:GID MTIME [ARGUMENT]:
 *   d dir   f file (argument: content)   l symlink (target)   h hard link (target)   c b device (MAJOR:MINOR)
 *   p fifo   s socket   and for the entry before: x NAME=VALUE, an xattr
 * PATH "." is the root. Read back: sorted; w for a whiteout, D for an opaque directory, "f#2" for a file
 * with two names. */
#pragma once

#include <dirent.h>

#include "layer/writer.h"
#include "pipeline/transport_blobs.h"
#include "test_store.h"

struct text_image {
	char *layout;
	struct oci_manifest manifest;
	struct oci_digest diff_ids[16];
};

static inline void parse_line(const char *line, struct layer_entry *e, const char **content)
{
	char type, path[4096];
	int at = 0;
	unsigned major, minor;
	if (sscanf(line, "%c %4095s %o %u:%u %n", &type, path, &e->mode, &e->uid, &e->gid, &at) < 5)
		fail_msg("malformed: %s", line);
	char *end;
	e->mtime.tv_sec = strtoll(line + at, &end, 10);
	if (*end == '.')
		e->mtime.tv_nsec = strtol(end + 1, &end, 10);
	const char *arg = *end == ' ' ? end + 1 : "";
	e->path = mem_strdup(strcmp(path, ".") == 0 ? "" : path);
	*content = NULL;
	switch (type) {
	case 'd':
		e->mode |= S_IFDIR;
		return;
	case 'f':
		e->mode |= S_IFREG;
		e->size = strlen(arg);
		*content = arg;
		return;
	case 'h':
		e->mode |= S_IFREG;
		e->hardlink = true;
		e->link = mem_strdup(arg);
		return;
	case 'l':
		e->mode |= S_IFLNK;
		e->link = mem_strdup(arg);
		return;
	case 'p':
		e->mode |= S_IFIFO;
		return;
	case 'c':
	case 'b':
		e->mode |= type == 'c' ? S_IFCHR : S_IFBLK;
		assert_int_equal(sscanf(arg, "%u:%u", &major, &minor), 2);
		e->rdev = makedev(major, minor);
		return;
	}
	fail_msg("malformed: %s", line);
}

static inline int scratch_file(void)
{
	int fd = open("/var/tmp", O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	return fd;
}

/* The tar of these lines; fd of the blob. */
static inline int write_layer(const char *lines, enum oci_compression c, struct layer_digests *digests)
{
	int fd = scratch_file();
	struct err e = {0};
	CLEANUP_LAYER_WRITER struct layer_writer *w = layer_writer_new(fd, c, 0);
	CLEANUP_FREE char *copy = mem_strdup(lines);
	char *save, *line = strtok_r(copy, "\n", &save);
	while (line) {
		struct layer_entry entry = {0};
		const char *content;
		parse_line(line, &entry, &content);
		while ((line = strtok_r(NULL, "\n", &save)) && line[0] == 'x') {
			char *value = strchr(line, '=');
			*value++ = '\0';
			layer_entry_add_xattr(&entry, line + 2, value, strlen(value));
		}
		CLEANUP_FD int text = content ? scratch_file() : -1;
		if (content)
			assert_int_equal(fd_write_all(text, content, strlen(content), NULL), 0);
		if (layer_writer_add(w, &entry, text, &e) < 0)
			fail_msg("%s", e.msg);
		layer_entry_done(&entry);
	}
	if (layer_writer_finish(w, digests, &e) < 0)
		fail_msg("%s", e.msg);
	return fd;
}

static inline struct transport_sink *open_sink(const struct text_image *img)
{
	struct err e = {0};
	CLEANUP_FREE char *name = mem_printf("oci:%s:t", img->layout);
	CLEANUP_OCI_REF struct oci_ref ref = {0};
	struct transport_sink *sink = NULL;
	if (oci_ref_parse(name, &ref, &e) < 0 || transport_sink_open(&ref, NULL, &sink, &e) < 0)
		fail_msg("%s", e.msg);
	return sink;
}

/* Write the manifest and config of what img says, and the layers of these blobs (borrowed). */
static inline void text_image_write(struct text_image *img, const int *blobs)
{
	struct err e = {0};
	CLEANUP_TRANSPORT_SINK struct transport_sink *sink = open_sink(img);
	CLEANUP_BUF struct buf config = {0}, manifest = {0};
	buf_str(&config, "{\"architecture\": \"amd64\", \"os\": \"linux\", \"config\": {}, \"rootfs\": "
			 "{\"type\": \"layers\", \"diff_ids\": [");
	for (size_t i = 0; i < img->manifest.n_layers; i++) {
		buf_printf(&config, "%s\"%s\"", i ? ", " : "", img->diff_ids[i].text);
		if (transport_sink_blob_fd(sink, &img->manifest.layers[i], blobs[i], &e) < 0)
			fail_msg("%s", e.msg);
	}
	buf_str(&config, "]}}");
	struct oci_descriptor *c = &img->manifest.config, d = {.media_type = OCI_MEDIA_MANIFEST};
	*c = (struct oci_descriptor){.media_type = OCI_MEDIA_CONFIG, .size = config.len};
	oci_digest_of(config.data, config.len, &c->digest);
	oci_manifest_write(&img->manifest, &manifest);
	oci_digest_of(manifest.data, manifest.len, &d.digest);
	d.size = manifest.len;
	if (transport_sink_blob(sink, c, config.data, &e) < 0 || transport_sink_commit(sink, &d, &manifest, &e) < 0)
		fail_msg("%s", e.msg);
}

/* layers: NULL-terminated, bottom first. */
static inline void text_image_init(struct text_image *img, const struct test_store *t, const char *name,
				   const char *const *layers)
{
	static const enum oci_compression kinds[] = {OCI_COMPRESSION_GZIP, OCI_COMPRESSION_NONE, OCI_COMPRESSION_ZSTD};
	int blobs[16] = {0};
	size_t n = 0;
	*img = (struct text_image){.layout = mem_printf("%s/%s", t->dir, name)};
	while (layers[n])
		n++;
	img->manifest.layers = mem_calloc(n, sizeof(struct oci_descriptor));
	img->manifest.n_layers = n;
	for (size_t i = 0; i < n; i++) {
		struct layer_digests d;
		struct oci_descriptor *l = &img->manifest.layers[i];
		blobs[i] = write_layer(layers[i], kinds[i % 3], &d);
		strcpy(l->media_type, oci_layer_media_type(OCI_FAMILY_OCI, kinds[i % 3]));
		l->digest = d.blob;
		l->size = d.blob_size;
		img->diff_ids[i] = d.diff_id;
	}
	text_image_write(img, blobs);
	for (size_t i = 0; i < n; i++)
		close(blobs[i]);
}

static inline void text_image_done(struct text_image *img)
{
	free(img->layout);
	oci_manifest_done(&img->manifest);
}

static inline int text_image_unpack(const struct text_image *img, struct store *s, struct store_run *run,
				    const struct progress *progress, struct image_layers *out, struct err *err)
{
	CLEANUP_FREE char *name = mem_printf("oci:%s:t", img->layout);
	CLEANUP_OCI_REF struct oci_ref ref = {0};
	CLEANUP_TRANSPORT_SOURCE struct transport_source *source = NULL;
	CLEANUP_TRANSPORT_IMAGE struct transport_image image = {0};
	struct oci_platform amd64 = {.os = "linux", .arch = "amd64"};
	if (oci_ref_parse(name, &ref, err) < 0 || transport_source_open(&ref, NULL, &source, err) < 0 ||
	    transport_source_image(source, &amd64, &image, err) < 0)
		fail_msg("%s", err->msg);
	return pipeline_unpack(s, run, source, &image, progress, out, err);
}

static inline int no_dots(const struct dirent *d)
{
	return strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0;
}

static inline int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static inline void render_xattrs(const char *proc, bool *opaque, struct buf *out)
{
	char names[4096], value[4096];
	ssize_t n = llistxattr(proc, names, sizeof(names));
	for (const char *x = names; n > 0 && x < names + n; x += strlen(x) + 1) {
		ssize_t len = lgetxattr(proc, x, value, sizeof(value));
		assert_true(len >= 0);
		*opaque = *opaque || strcmp(x, image_substitute_opaque()) == 0;
		const char *original = image_substitute_original(x);
		if (!original)
			continue;
		buf_printf(out, "x %s=", original);
		buf_escape(out, value, (size_t)len);
		buf_char(out, '\n');
	}
}

static inline void render_one(int dir, const char *name, const char *path, struct buf *out)
{
	struct stat st;
	char proc[512], target[4096];
	CLEANUP_BUF struct buf xattrs = {0};
	bool opaque = false;
	assert_int_equal(fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW), 0);
	if (S_ISCHR(st.st_mode) && st.st_rdev == 0) {
		buf_printf(out, "w %s\n", path);
		return;
	}
	image_substitute_stat(dir, name, &st);
	snprintf(proc, sizeof(proc), "/proc/self/fd/%d/%s", dir, name);
	render_xattrs(proc, &opaque, &xattrs);
	buf_char(out, S_ISREG(st.st_mode)    ? 'f'
		      : S_ISLNK(st.st_mode)  ? 'l'
		      : S_ISFIFO(st.st_mode) ? 'p'
		      : S_ISCHR(st.st_mode)  ? 'c'
		      : S_ISBLK(st.st_mode)  ? 'b'
		      : S_ISDIR(st.st_mode)  ? (opaque ? 'D' : 'd')
					     : '?');
	if (S_ISREG(st.st_mode) && st.st_nlink > 1)
		buf_printf(out, "#%u", (unsigned)st.st_nlink);
	buf_printf(out, " %s %o %u:%u %lld", path, st.st_mode & 07777, st.st_uid, st.st_gid,
		   (long long)st.st_mtim.tv_sec);
	if (st.st_mtim.tv_nsec)
		buf_printf(out, ".%09ld", st.st_mtim.tv_nsec);
	if (S_ISREG(st.st_mode) && st.st_size) {
		buf_char(out, ' ');
		assert_int_equal(fd_read_file(dir, name, 1 << 16, out, NULL), 0);
	} else if (S_ISLNK(st.st_mode)) {
		ssize_t n = readlinkat(dir, name, target, sizeof(target));
		buf_printf(out, " %.*s", (int)n, target);
	} else if (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode)) {
		buf_printf(out, " %u:%u", major(st.st_rdev), minor(st.st_rdev));
	}
	buf_char(out, '\n');
	buf_append(out, xattrs.data, xattrs.len);
	if (!S_ISDIR(st.st_mode))
		return;
	struct dirent **list;
	CLEANUP_FD int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int n = scandirat(fd, ".", &list, no_dots, by_bytes);
	for (int i = 0; i < n; i++) {
		CLEANUP_FREE char *below = mem_printf("%s%s%s", strcmp(path, ".") == 0 ? "" : path,
						      strcmp(path, ".") == 0 ? "" : "/", list[i]->d_name);
		render_one(fd, list[i]->d_name, below, out);
		free(list[i]);
	}
	free(list);
}

/* All below dir, and it itself as ".". */
static inline char *render(int dir)
{
	struct buf out = {0};
	render_one(dir, ".", ".", &out);
	return buf_steal(&out);
}

/* The layers of the image, unpacked in this process. */
static inline void unpack_ok(const struct text_image *img, struct test_store *t, struct image_layers *out)
{
	struct err e = {0};
	if (text_image_unpack(img, &t->store, &t->run, NULL, out, &e) < 0)
		fail_msg("%s", e.msg);
}

static inline unsigned count_layers(const struct test_store *t)
{
	struct dirent **list;
	int n = scandirat(t->store.layers_fd, ".", &list, no_dots, NULL);
	for (int i = 0; i < n; i++)
		free(list[i]);
	free(list);
	return (unsigned)n;
}
