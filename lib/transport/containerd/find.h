/* transport/containerd/find.h - looks for images in containerd, without a reference that names it. Private to
 * lib/transport/. */
#pragma once

#include "base/buf.h"
#include "transport/options.h"

/* 1 = containerd has the image name in its namespace: *out names it there. 0 = it has not, or does not answer; an error
 * if the user named its socket and it does not answer. trail: a line on that, see locate.h; none if there is no
 * containerd. */
int containerd_find(const char *name, const struct transport_options *options, struct oci_ref *out, struct buf *trail,
		    struct err *err) MUST_CHECK;
/* Appends the names of the images in its namespace, for completions; none if it does not answer. */
void containerd_find_all(const struct transport_options *options, struct strlist *out);
