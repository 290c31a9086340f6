#include "cmd/docker_slim/host_config.h"

#include <fcntl.h>
#include <jansson.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"
#include "os/fd.h"

static int refused(const struct docker_slim_row *row, const char *member, struct err *err)
{
	return err_set(err, ERR_INVAL, "option-unsupported",
		       "--%s: \"%.60s\" can't be done here, or not with this value: leave it out; see "
		       "slim-docker-slim(7)",
		       row->name, member);
}

/* Returns whether the value is the same as a missing member. */
static bool says_nothing(const json_t *v)
{
	return json_is_null(v) || json_is_false(v) || (json_is_number(v) && json_number_value(v) == 0) ||
	       (json_is_string(v) && !*json_string_value(v)) ||
	       ((json_is_array(v) || json_is_object(v)) && !json_array_size(v) && !json_object_size(v));
}

/* ---- the kinds of members ---- */

typedef bool translate(struct docker_slim_state *s, const char *ours, json_t *v);

static bool string(struct docker_slim_state *s, const char *ours, json_t *v)
{
	if (json_is_string(v))
		docker_slim_add(s, mem_printf("%s=%s", ours, json_string_value(v)));
	return json_is_string(v);
}

static bool strings(struct docker_slim_state *s, const char *ours, json_t *v)
{
	bool good = json_is_array(v);
	json_t *item;
	size_t i;
	json_array_foreach (v, i, item)
		good = good && string(s, ours, item);
	return good;
}

static bool number(struct docker_slim_state *s, const char *ours, json_t *v)
{
	if (json_is_integer(v))
		docker_slim_add(s, mem_printf("%s=%lld", ours, (long long)json_integer_value(v)));
	return json_is_integer(v);
}

static bool nano_cpus(struct docker_slim_state *s, const char *ours, json_t *v)
{
	if (json_is_integer(v))
		docker_slim_add(s, mem_printf("%s=%.3f", ours, (double)json_integer_value(v) / 1e9));
	return json_is_integer(v);
}

static bool flag(struct docker_slim_state *s, const char *ours, json_t *v)
{
	docker_slim_add(s, mem_strdup(ours));
	return json_is_true(v);
}

static bool pairs(struct docker_slim_state *s, const char *ours, json_t *v, char between)
{
	bool good = json_is_object(v);
	const char *name;
	json_t *value;
	json_object_foreach (v, name, value) {
		const char *text = json_string_value(value);
		good = good && text;
		if (text)
			docker_slim_add(s,
					mem_printf("%s=%s%.*s%s", ours, name, *text || between == '=', &between, text));
	}
	return good;
}

static bool assignments(struct docker_slim_state *s, const char *ours, json_t *v)
{
	return pairs(s, ours, v, '=');
}

static bool directories(struct docker_slim_state *s, const char *ours, json_t *v)
{
	return pairs(s, ours, v, ':');
}

static bool devices(struct docker_slim_state *s, const char *ours, json_t *v)
{
	bool good = json_is_array(v);
	json_t *item;
	size_t i;
	json_array_foreach (v, i, item) {
		const char *path = NULL, *inside = NULL, *access = "rwm";
		if (json_unpack(item, "{s:s,s?s,s?s}", "PathOnHost", &path, "PathInContainer", &inside,
				"CgroupPermissions", &access) < 0)
			return false;
		docker_slim_add(s, mem_printf("%s=%s:%s:%s", ours, path, inside && *inside ? inside : path,
					      *access ? access : "rwm"));
	}
	return good;
}

/* {"80/tcp": [{"HostIp": "", "HostPort": "8080"}]} */
static bool bindings(struct docker_slim_state *s, const char *ours, json_t *v)
{
	const char *inside;
	json_t *list, *item;
	size_t i;
	json_object_foreach (v, inside, list)
		json_array_foreach (list, i, item) {
			const char *ip = "", *port = "";
			if (json_unpack(item, "{s?s,s?s}", "HostIp", &ip, "HostPort", &port) < 0)
				return false;
			docker_slim_add(s, mem_printf("%s=%s%s%s%s%s", ours, ip, *ip ? ":" : "", port,
						      *ip || *port ? ":" : "", inside));
		}
	return json_is_object(v);
}

/* {"Count": -1, "DeviceIDs": ["0"], "Capabilities": [["gpu"]]} in the form of --gpus. */
static bool request(struct docker_slim_state *s, const char *ours, json_t *v)
{
	CLEANUP_BUF struct buf ids = {0}, names = {0}, text = {0};
	json_t *list, *item;
	size_t i, j;
	const char *driver = json_string_value(json_object_get(v, "Driver"));
	json_int_t count = json_integer_value(json_object_get(v, "Count"));
	if (!json_is_object(v) || (driver && *driver && strcmp(driver, "nvidia") != 0))
		return false;
	json_array_foreach (json_object_get(v, "DeviceIDs"), i, item)
		buf_printf(&ids, "%s%s", ids.len ? "," : "", json_is_string(item) ? json_string_value(item) : "?");
	json_array_foreach (json_object_get(v, "Capabilities"), i, list)
		json_array_foreach (list, j, item)
			buf_printf(&names, "%s%s", names.len ? "," : "",
				   json_is_string(item) ? json_string_value(item) : "?");
	if (ids.len)
		buf_printf(&text, "\"device=%s\"", ids.data);
	else if (count > 0)
		buf_printf(&text, "count=%lld", (long long)count);
	else
		buf_str(&text, "all");
	if (names.len)
		buf_printf(&text, ",\"capabilities=%s\"", names.data);
	docker_slim_add(s, mem_printf("%s=%s", ours, text.data));
	return true;
}

static bool requests(struct docker_slim_state *s, const char *ours, json_t *v)
{
	return json_array_size(v) == 1 && request(s, ours, json_array_get(v, 0));
}

/* ---- the options ---- */

/* Members that change nothing here: restarts, logs, and what remains of a container after its run. */
static const char *const ignored[] = {"AutoRemove", "ConsoleSize", "ContainerIDFile", "LogConfig", "RestartPolicy"};

static const struct {
	const char *member, *ours;
	translate *to;
} members[] = {
    {"Binds", "--mount", strings},           {"CapAdd", "--cap-add", strings},
    {"CapDrop", "--cap-drop", strings},      {"DeviceRequests", "--gpus", requests},
    {"Devices", "--device", devices},        {"Dns", "--dns", strings},
    {"DnsSearch", "--dns-search", strings},  {"ExtraHosts", "--add-host", strings},
    {"Memory", "--memory", number},          {"NanoCpus", "--cpus", nano_cpus},
    {"NetworkMode", "--network", string},    {"PidsLimit", "--pids-limit", number},
    {"PortBindings", "--publish", bindings}, {"PublishAllPorts", "--publish-all", flag},
    {"Runtime", "--runtime", string},        {"ShmSize", "--shm-size", number},
    {"Sysctls", "--sysctl", assignments},    {"Tmpfs", "--tmpfs", directories},
};
#define N_MEMBERS (sizeof(members) / sizeof(*members))

static bool is_ignored(const char *member)
{
	for (size_t i = 0; i < sizeof(ignored) / sizeof(*ignored); i++)
		if (strcmp(member, ignored[i]) == 0)
			return true;
	return false;
}

static int translate_member(struct docker_slim_state *s, const struct docker_slim_row *row, const char *member,
			    json_t *v, struct err *err)
{
	size_t i = 0;
	if (says_nothing(v) || is_ignored(member))
		return 0;
	while (i < N_MEMBERS && strcmp(members[i].member, member) != 0)
		i++;
	return i < N_MEMBERS && members[i].to(s, members[i].ours, v) ? 0 : refused(row, member, err);
}

static json_t *parse(const struct docker_slim_row *row, const char *text, size_t n, struct err *err)
{
	json_error_t at;
	json_t *v = json_loadb(text, n, 0, &at);
	if (json_is_object(v))
		return v;
	(void)err_set(err, ERR_INVAL, "option-value-invalid", "--%s: %s", row->name, v ? "not a JSON object" : at.text);
	json_decref(v);
	return NULL;
}

int docker_slim_host_config(struct docker_slim_state *s, const struct docker_slim_row *row, const char *value,
			    struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	int r = fd_read_file(AT_FDCWD, value, LIMIT_POLICY, &text, err);
	if (r < 0)
		return err_wrap(err, "--%s", row->name);
	json_auto_t *config = parse(row, text.len ? text.data : "", text.len, err);
	const char *member;
	json_t *v;
	if (!config)
		return -ERR_INVAL;
	json_object_foreach (config, member, v)
		if ((r = translate_member(s, row, member, v, err)) < 0)
			return r;
	return 0;
}

int docker_slim_device_request(struct docker_slim_state *s, const struct docker_slim_row *row, const char *value,
			       struct err *err)
{
	json_auto_t *v = parse(row, value, strlen(value), err);
	if (!v)
		return -ERR_INVAL;
	return request(s, "--gpus", v) ? 0 : refused(row, "Driver", err);
}

int docker_slim_publish(struct docker_slim_state *s, const struct docker_slim_row *row, const char *value,
			struct err *err)
{
	const char *last = strrchr(value, ':');
	const char *inside = last ? last + 1 : value;
	const int outside = !last ? 0 : (int)(last - value); /* of IP: and all before the container's port */
	const int digits = (int)strcspn(inside, "/");
	if (!last)
		docker_slim_add(s, mem_printf("--publish=%.*s:%s", digits, inside, inside));
	else if (outside && last[-1] == ':')
		docker_slim_add(s, mem_printf("--publish=%.*s%.*s:%s", outside, value, digits, inside, inside));
	else
		docker_slim_add(s, mem_printf("--publish=%s", value));
	return 0;
}
