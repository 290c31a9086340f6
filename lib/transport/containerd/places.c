#include <string.h>

#include "base/mem.h"
#include "net/protobuf.h"
#include "transport/containerd/records.h"

enum { NAMESPACE_NAME = 1 };
enum { PLUGIN_ID = 2, PLUGIN_EXPORTS = 5 };

int containerd_has_namespace(struct containerd *c, const char *name, struct err *err)
{
	CLEANUP_BUF struct buf request = {0}, answer = {0};
	struct net_protobuf_field f, own;
	bool has = false;
	int found, r = containerd_call(c, "namespaces.v1.Namespaces/List", &request, &answer, err);
	struct net_protobuf_reader all = {answer.data, answer.len};
	if (r < 0)
		return r;
	while ((found = net_protobuf_next(&all, &f, err)) > 0) {
		if (f.number != 1)
			continue;
		if ((found = net_protobuf_find(net_protobuf_message(&f), NAMESPACE_NAME, &own, err)) < 0)
			break;
		CLEANUP_FREE char *text = net_protobuf_text(&own);
		has |= strcmp(text, name) == 0;
	}
	return found < 0 ? found : has;
}

/* The directory that a plugin of that id exports; NULL = it is another one, or exports none. */
static int read_plugin(struct net_protobuf_reader plugin, const char *id, char **root, struct err *err)
{
	CLEANUP_FREE char *own = NULL, *said = NULL;
	struct net_protobuf_field f;
	int found;
	while ((found = net_protobuf_next(&plugin, &f, err)) > 0) {
		CLEANUP_FREE char *key = NULL, *value = NULL;
		if (f.number == PLUGIN_ID) {
			free(own);
			own = net_protobuf_text(&f);
		} else if (f.number == PLUGIN_EXPORTS) {
			if ((found = net_protobuf_pair(&f, &key, &value, err)) < 0)
				break;
			if (strcmp(key, "root") == 0) {
				free(said);
				said = steal_ptr(&value);
			}
		}
	}
	if (found < 0)
		return found;
	if (own && said && strcmp(own, id) == 0 && !*root)
		*root = steal_ptr(&said);
	return 0;
}

int containerd_root(struct containerd *c, const char *id, char **out, struct err *err)
{
	CLEANUP_BUF struct buf request = {0}, answer = {0};
	CLEANUP_FREE char *root = NULL, *filter = mem_printf("id==%s", id);
	struct net_protobuf_field f;
	net_protobuf_put_string(&request, 1, filter);
	int found, r = containerd_call(c, "introspection.v1.Introspection/Plugins", &request, &answer, err);
	struct net_protobuf_reader all = {answer.data, answer.len};
	if (r < 0)
		return r;
	while ((found = net_protobuf_next(&all, &f, err)) > 0)
		if (f.number == 1 && (found = read_plugin(net_protobuf_message(&f), id, &root, err)) < 0)
			break;
	if (found < 0)
		return found;
	if (!root)
		return err_set(err, ERR_NOTFOUND, "containerd-place-unknown",
			       "containerd at %s does not say where its %s are", containerd_socket(c),
			       strcmp(id, "content") == 0 ? "blobs" : "snapshots");
	*out = steal_ptr(&root);
	return 0;
}
