/* transport/containerd/names.h - what [NAMESPACE/]NAME means to one containerd. Private to lib/transport/containerd/.
 */
#pragma once

#include "oci/descriptor.h"
#include "transport/containerd/client.h"

/* Takes the namespace off a location, "k8s.io/docker.io/library/nginx:1.24": what is before the first slash, if
 * containerd has a namespace of that name, which c then uses. Returns the rest, a part of location. */
int containerd_name_split(struct containerd *c, const char *location, const char **rest, struct err *err) MUST_CHECK;
/* *full: the name as the image's record has it, which is as it was written, or in full
 * ("docker.io/library/nginx:latest"); free(). *target: what it names. If there is no such image, *full is the full form
 * and the result ERR_NOTFOUND; of another error it is NULL. */
int containerd_name_find(struct containerd *c, const char *name, char **full, struct oci_descriptor *target,
			 struct err *err) MUST_CHECK;
