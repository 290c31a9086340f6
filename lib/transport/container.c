#include "transport/container.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "os/fd.h"
#include "os/proc_status.h"
#include "text/json.h"
#include "transport/engine/find.h"
#include "transport/trail.h"

#define CGROUPS_MAX (1u << 20) /* of /proc/PID/cgroup */

static char *text_of(const json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));
	return s && *s ? mem_strdup(s) : NULL;
}

/* The ports that it exposes, read as those of an image. */
static int read_ports(const json_t *config, struct transport_container *out, struct err *err)
{
	json_auto_t *image = json_pack("{s:s, s:s, s:{s:s, s:[]}, s:{}}", "architecture", "any", "os", "linux",
				       "rootfs", "type", "layers", "diff_ids", "config");
	json_t *ports = json_object_get(config, "ExposedPorts");
	CLEANUP_BUF struct buf text = {0};
	if (json_is_object(ports))
		json_object_set(json_object_get(image, "config"), "ExposedPorts", ports);
	json_write(image, &text);
	return oci_image_config_parse(text.data, text.len, &out->config, err);
}

bool transport_container_has(const struct transport_container *c, pid_t pid)
{
	char path[40];
	CLEANUP_BUF struct buf groups = {0};
	snprintf(path, sizeof(path), "/proc/%d/cgroup", (int)pid);
	return fd_read_file(AT_FDCWD, path, CGROUPS_MAX, &groups, NULL) == 0 && groups.len &&
	       strstr(groups.data, c->id);
}

/* Find the one process in a cgroup of the container that is the first of its pid namespace; 0 = not exactly one. */
static pid_t find_first(const struct transport_container *c)
{
	pid_t found = 0;
	size_t n = 0;
	DIR *d = opendir("/proc");
	for (struct dirent *e; d && (e = readdir(d));) {
		struct proc_status status;
		pid_t pid = (pid_t)atoi(e->d_name); /* 0 if it is not a process */
		if (pid <= 0 || !transport_container_has(c, pid) || !proc_status_read(pid, &status) ||
		    status.process_inside != 1)
			continue;
		found = pid;
		n++;
	}
	if (d)
		closedir(d);
	return n == 1 ? found : 0;
}

/* The engine may be in another pid namespace than we are, or on another machine: behind a forwarded socket, in a
 * virtual machine. The cgroup, which the kernel tells, says whose a process is. */
static int find_process(pid_t said, struct transport_container *c, struct err *err)
{
	c->pid = transport_container_has(c, said) ? said : find_first(c);
	if (c->pid)
		return 0;
	return err_set(err, ERR_UNSUPPORTED, "container-not-here",
		       "%s has the container %s, but none of its processes is found on this machine; if it runs here, "
		       "use pid:NUMBER",
		       c->engine, c->name);
}

/* As engines make them, so that it names one cgroup. */
static bool is_id(const char *s)
{
	return s && strlen(s) == 64 && strspn(s, "0123456789abcdef") == 64;
}

static int take(const struct engine *engine, const json_t *inspect, const char *asked, struct transport_container *out,
		struct err *err)
{
	const json_t *state = json_object_get(inspect, "State"), *config = json_object_get(inspect, "Config");
	const json_int_t pid = json_integer_value(json_object_get(state, "Pid"));
	out->engine = mem_strdup(engine_name(engine));
	out->id = text_of(inspect, "Id");
	out->name = text_of(inspect, "Name");
	if (out->name && out->name[0] == '/') /* as Docker writes it */
		memmove(out->name, out->name + 1, strlen(out->name));
	if (!out->name)
		out->name = mem_strdup(asked);
	out->image = text_of(config, "Image");
	out->image_id = text_of(inspect, "Image");
	out->hostname = text_of(config, "Hostname");
	if (!engine_is_here(engine))
		return err_set(err, ERR_UNSUPPORTED, "container-not-here",
			       "%s is not on this machine, so slim cannot enter the namespaces of the container %s; "
			       "run slim there, or give the URL of a published port",
			       out->engine, out->name);
	if (!json_is_true(json_object_get(state, "Running")) || pid <= 0 || pid > INT_MAX || !is_id(out->id))
		return err_set(err, ERR_INVAL, "container-not-running",
			       "the container %s is not running, according to %s", out->name, out->engine);
	int r = read_ports(config, out, err);
	return r < 0 ? err_wrap(err, "%s", out->engine) : find_process((pid_t)pid, out, err);
}

int transport_container_find(const char *name, enum oci_scheme scheme, const struct transport_options *options,
			     struct transport_container *out, struct err *err)
{
	const struct engine_search search = {.scheme = scheme, .name = name, .container = true, .options = options};
	struct engine *engine = NULL;
	json_auto_t *inspect = NULL;
	CLEANUP_BUF struct buf trail = {0};
	*out = (struct transport_container){0};
	int r = engine_find(&search, &trail, &engine, &inspect, err);
	if (r > 0)
		r = engine_find_none(&search, &trail, err);
	if (trail.len)
		log_debug("%s", trail.data);
	if (r == 0)
		r = take(engine, inspect, name, out, err);
	engine_close(engine);
	return r;
}

void transport_container_done(struct transport_container *c)
{
	free(c->engine);
	free(c->id);
	free(c->name);
	free(c->image);
	free(c->image_id);
	free(c->hostname);
	oci_image_config_done(&c->config);
	*c = (struct transport_container){0};
}
