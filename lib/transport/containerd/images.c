#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "net/protobuf.h"
#include "transport/containerd/records.h"

enum { IMAGE_NAME = 1, IMAGE_TARGET = 3 };
enum { DESCRIPTOR_MEDIA_TYPE = 1, DESCRIPTOR_DIGEST = 2, DESCRIPTOR_SIZE = 3 };

void containerd_descriptor_put(struct buf *b, uint32_t number, const struct oci_descriptor *d)
{
	CLEANUP_BUF struct buf m = {0};
	net_protobuf_put_string(&m, DESCRIPTOR_MEDIA_TYPE, d->media_type);
	net_protobuf_put_string(&m, DESCRIPTOR_DIGEST, d->digest.text);
	net_protobuf_put_uint(&m, DESCRIPTOR_SIZE, d->size);
	net_protobuf_put_message(b, number, &m);
}

static int read_descriptor(struct net_protobuf_reader r, struct oci_descriptor *out, struct err *err)
{
	struct net_protobuf_field f;
	int found;
	*out = (struct oci_descriptor){0};
	while ((found = net_protobuf_next(&r, &f, err)) > 0) {
		CLEANUP_FREE char *text = net_protobuf_text(&f);
		if (f.number == DESCRIPTOR_MEDIA_TYPE && strlen(text) < sizeof(out->media_type))
			strcpy(out->media_type, text);
		else if (f.number == DESCRIPTOR_DIGEST && oci_digest_parse(text, &out->digest, err) < 0)
			return err_wrap(err, "the image's target");
		else if (f.number == DESCRIPTOR_SIZE)
			out->size = f.value;
	}
	return found < 0 ? found
	       : out->digest.text[0] && out->media_type[0]
		   ? 0
		   : err_set(err, ERR_PROTO, "protobuf-malformed", "containerd does not say what the image is");
}

static int read_target(const struct buf *answer, struct oci_descriptor *target, struct err *err)
{
	struct net_protobuf_field image, message;
	int found = net_protobuf_find((struct net_protobuf_reader){answer->data, answer->len}, 1, &image, err);
	if (found >= 0)
		found = net_protobuf_find(net_protobuf_message(&image), IMAGE_TARGET, &message, err);
	return found < 0 ? found : read_descriptor(net_protobuf_message(&message), target, err);
}

int containerd_image_get(struct containerd *c, const char *name, struct oci_descriptor *target, struct err *err)
{
	CLEANUP_BUF struct buf request = {0}, answer = {0};
	net_protobuf_put_string(&request, 1, name);
	int r = containerd_call(c, "images.v1.Images/Get", &request, &answer, err);
	return r < 0 ? r : read_target(&answer, target, err);
}

int containerd_image_set(struct containerd *c, const char *name, const struct oci_descriptor *target, struct err *err)
{
	CLEANUP_BUF struct buf image = {0}, create = {0}, update = {0}, mask = {0};
	struct err e = {0};
	net_protobuf_put_string(&image, IMAGE_NAME, name);
	containerd_descriptor_put(&image, IMAGE_TARGET, target);
	net_protobuf_put_message(&create, 1, &image);
	int r = containerd_call(c, "images.v1.Images/Create", &create, NULL, &e);
	if (r < 0 && e.sys == EEXIST) {
		net_protobuf_put_string(&mask, 1, "target");
		net_protobuf_put_message(&update, 1, &image);
		net_protobuf_put_message(&update, 2, &mask);
		return containerd_call(c, "images.v1.Images/Update", &update, NULL, err);
	}
	if (r < 0 && err)
		*err = e;
	return r;
}

int containerd_image_list(struct containerd *c, struct strlist *out, struct err *err)
{
	CLEANUP_BUF struct buf request = {0}, answer = {0};
	struct net_protobuf_field f, part;
	int found, r = containerd_call(c, "images.v1.Images/List", &request, &answer, err);
	struct net_protobuf_reader all = {answer.data, answer.len};
	if (r < 0)
		return r;
	while ((found = net_protobuf_next(&all, &f, err)) > 0)
		if (f.number == 1) {
			if ((found = net_protobuf_find(net_protobuf_message(&f), IMAGE_NAME, &part, err)) < 0)
				break;
			strlist_take(out, net_protobuf_text(&part));
		}
	return found;
}
