/* compose/project.h - a compose project: what its files say, once they are merged, interpolated and checked. Nothing of
 * it is looked for or run here. Spec: Compose Specification (https://github.com/compose-spec/compose-spec, 2026).
 * Strings are owned; NULL is not given, if nothing else is said. Lists are in the order of the file, after merging. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/notes.h"
#include "base/strlist.h"

enum compose_condition {
	COMPOSE_STARTED,
	COMPOSE_HEALTHY,
	COMPOSE_COMPLETED, /* it ended with status 0 */
};

struct compose_dependency {
	char *service;
	enum compose_condition condition;
	bool optional; /* required: false */
};

/* Times are milliseconds. */
struct compose_healthcheck {
	struct strlist test; /* "CMD", ...; "CMD-SHELL", TEXT; empty = the image's test */
	bool disabled;       /* disable: true, or the test is NONE */
	uint64_t interval, timeout, start_period, start_interval; /* 0 = not given */
	unsigned retries;                                         /* 0 = not given */
};

/* A network as a service joins it. */
struct compose_attachment {
	char *network;          /* a key of the project's networks */
	struct strlist aliases; /* without the service's own name */
	char *ipv4;             /* ipv4_address */
};

enum compose_mount_kind { COMPOSE_MOUNT_BIND, COMPOSE_MOUNT_VOLUME, COMPOSE_MOUNT_TMPFS };

struct compose_mount {
	enum compose_mount_kind kind;
	/* of a bind: an absolute path of this machine; of a volume: a key of the project's volumes, NULL = a volume
	 * without a name */
	char *source;
	char *target; /* absolute */
	char *subpath;
	bool read_only;
	bool no_copy;         /* of a volume: what the image has there is not copied into it */
	bool create;          /* of a bind: the directory is made if it is missing */
	uint64_t tmpfs_bytes; /* 0 = no limit */
	unsigned tmpfs_mode;  /* 0 = the usual one */
};

/* A config or a secret as a service has it. */
struct compose_grant {
	char *source; /* a key of the project's configs or secrets */
	char *target; /* absolute */
	int uid, gid; /* -1 = not given */
	int mode;     /* -1 = not given */
};

struct compose_ulimit {
	char *name;         /* "nofile" */
	int64_t soft, hard; /* -1 = unlimited */
};

/* build: of a service. */
struct compose_build {
	char *context;    /* an absolute directory, or a URL */
	char *dockerfile; /* NULL = the usual one */
	char *dockerfile_inline;
	char *target;
	struct strlist args;  /* NAME=VALUE */
	struct strlist extra; /* other keys that were given, which slim does not pass on */
};

struct compose_service {
	char *name;
	char *image;                 /* NULL = only build is given */
	struct compose_build *build; /* NULL = none */
	struct strlist command, entrypoint;
	bool has_command, has_entrypoint; /* given, though the list may be empty, which drops the image's */
	struct strlist environment;       /* NAME=VALUE, env_file's first; a NAME without a value is one of no value */
	struct strlist ports;             /* as docker run --publish takes them */
	struct strlist expose;            /* "80", "53/udp" */
	char *network_mode;               /* "host", "none", "bridge", "service:NAME"; NULL = the networks */
	struct compose_attachment *networks;
	size_t n_networks;
	struct compose_mount *mounts; /* of volumes and tmpfs; a later one for the same target replaces the earlier */
	size_t n_mounts;
	struct compose_grant *configs, *secrets;
	size_t n_configs, n_secrets;
	struct compose_dependency *dependencies; /* depends_on, and what network_mode, links and volumes_from imply */
	size_t n_dependencies;
	struct compose_healthcheck *healthcheck; /* NULL = the image's */
	char *user, *working_dir, *hostname, *container_name, *platform;
	bool read_only, init, privileged;
	struct strlist cap_add, cap_drop, group_add, security_opt, devices;
	struct strlist sysctls;                   /* NAME=VALUE */
	struct strlist extra_hosts;               /* NAME:ADDRESS */
	struct strlist dns, dns_search, dns_opts; /* of resolv.conf */
	struct compose_ulimit *ulimits;
	size_t n_ulimits;
	uint64_t shm_bytes, memory_bytes, pids; /* 0 = not given */
	char *cpus;
	char *stop_signal;
	uint64_t stop_grace; /* milliseconds; 0 = not given */
	struct strlist profiles;
	bool enabled;                /* by its profiles, or wanted, or a dependency of such a service */
	struct strlist links;        /* SERVICE:ALIAS: names by which only this service finds the others */
	struct strlist volumes_from; /* SERVICE, or SERVICE:ro; their mounts are in mounts already */
	/* why slim does not run it: a key that it refuses, with its place; NULL = it does. Loading fails if the service
	 * is one of wanted, or a dependency of one; without wanted if it is enabled. */
	char *refused;
};

struct compose_network {
	char *key, *name; /* name: of the engine's network */
	bool internal, external;
	char *subnet, *gateway; /* of its first IPv4 configuration */
};

struct compose_volume {
	char *key, *name; /* name: of the engine's volume */
	bool external;
	char *bind; /* driver_opts type: none, o: bind: the directory that it is */
};

/* A config or a secret. One of these says what it contains. */
struct compose_file_source {
	char *key;
	char *file;        /* an absolute path */
	char *environment; /* a variable's name; content is then its value, NULL = it is not set */
	char *content;     /* interpolated */
	bool external;
	char *name; /* of the engine's */
};

struct compose_project {
	char *name, *working_dir; /* working_dir: absolute */
	struct strlist files;     /* absolute, those of include and extends, too */
	struct strlist given;     /* those of the options, or the usual ones, in the order in which they are merged */
	struct compose_service *services;
	size_t n_services;
	struct compose_network *networks; /* those that a service joins; "default" is one of them */
	size_t n_networks;
	struct compose_volume *volumes;
	size_t n_volumes;
	struct compose_file_source *configs, *secrets;
	size_t n_configs, n_secrets;
	struct notes notes; /* one for each key that slim ignores (deploy, logging, labels), once */
};

/* How a project is read. All zero: the usual files of the current directory. */
struct compose_options {
	const struct strlist *files;     /* NULL or none = compose.yaml, compose.yml, docker-compose.yaml,
					  * docker-compose.yml and the override beside it, here or in a directory above */
	const char *name;                /* NULL = COMPOSE_PROJECT_NAME, name:, or that of the directory */
	const char *working_dir;         /* NULL = that of the first file */
	const struct strlist *env_files; /* NULL or none = .env of the working directory, if it is there */
	const struct strlist *profiles;  /* besides COMPOSE_PROFILES */
	const struct strlist *wanted;    /* services that are enabled whatever their profiles are; NULL = none */
	bool no_host_env;                /* variables of this process stand for nothing */
};

/* ERR_NOTFOUND: a file is missing. ERR_INVAL, ERR_LIMIT: "FILE, line N: services.web.ports: ..". */
int compose_project_load(const struct compose_options *options, struct compose_project *out,
			 struct err *err) MUST_CHECK;
const struct compose_service *compose_project_service(const struct compose_project *p, const char *name);
void compose_project_done(struct compose_project *p);
#define CLEANUP_COMPOSE_PROJECT CLEANUP(compose_project_done)
