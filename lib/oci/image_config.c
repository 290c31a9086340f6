#include "oci/image_config.h"

#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "text/json.h"
#include "text/path.h"

/* ---- platform, rootfs, history ---- */

static int get_part(const json_t *root, const char *key, char out[32], struct err *err)
{
	const char *s = NULL;
	int r = json_get_string(root, key, false, &s, err);
	if (r < 0 || !s)
		return r;
	if (strlen(s) >= 32)
		return err_set(err, ERR_LIMIT, "member-too-long", "member \"%s\" is longer than 31 bytes", key);
	memcpy(out, s, strlen(s) + 1);
	return 0;
}

static int get_diff_ids(const json_t *rootfs, struct oci_image_config *c, struct err *err)
{
	json_t *ids = NULL, *v;
	size_t i;
	/* null is what Docker writes for an image without layers */
	int r = json_get_array(rootfs, "diff_ids", false, &ids, err);
	if (r < 0 || !ids)
		return r;
	if (json_array_size(ids) > LIMIT_LAYERS)
		return err_set(err, ERR_LIMIT, "too-many-layers", "has %zu layers, at most %d are supported",
			       json_array_size(ids), LIMIT_LAYERS);
	c->diff_ids = mem_calloc(json_array_size(ids), sizeof(*c->diff_ids));
	json_array_foreach (ids, i, v) {
		if (!json_is_string(v))
			return err_set(err, ERR_CORRUPT, "json-type-wrong", "diff ID %zu is not a string", i + 1);
		if ((r = oci_digest_parse(json_string_value(v), &c->diff_ids[i], err)) < 0) {
			err_wrap(err, "diff ID %zu", i + 1);
			return r;
		}
		c->n_layers++;
	}
	return 0;
}

static int get_rootfs(const json_t *root, struct oci_image_config *c, struct err *err)
{
	json_t *rootfs = NULL;
	const char *type = NULL;
	int r;
	if ((r = json_get_object(root, "rootfs", true, &rootfs, err)) < 0)
		return r;
	if ((r = json_get_string(rootfs, "type", false, &type, err)) < 0 || (r = get_diff_ids(rootfs, c, err)) < 0) {
		err_wrap(err, "rootfs");
		return r;
	}
	if (type && strcmp(type, "layers") != 0)
		return err_set(err, ERR_UNSUPPORTED, "rootfs-type-unsupported",
			       "rootfs type \"%s\" is not supported, only \"layers\"", type);
	return 0;
}

/* Whoever rewrites the config walks the history without looking at types. */
static int check_history(const json_t *root, struct err *err)
{
	json_t *history = NULL, *v;
	size_t i;
	int r = json_get_array(root, "history", false, &history, err);
	if (r < 0 || !history)
		return r;
	json_array_foreach (history, i, v)
		if (!json_is_object(v))
			return err_set(err, ERR_CORRUPT, "json-type-wrong", "history entry %zu is not an object",
				       i + 1);
	return 0;
}

/* ---- ports ---- */

/* Adds the ports of key to the set of its protocol, indexed by number. */
static int port_set(const char *key, bool tcp[UINT16_MAX + 1], bool udp[UINT16_MAX + 1], struct err *err)
{
	struct oci_port_range range;
	if (!oci_port_range_parse(key, &range))
		return err_set(err, ERR_CORRUPT, "config-port-malformed",
			       "ExposedPorts: \"%s\" is not a port such as 80/tcp or 8000-8003/udp", key);
	bool *set = range.protocol == OCI_PORT_TCP ? tcp : range.protocol == OCI_PORT_UDP ? udp : NULL;
	for (unsigned p = range.first; set && p <= range.last; p++)
		set[p] = true;
	return 0;
}

static int get_ports(const json_t *config, struct oci_image_config *c, struct err *err)
{
	json_t *ports = NULL, *v;
	const char *key;
	int r = json_get_object(config, "ExposedPorts", false, &ports, err);
	if (r < 0 || !ports)
		return r;
	CLEANUP_FREE bool *set = mem_calloc(2 * (UINT16_MAX + 1), sizeof(*set));
	bool *tcp = set, *udp = set + UINT16_MAX + 1;
	json_object_foreach (ports, key, v)
		if ((r = port_set(key, tcp, udp, err)) < 0)
			return r;
	size_t cap = 0;
	for (unsigned i = 1; i <= UINT16_MAX; i++)
		for (int is_udp = 0; is_udp < 2; is_udp++) {
			if (!(is_udp ? udp : tcp)[i])
				continue;
			c->ports = mem_grow(c->ports, c->n_ports, &cap, sizeof(*c->ports));
			c->ports[c->n_ports++] = (struct oci_port){.number = (uint16_t)i, .udp = is_udp};
		}
	return 0;
}

/* ---- volumes ---- */

static int compare_strings(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int volume_path(const char *key, struct buf *out, struct err *err)
{
	if (strlen(key) > LIMIT_PATH)
		return err_set(err, ERR_LIMIT, "config-volume-malformed",
			       "Volumes: \"%.100s...\" is longer than %d bytes", key, LIMIT_PATH);
	if (key[0] != '/' || path_has_dotdot(key))
		return err_set(err, ERR_CORRUPT, "config-volume-malformed",
			       "Volumes: \"%s\" is not an absolute path without \"..\"", key);
	path_join(out, "/", key);
	if (out->len > 1 && out->data[out->len - 1] == '/')
		out->data[--out->len] = '\0';
	return 0;
}

static int get_volumes(const json_t *config, struct oci_image_config *c, struct err *err)
{
	json_t *volumes = NULL, *v;
	const char *key;
	int r = json_get_object(config, "Volumes", false, &volumes, err);
	if (r < 0 || !volumes)
		return r;
	CLEANUP_STRLIST struct strlist all = {0};
	json_object_foreach (volumes, key, v) {
		CLEANUP_BUF struct buf path = {0};
		if ((r = volume_path(key, &path, err)) < 0)
			return r;
		strlist_take(&all, buf_steal(&path));
	}
	if (all.count)
		qsort(all.items, all.count, sizeof(*all.items), compare_strings);
	for (size_t i = 0; i < all.count; i++)
		if (!i || strcmp(all.items[i], all.items[i - 1]) != 0)
			strlist_add(&c->volumes, all.items[i]);
	return 0;
}

/* ---- the rest of "config" ---- */

static int get_string(const json_t *config, const char *key, char **out, struct err *err)
{
	const char *s = "";
	int r = json_get_string(config, key, false, &s, err);
	if (r == 0)
		*out = mem_strdup(s);
	return r;
}

/* A command: a list, or, as the first Docker versions wrote it, one string. */
static int get_command(const json_t *config, const char *key, struct strlist *out, struct err *err)
{
	const json_t *v = json_object_get(config, key);
	if (!json_is_string(v))
		return json_get_strlist(config, key, false, out, err);
	strlist_add(out, json_string_value(v));
	return 0;
}

static int get_healthcheck(const json_t *config, struct oci_image_config *c, struct err *err)
{
	json_t *check = NULL;
	int r = json_get_object(config, "Healthcheck", false, &check, err);
	if (r < 0 || !check)
		return r;
	if ((r = json_get_strlist(check, "Test", false, &c->healthcheck, err)) < 0)
		err_wrap(err, "Healthcheck");
	return r;
}

static int get_process(const json_t *config, struct oci_image_config *c, struct err *err)
{
	int r;
	if ((r = get_string(config, "User", &c->user, err)) < 0 ||
	    (r = get_string(config, "WorkingDir", &c->working_dir, err)) < 0 ||
	    (r = get_string(config, "StopSignal", &c->stop_signal, err)) < 0 ||
	    (r = json_get_strlist(config, "Env", false, &c->env, err)) < 0 ||
	    (r = get_command(config, "Entrypoint", &c->entrypoint, err)) < 0 ||
	    (r = get_command(config, "Cmd", &c->cmd, err)) < 0 ||
	    (r = get_command(config, "Shell", &c->shell, err)) < 0 || (r = get_healthcheck(config, c, err)) < 0 ||
	    (r = get_volumes(config, c, err)) < 0 || (r = get_ports(config, c, err)) < 0)
		return r;
	if (!c->shell.count) {
		strlist_add(&c->shell, "/bin/sh");
		strlist_add(&c->shell, "-c");
	}
	return 0;
}

int oci_image_config_parse(const char *data, size_t n, struct oci_image_config *out, struct err *err)
{
	CLEANUP_OCI_IMAGE_CONFIG struct oci_image_config c = {0};
	json_auto_t *empty = json_object();
	json_t *config = empty;
	int r;
	if ((r = json_parse_object(data, n, LIMIT_CONFIG, "the image config", &c.root, err)) < 0 ||
	    (r = get_part(c.root, "os", c.platform.os, err)) < 0 ||
	    (r = get_part(c.root, "architecture", c.platform.arch, err)) < 0 ||
	    (r = get_part(c.root, "variant", c.platform.variant, err)) < 0 || (r = get_rootfs(c.root, &c, err)) < 0 ||
	    (r = check_history(c.root, err)) < 0 || (r = json_get_object(c.root, "config", false, &config, err)) < 0)
		return r;
	if ((r = get_process(config, &c, err)) < 0) {
		err_wrap(err, "config");
		return r;
	}
	*out = c;
	c = (struct oci_image_config){0};
	return 0;
}

const char *oci_image_config_step(const struct oci_image_config *c, size_t i)
{
	const json_t *h = json_array_get(json_object_get(c->root, "history"), i);
	const char *text = json_string_value(json_object_get(h, "created_by"));
	return h && !text ? "" : text;
}

void oci_image_config_done(struct oci_image_config *c)
{
	json_decref(c->root);
	free(c->user);
	free(c->working_dir);
	free(c->stop_signal);
	strlist_done(&c->env);
	strlist_done(&c->entrypoint);
	strlist_done(&c->cmd);
	strlist_done(&c->volumes);
	strlist_done(&c->healthcheck);
	strlist_done(&c->shell);
	free(c->ports);
	free(c->diff_ids);
	*c = (struct oci_image_config){0};
}

const char *oci_image_config_created_by(const struct oci_image_config *c, size_t i)
{
	json_t *history = json_object_get(c->root, "history"), *h;
	size_t at, n = 0;
	json_array_foreach (history, at, h) {
		if (json_is_true(json_object_get(h, "empty_layer")))
			continue;
		const char *text = json_string_value(json_object_get(h, "created_by"));
		if (n++ == i)
			return text ? text : "";
	}
	return "";
}
