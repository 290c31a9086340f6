#include "compat_rows.h"

#include "compat_values.h"

#define SAME(n, kind)                                                                                                  \
	{                                                                                                              \
		.name = n, .value = kind, .fate = COMPAT_SAME                                                          \
	}
#define OTHER(n, kind, ours, ...)                                                                                      \
	{                                                                                                              \
		.name = n, .value = kind, .fate = COMPAT_OTHER, .to = ours, __VA_ARGS__                                \
	}
#define READ(n, kind, how, text, ...)                                                                                  \
	{                                                                                                              \
		.name = n, .value = kind, .fate = COMPAT_OTHER, .translate = how, .shown = text, __VA_ARGS__           \
	}
#define NOTHING(n, kind, why, ...)                                                                                     \
	{                                                                                                              \
		.name = n, .value = kind, .fate = COMPAT_NOTHING, .note = why, __VA_ARGS__                             \
	}
#define REFUSED(n, kind, why)                                                                                          \
	{                                                                                                              \
		.name = n, .value = kind, .fate = COMPAT_REFUSED, .note = why                                          \
	}

/* Reasons that several options have. */
#define NO_SENSOR "nothing is put into the container, and nothing talks to it"
#define NO_COMPOSE "start what the image needs, and run it with --network host"
#define WITH_COMPOSE "it belongs to --compose-file, which is refused"
#define NO_KUBERNETES "name the image"
#define WITH_KUBERNETES "it belongs to --target-kube-workload, which is refused"
#define NO_DOCKERFILE "build the image first, and name it"
#define WITH_DOCKERFILE "it belongs to --dockerfile, which is refused"
#define WHOLE_APPLICATION "the application is kept whole unless --keep says otherwise"
#define NO_HOST_OPTIONS "the container has the defaults of docker run"
#define NO_PERMISSIONS "every entry keeps its mode and owner: set them in the image"
#define NO_RESOLVER "--network host has the machine's resolver"
#define IN_ORDER "requests are sent one after another, so that two runs can be compared"
#define CERTIFICATES "--include=/etc/{ssl/certs,ssl/*.pem,ssl/*.crt,pki/tls/certs,pki/ca-trust,ca-certificates}"
#define PRIVATE_KEYS "--include=/etc/{ssl,pki/tls}/private"

const struct compat_row compat_build_rows[] = {
    /* the image */
    OTHER("target", COMPAT_ONE, "%s"),
    SAME("tag", COMPAT_MANY),
    {.name = "pull",
     .fate = COMPAT_NOTHING,
     .note = "an image that no engine here has is taken from its registry",
     .off_refused = "name the engine (docker-daemon:NAME, containers-storage:NAME): no registry is asked then"},
    OTHER("docker-config-path", COMPAT_ONE, "--authfile=%s"),
    READ("registry-account", COMPAT_ONE, compat_registry, "the first half of --creds"),
    READ("registry-secret", COMPAT_ONE, compat_registry, "the second half of --creds"),
    NOTHING("show-plogs", COMPAT_BOOL, "--verbose tells of it"),
    REFUSED("command-params-file", COMPAT_ONE, "write the options out"),

    /* compose and Kubernetes */
    REFUSED("compose-file", COMPAT_MANY, NO_COMPOSE),
    REFUSED("target-compose-svc", COMPAT_ONE, NO_COMPOSE),
    NOTHING("target-compose-svc-image", COMPAT_ONE, WITH_COMPOSE),
    NOTHING("compose-svc-start-wait", COMPAT_ONE, WITH_COMPOSE),
    NOTHING("target-compose-svc-no-ports", COMPAT_BOOL, WITH_COMPOSE),
    NOTHING("dep-exclude-compose-svc-all", COMPAT_BOOL, WITH_COMPOSE),
    NOTHING("dep-include-compose-svc", COMPAT_MANY, WITH_COMPOSE),
    NOTHING("dep-exclude-compose-svc", COMPAT_MANY, WITH_COMPOSE),
    NOTHING("dep-include-compose-svc-deps", COMPAT_ONE, WITH_COMPOSE),
    NOTHING("dep-include-target-compose-svc-deps", COMPAT_BOOL, WITH_COMPOSE),
    NOTHING("compose-net", COMPAT_MANY, WITH_COMPOSE),
    NOTHING("compose-env-nohost", COMPAT_BOOL, WITH_COMPOSE),
    NOTHING("compose-env-file", COMPAT_ONE, WITH_COMPOSE),
    NOTHING("compose-project-name", COMPAT_ONE, WITH_COMPOSE),
    NOTHING("compose-workdir", COMPAT_ONE, WITH_COMPOSE),
    REFUSED("container-probe-compose-svc", COMPAT_ONE, "drive the service with --host-exec"),
    NOTHING("prestart-compose-svc", COMPAT_MANY, WITH_COMPOSE),
    NOTHING("prestart-compose-wait-exit", COMPAT_BOOL, WITH_COMPOSE),
    NOTHING("poststart-compose-svc", COMPAT_MANY, WITH_COMPOSE),
    REFUSED("target-kube-workload", COMPAT_ONE, NO_KUBERNETES),
    NOTHING("target-kube-workload-namespace", COMPAT_ONE, WITH_KUBERNETES),
    NOTHING("target-kube-workload-container", COMPAT_ONE, WITH_KUBERNETES),
    NOTHING("target-kube-workload-image", COMPAT_ONE, WITH_KUBERNETES),
    REFUSED("kube-manifest-file", COMPAT_MANY, NO_KUBERNETES),
    NOTHING("kube-kubeconfig-file", COMPAT_ONE, WITH_KUBERNETES),

    /* the container */
    SAME("user", COMPAT_ONE),
    SAME("entrypoint", COMPAT_ONE),
    SAME("cmd", COMPAT_ONE),
    SAME("workdir", COMPAT_ONE),
    SAME("env", COMPAT_EACH),
    READ("env-file", COMPAT_ONE, compat_lines, "--env for each line", .to = "--env=%s"),
    NOTHING("label", COMPAT_EACH, "labels change nothing in a run; --new-label gives the result one"),
    SAME("volume", COMPAT_MANY),
    REFUSED("link", COMPAT_MANY, "publish the other container's port, and say --network host"),
    SAME("etc-hosts-map", COMPAT_MANY),
    REFUSED("container-dns", COMPAT_MANY, NO_RESOLVER),
    REFUSED("container-dns-search", COMPAT_MANY, NO_RESOLVER),
    READ("network", COMPAT_ONE, compat_network, "--network; bridge and default are a network of its own: none"),
    SAME("hostname", COMPAT_ONE),
    SAME("expose", COMPAT_MANY),
    SAME("mount", COMPAT_MANY),
    {.name = "exclude-mounts",
     .fate = COMPAT_NOTHING,
     .note = "what is mounted is never part of the result",
     .off_refused = "what is mounted is never part of the result: COPY it into the image"},
    NOTHING("publish-port", COMPAT_MANY, "the service is driven inside its network; or say --network host"),
    NOTHING("publish-exposed-ports", COMPAT_BOOL, "the service is driven inside its network; or say --network host"),
    {.name = "run-target-as-user",
     .fate = COMPAT_NOTHING,
     .note = "the container always runs as its user",
     .off = "--user=0"},
    SAME("show-clogs", COMPAT_BOOL),
    OTHER("cro-runtime", COMPAT_ONE, "--runtime=%s"),
    REFUSED("cro-host-config-file", COMPAT_ONE, NO_HOST_OPTIONS),
    REFUSED("cro-sysctl", COMPAT_EACH, NO_HOST_OPTIONS),
    REFUSED("cro-shm-size", COMPAT_ONE, NO_HOST_OPTIONS),
    REFUSED("cro-device-request", COMPAT_ONE, NO_HOST_OPTIONS),

    /* driving it */
    SAME("http-probe", COMPAT_BOOL),
    OTHER("http-probe-off", COMPAT_BOOL, "--http-probe=false"),
    SAME("http-probe-cmd", COMPAT_MANY),
    READ("http-probe-cmd-file", COMPAT_ONE, compat_probe_file,
	 "--http-probe-cmd for each of its commands; refused when one has a body, headers, a port or credentials"),
    SAME("http-probe-start-wait", COMPAT_ONE),
    NOTHING("http-probe-retry-count", COMPAT_ONE, "requests begin when the service listens, see --ready-timeout"),
    NOTHING("http-probe-retry-wait", COMPAT_ONE, "requests begin when the service listens, see --ready-timeout"),
    SAME("http-probe-ports", COMPAT_ONE),
    NOTHING("http-probe-full", COMPAT_BOOL, "every port is always probed"),
    SAME("http-probe-exit-on-failure", COMPAT_BOOL),
    SAME("http-probe-crawl", COMPAT_BOOL),
    SAME("http-crawl-max-depth", COMPAT_ONE),
    SAME("http-crawl-max-page-count", COMPAT_ONE),
    NOTHING("http-crawl-concurrency", COMPAT_ONE, IN_ORDER),
    NOTHING("http-max-concurrent-crawlers", COMPAT_ONE, IN_ORDER),
    REFUSED("http-probe-apispec", COMPAT_MANY,
	    "name the requests with --http-probe-cmd, or send them with --host-exec"),
    REFUSED("http-probe-apispec-file", COMPAT_MANY,
	    "name the requests with --http-probe-cmd, or send them with --host-exec"),
    /* mint's */
    NOTHING("http-probe-client-timeout", COMPAT_ONE, "a request may take 30 s"),
    NOTHING("http-probe-client-timeout-crawl", COMPAT_ONE, "a request may take 30 s"),
    REFUSED("http-probe-cmd-upload", COMPAT_MANY, "upload with --host-exec"),
    NOTHING("http-probe-retry-off", COMPAT_BOOL, "requests begin when the service listens, see --ready-timeout"),
    NOTHING("http-probe-exit-on-failure-count", COMPAT_ONE, "what failed is in the report, and is compared"),
    NOTHING("http-probe-fail-on-status-5xx", COMPAT_BOOL, "what failed is in the report, and is compared"),
    NOTHING("http-probe-concurrency", COMPAT_ONE, IN_ORDER),

    SAME("host-exec", COMPAT_EACH),
    READ("host-exec-file", COMPAT_ONE, compat_lines, "--host-exec for each line", .to = "--host-exec=%s"),
    SAME("exec", COMPAT_ONE),
    READ("exec-file", COMPAT_ONE, compat_whole_file, "--exec with all of the file", .to = "--exec=%s"),
    READ("continue-after", COMPAT_ONE, compat_continue_after,
	 "--continue-after; exec, host-exec and any of them joined by & are probe, app-exit is exit, timeout is 60; "
	 "container-probe is refused"),

    /* what is kept */
    READ("include-path", COMPAT_MANY, compat_include_path, "--include; with permissions behind a colon it is refused"),
    OTHER("include-path-file", COMPAT_ONE, "--include-from=%s"),
    SAME("preserve-path", COMPAT_MANY),
    OTHER("preserve-path-file", COMPAT_ONE, "--include-from=%s"),
    SAME("include-bin", COMPAT_MANY),
    OTHER("include-bin-file", COMPAT_ONE, "--include-from=%s"),
    OTHER("include-dir-bins", COMPAT_MANY, "--include=%s"),
    SAME("include-exe", COMPAT_MANY),
    READ("include-exe-file", COMPAT_ONE, compat_lines, "--include-exe for each line", .to = "--include-exe=%s"),
    SAME("include-shell", COMPAT_BOOL),
    SAME("include-workdir", COMPAT_BOOL),
    REFUSED("include-paths-creport-file", COMPAT_ONE, "record with slim record, and build with --trace"),
    NOTHING("include-app-image-all", COMPAT_BOOL, WHOLE_APPLICATION),
    NOTHING("app-image-start-instruction-group", COMPAT_ONE, WHOLE_APPLICATION),
    NOTHING("app-image-start-instruction", COMPAT_ONE, WHOLE_APPLICATION),
    NOTHING("app-image-dockerfile", COMPAT_ONE, WHOLE_APPLICATION),
    NOTHING("include-healthcheck", COMPAT_BOOL, "the health check is always kept, and run"),
    NOTHING("include-oslibs-net", COMPAT_BOOL, "they are kept with every program that can resolve names"),
    OTHER("include-ssh-client", COMPAT_BOOL, "--include-exe=ssh --include=/etc/ssh/ssh_config*"),
    OTHER("include-zoneinfo", COMPAT_BOOL, "--include=/usr/share/zoneinfo"),
    OTHER("include-cert-all", COMPAT_BOOL, CERTIFICATES),
    OTHER("include-cert-bundles-only", COMPAT_BOOL, CERTIFICATES),
    OTHER("include-cert-dirs", COMPAT_BOOL, CERTIFICATES),
    OTHER("include-cert-pk-all", COMPAT_BOOL, PRIVATE_KEYS),
    OTHER("include-cert-pk-dirs", COMPAT_BOOL, PRIVATE_KEYS),
    NOTHING("include-new", COMPAT_BOOL, "the result holds only what the image held, never what a run made"),
    NOTHING("include-app-nuxt-dir", COMPAT_BOOL, WHOLE_APPLICATION),
    NOTHING("include-app-nuxt-build-dir", COMPAT_BOOL, WHOLE_APPLICATION),
    NOTHING("include-app-nuxt-dist-dir", COMPAT_BOOL, WHOLE_APPLICATION),
    NOTHING("include-app-nuxt-static-dir", COMPAT_BOOL, WHOLE_APPLICATION),
    OTHER("include-app-nuxt-nodemodules-dir", COMPAT_BOOL, "--include=/**/node_modules"),
    NOTHING("include-app-next-dir", COMPAT_BOOL, WHOLE_APPLICATION),
    NOTHING("include-app-next-build-dir", COMPAT_BOOL, WHOLE_APPLICATION),
    NOTHING("include-app-next-dist-dir", COMPAT_BOOL, WHOLE_APPLICATION),
    NOTHING("include-app-next-static-dir", COMPAT_BOOL, WHOLE_APPLICATION),
    OTHER("include-app-next-nodemodules-dir", COMPAT_BOOL, "--include=/**/node_modules"),
    OTHER("include-node-package", COMPAT_MANY, "--include=/**/node_modules/%s"),
    OTHER("exclude-pattern", COMPAT_MANY, "--exclude=%s"),
    NOTHING("exclude-varlock-files", COMPAT_BOOL, "the result holds only what the image held, never what a run made"),
    NOTHING("keep-perms", COMPAT_BOOL, "every entry keeps its mode and owner", .off_refused = NO_PERMISSIONS),
    REFUSED("path-perms", COMPAT_MANY, NO_PERMISSIONS),
    REFUSED("path-perms-file", COMPAT_ONE, NO_PERMISSIONS),

    /* the result's configuration */
    SAME("new-entrypoint", COMPAT_ONE),
    SAME("new-cmd", COMPAT_ONE),
    SAME("new-expose", COMPAT_MANY),
    SAME("new-workdir", COMPAT_ONE),
    SAME("new-env", COMPAT_EACH),
    SAME("new-volume", COMPAT_MANY),
    SAME("new-label", COMPAT_EACH),
    SAME("remove-expose", COMPAT_MANY),
    SAME("remove-env", COMPAT_MANY),
    SAME("remove-label", COMPAT_MANY),
    SAME("remove-volume", COMPAT_MANY),
    {.name = "image-overrides",
     .value = COMPAT_ONE,
     .fate = COMPAT_OTHER,
     .shown = "the --new- option of the same value, for each --entrypoint, --cmd, --workdir, --env, --expose, --volume "
	      "and --label that it names"},
    REFUSED("obfuscate-metadata", COMPAT_BOOL, "names and package databases stay true; see --package-db"),

    /* how the image is made */
    REFUSED("dockerfile", COMPAT_ONE, NO_DOCKERFILE),
    REFUSED("dockerfile-context", COMPAT_ONE, NO_DOCKERFILE),
    NOTHING("tag-fat", COMPAT_ONE, WITH_DOCKERFILE),
    NOTHING("delete-generated-fat-image", COMPAT_BOOL, WITH_DOCKERFILE),
    NOTHING("cbo-add-host", COMPAT_MANY, WITH_DOCKERFILE),
    NOTHING("cbo-build-arg", COMPAT_EACH, WITH_DOCKERFILE),
    NOTHING("cbo-cache-from", COMPAT_MANY, WITH_DOCKERFILE),
    NOTHING("cbo-label", COMPAT_EACH, WITH_DOCKERFILE),
    NOTHING("cbo-target", COMPAT_ONE, WITH_DOCKERFILE),
    NOTHING("cbo-network", COMPAT_ONE, WITH_DOCKERFILE),
    NOTHING("image-build-engine", COMPAT_ONE, "slim writes the image by itself"),
    NOTHING("image-build-arch", COMPAT_ONE, "the result is for the source's platform, see --platform"),
    NOTHING("show-blogs", COMPAT_BOOL, "--verbose tells of it"),

    /* files beside the image */
    NOTHING("copy-meta-artifacts", COMPAT_ONE, "--report writes all that is known of the build"),
    NOTHING("remove-file-artifacts", COMPAT_BOOL, "nothing is left behind"),
    NOTHING("keep-tmp-artifacts", COMPAT_BOOL, "nothing is left behind; slim record keeps what was recorded"),

    /* their sensor */
    NOTHING("sensor-ipc-endpoint", COMPAT_ONE, NO_SENSOR),
    NOTHING("sensor-ipc-mode", COMPAT_ONE, NO_SENSOR),
    NOTHING("use-local-mounts", COMPAT_BOOL, NO_SENSOR),
    NOTHING("use-sensor-volume", COMPAT_ONE, NO_SENSOR),
    NOTHING("enable-mondel", COMPAT_BOOL, "slim record stores what was recorded, slim trace show shows it"),
    NOTHING("rta-onbuild-base-image", COMPAT_BOOL, "an image is recorded whatever it is the base of"),
    NOTHING("rta-source-ptrace", COMPAT_BOOL, "--sensor says what records"),
};
const size_t compat_n_build_rows = sizeof(compat_build_rows) / sizeof(compat_build_rows[0]);

const struct compat_row compat_global_rows[] = {
    READ("report", COMPAT_ONE, compat_report, "--report; off is none, and so is nothing said"),
    NOTHING("check-version", COMPAT_BOOL, "slim never asks for a newer one"),
    OTHER("debug", COMPAT_BOOL, "--verbose"),
    OTHER("verbose", COMPAT_BOOL, "--verbose"),
    OTHER("quiet", COMPAT_BOOL, "--quiet"),
    READ("log-level", COMPAT_ONE, compat_log_level, "--verbose for trace, debug and info, --quiet for fatal and panic"),
    NOTHING("log", COMPAT_ONE, "messages go to standard error"),
    NOTHING("log-format", COMPAT_ONE, "messages are lines of text; --json prints the report"),
    READ("output-format", COMPAT_ONE, compat_output_format, "--json for json"),
    NOTHING("tls", COMPAT_BOOL, "the address of the engine and DOCKER_TLS_VERIFY say so"),
    OTHER("tls-verify", COMPAT_BOOL, "DOCKER_TLS_VERIFY=1", .off = "DOCKER_TLS_VERIFY="),
    OTHER("tls-cert-path", COMPAT_ONE, "DOCKER_CERT_PATH=%s"),
    NOTHING("crt-api-version", COMPAT_ONE, "the engine's version of the API is asked for"),
    NOTHING("crt-connection", COMPAT_ONE, "name the transport with the image"),
    NOTHING("crt-context", COMPAT_ONE, "DOCKER_CONTEXT names it"),
    NOTHING("crt-io-inactivity-timeout", COMPAT_ONE, "a connection that stands still is given up by itself"),
    NOTHING("crt-save-inactivity-timeout", COMPAT_ONE, "a connection that stands still is given up by itself"),
    NOTHING("crt-copy-inactivity-timeout", COMPAT_ONE, "a connection that stands still is given up by itself"),
    OTHER("host", COMPAT_ONE, "DOCKER_HOST=%s"),
    NOTHING("state-path", COMPAT_ONE, "there is no state but the store, see --store"),
    NOTHING("in-container", COMPAT_BOOL, "slim runs in a container as anywhere"),
    NOTHING("archive-state", COMPAT_ONE, "there is no state but the store, see --store"),
    NOTHING("no-color", COMPAT_BOOL, "nothing is coloured"),
};
const size_t compat_n_global_rows = sizeof(compat_global_rows) / sizeof(compat_global_rows[0]);
