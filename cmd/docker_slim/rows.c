#include "cmd/docker_slim/rows.h"

#include "cmd/docker_slim/fat_image.h"
#include "cmd/docker_slim/host_config.h"
#include "cmd/docker_slim/values.h"

#define SAME(n, kind)                                                                                                  \
	{                                                                                                              \
		.name = n, .value = kind, .fate = DOCKER_SLIM_SAME                                                     \
	}
#define OTHER(n, kind, ours, ...)                                                                                      \
	{                                                                                                              \
		.name = n, .value = kind, .fate = DOCKER_SLIM_OTHER, .to = ours, __VA_ARGS__                           \
	}
#define READ(n, kind, how, text, ...)                                                                                  \
	{                                                                                                              \
		.name = n, .value = kind, .fate = DOCKER_SLIM_OTHER, .translate = how, .shown = text, __VA_ARGS__      \
	}
#define NOTHING(n, kind, why, ...)                                                                                     \
	{                                                                                                              \
		.name = n, .value = kind, .fate = DOCKER_SLIM_NOTHING, .note = why, __VA_ARGS__                        \
	}
#define REFUSED(n, kind, why)                                                                                          \
	{                                                                                                              \
		.name = n, .value = kind, .fate = DOCKER_SLIM_REFUSED, .note = why                                     \
	}

/* Reasons that several options share. */
#define NO_SENSOR "slim puts no sensor into the container"
#define NO_KUBERNETES "give the workload's image as the argument"
#define WITH_KUBERNETES "it belongs to --target-kube-workload, which is refused"
#define WHOLE_APPLICATION "slim keeps the whole application, unless --keep asks for less"
#define NO_PERMISSIONS "every entry keeps its mode and owner: set them in the image"
#define IN_ORDER "requests are sent one after another, so that two runs can be compared"
#define CERTIFICATES "--include=/etc/{ssl/certs,ssl/*.pem,ssl/*.crt,pki/tls/certs,pki/ca-trust,ca-certificates}"
#define PRIVATE_KEYS "--include=/etc/{ssl,pki/tls}/private"

const struct docker_slim_row docker_slim_build_rows[] = {
    /* the image */
    OTHER("target", DOCKER_SLIM_ONE, "%s"),
    SAME("tag", DOCKER_SLIM_MANY),
    {.name = "pull",
     .fate = DOCKER_SLIM_NOTHING,
     .note = "slim pulls an image that no local engine has",
     .off_refused = "name the engine (docker-daemon:NAME, containers-storage:NAME), so that slim asks no registry"},
    OTHER("docker-config-path", DOCKER_SLIM_ONE, "--authfile=%s"),
    READ("registry-account", DOCKER_SLIM_ONE, docker_slim_credentials, "the first half of --creds"),
    READ("registry-secret", DOCKER_SLIM_ONE, docker_slim_credentials, "the second half of --creds"),
    NOTHING("show-plogs", DOCKER_SLIM_BOOL, "--verbose prints such messages"),
    REFUSED("command-params-file", DOCKER_SLIM_ONE, "give the options on the command line"),

    /* compose and Kubernetes */
    SAME("compose-file", DOCKER_SLIM_MANY),
    SAME("target-compose-svc", DOCKER_SLIM_ONE),
    OTHER("target-compose-svc-image", DOCKER_SLIM_ONE, "%s"),
    NOTHING("compose-svc-start-wait", DOCKER_SLIM_ONE, "slim waits for the conditions of depends_on, not for a time"),
    NOTHING("target-compose-svc-no-ports", DOCKER_SLIM_BOOL, "slim publishes no ports, unless --publish is given"),
    SAME("dep-exclude-compose-svc-all", DOCKER_SLIM_BOOL),
    SAME("dep-include-compose-svc", DOCKER_SLIM_MANY),
    SAME("dep-exclude-compose-svc", DOCKER_SLIM_MANY),
    OTHER("dep-include-compose-svc-deps", DOCKER_SLIM_ONE, "--dep-include-compose-svc=%s"),
    NOTHING("dep-include-target-compose-svc-deps", DOCKER_SLIM_BOOL, "slim runs what the service depends on"),
    NOTHING("compose-net", DOCKER_SLIM_MANY, "the container joins the networks that the compose file names"),
    SAME("compose-env-nohost", DOCKER_SLIM_BOOL),
    SAME("compose-env-file", DOCKER_SLIM_ONE),
    SAME("compose-project-name", DOCKER_SLIM_ONE),
    SAME("compose-workdir", DOCKER_SLIM_ONE),
    SAME("container-probe-compose-svc", DOCKER_SLIM_ONE),
    OTHER("prestart-compose-svc", DOCKER_SLIM_MANY, "--dep-include-compose-svc=%s"),
    NOTHING("prestart-compose-wait-exit", DOCKER_SLIM_BOOL,
	    "slim waits for a service to complete if depends_on says so (service_completed_successfully)"),
    REFUSED("poststart-compose-svc", DOCKER_SLIM_MANY, "--container-probe-compose-svc runs a service that drives it"),
    REFUSED("target-kube-workload", DOCKER_SLIM_ONE, NO_KUBERNETES),
    NOTHING("target-kube-workload-namespace", DOCKER_SLIM_ONE, WITH_KUBERNETES),
    NOTHING("target-kube-workload-container", DOCKER_SLIM_ONE, WITH_KUBERNETES),
    NOTHING("target-kube-workload-image", DOCKER_SLIM_ONE, WITH_KUBERNETES),
    REFUSED("kube-manifest-file", DOCKER_SLIM_MANY, NO_KUBERNETES),
    NOTHING("kube-kubeconfig-file", DOCKER_SLIM_ONE, WITH_KUBERNETES),

    /* the container */
    SAME("user", DOCKER_SLIM_ONE),
    SAME("entrypoint", DOCKER_SLIM_ONE),
    SAME("cmd", DOCKER_SLIM_ONE),
    SAME("workdir", DOCKER_SLIM_ONE),
    SAME("env", DOCKER_SLIM_EACH),
    SAME("env-file", DOCKER_SLIM_ONE),
    NOTHING("label", DOCKER_SLIM_EACH, "a run does not use labels; --new-label adds one to the result"),
    SAME("volume", DOCKER_SLIM_MANY),
    REFUSED("link", DOCKER_SLIM_MANY,
	    "publish the other container's port, and use --network bridge --add-host NAME:host-gateway"),
    SAME("etc-hosts-map", DOCKER_SLIM_MANY),
    OTHER("container-dns", DOCKER_SLIM_MANY, "--dns=%s"),
    OTHER("container-dns-search", DOCKER_SLIM_MANY, "--dns-search=%s"),
    SAME("network", DOCKER_SLIM_ONE),
    SAME("hostname", DOCKER_SLIM_ONE),
    SAME("expose", DOCKER_SLIM_MANY),
    SAME("mount", DOCKER_SLIM_MANY),
    {.name = "exclude-mounts",
     .fate = DOCKER_SLIM_NOTHING,
     .note = "mounted files are never part of the result",
     .off_refused = "mounted files are never part of the result: COPY them into the image"},
    READ("publish-port", DOCKER_SLIM_MANY, docker_slim_publish,
	 "--publish; if no port of this machine is given, the same one"),
    SAME("publish-exposed-ports", DOCKER_SLIM_BOOL),
    {.name = "run-target-as-user",
     .fate = DOCKER_SLIM_NOTHING,
     .note = "the container always runs as its user",
     .off = "--user=0"},
    SAME("show-clogs", DOCKER_SLIM_BOOL),
    OTHER("cro-runtime", DOCKER_SLIM_ONE, "--runtime=%s"),
    READ("cro-host-config-file", DOCKER_SLIM_ONE, docker_slim_host_config,
	 "for each member the option that does the same; other members are refused"),
    OTHER("cro-sysctl", DOCKER_SLIM_EACH, "--sysctl=%s"),
    OTHER("cro-shm-size", DOCKER_SLIM_ONE, "--shm-size=%s"),
    READ("cro-device-request", DOCKER_SLIM_ONE, docker_slim_device_request, "--gpus"),

    /* driving it */
    SAME("http-probe", DOCKER_SLIM_BOOL),
    OTHER("http-probe-off", DOCKER_SLIM_BOOL, "--http-probe=false"),
    READ("http-probe-cmd", DOCKER_SLIM_MANY, docker_slim_http_request,
	 "--http-probe-cmd; a URL and GET /PATH become http:GET:/PATH and GET:/PATH"),
    SAME("http-probe-cmd-file", DOCKER_SLIM_ONE),
    SAME("http-probe-start-wait", DOCKER_SLIM_ONE),
    NOTHING("http-probe-retry-count", DOCKER_SLIM_ONE, "requests begin when the service listens, see --ready-timeout"),
    NOTHING("http-probe-retry-wait", DOCKER_SLIM_ONE, "requests begin when the service listens, see --ready-timeout"),
    SAME("http-probe-ports", DOCKER_SLIM_ONE),
    NOTHING("http-probe-full", DOCKER_SLIM_BOOL, "every port is always probed"),
    SAME("http-probe-exit-on-failure", DOCKER_SLIM_BOOL),
    SAME("http-probe-crawl", DOCKER_SLIM_BOOL),
    SAME("http-crawl-max-depth", DOCKER_SLIM_ONE),
    SAME("http-crawl-max-page-count", DOCKER_SLIM_ONE),
    NOTHING("http-crawl-concurrency", DOCKER_SLIM_ONE, IN_ORDER),
    NOTHING("http-max-concurrent-crawlers", DOCKER_SLIM_ONE, IN_ORDER),
    SAME("http-probe-apispec", DOCKER_SLIM_MANY),
    SAME("http-probe-apispec-file", DOCKER_SLIM_MANY),
    /* mint's */
    SAME("http-probe-client-timeout", DOCKER_SLIM_ONE),
    NOTHING("http-probe-client-timeout-crawl", DOCKER_SLIM_ONE,
	    "--http-probe-client-timeout also limits the requests of a crawl"),
    SAME("http-probe-cmd-upload", DOCKER_SLIM_MANY),
    NOTHING("http-probe-retry-off", DOCKER_SLIM_BOOL, "requests begin when the service listens, see --ready-timeout"),
    NOTHING("http-probe-exit-on-failure-count", DOCKER_SLIM_ONE,
	    "the report lists failed requests, and the verification compares them"),
    SAME("http-probe-fail-on-status-4xx", DOCKER_SLIM_BOOL),
    SAME("http-probe-fail-on-status-5xx", DOCKER_SLIM_BOOL),
    NOTHING("http-probe-concurrency", DOCKER_SLIM_ONE, IN_ORDER),

    SAME("host-exec", DOCKER_SLIM_EACH),
    READ("host-exec-file", DOCKER_SLIM_ONE, docker_slim_each_line, "--host-exec for each line", .to = "--host-exec=%s"),
    READ("exec", DOCKER_SLIM_ONE, docker_slim_exec, "--exec, and --exec-alone"),
    READ("exec-file", DOCKER_SLIM_ONE, docker_slim_whole_file, "--exec with the content of the file, and --exec-alone"),
    READ("continue-after", DOCKER_SLIM_ONE, docker_slim_continue_after,
	 "--continue-after; exec and host-exec, also joined by &, become probe; app-exit becomes exit, and timeout 60; "
	 "container-probe is refused"),

    /* what is kept */
    READ("include-path", DOCKER_SLIM_MANY, docker_slim_include_path,
	 "--include; permissions after a colon are refused"),
    OTHER("include-path-file", DOCKER_SLIM_ONE, "--include-from=%s"),
    SAME("preserve-path", DOCKER_SLIM_MANY),
    OTHER("preserve-path-file", DOCKER_SLIM_ONE, "--include-from=%s"),
    SAME("include-bin", DOCKER_SLIM_MANY),
    OTHER("include-bin-file", DOCKER_SLIM_ONE, "--include-from=%s"),
    OTHER("include-dir-bins", DOCKER_SLIM_MANY, "--include=%s"),
    SAME("include-exe", DOCKER_SLIM_MANY),
    READ("include-exe-file", DOCKER_SLIM_ONE, docker_slim_each_line, "--include-exe for each line",
	 .to = "--include-exe=%s"),
    SAME("include-shell", DOCKER_SLIM_BOOL),
    SAME("include-workdir", DOCKER_SLIM_BOOL),
    REFUSED("include-paths-creport-file", DOCKER_SLIM_ONE, "record with slim record, and build with --trace"),
    NOTHING("include-app-image-all", DOCKER_SLIM_BOOL, WHOLE_APPLICATION),
    NOTHING("app-image-start-instruction-group", DOCKER_SLIM_ONE, WHOLE_APPLICATION),
    NOTHING("app-image-start-instruction", DOCKER_SLIM_ONE, WHOLE_APPLICATION),
    NOTHING("app-image-dockerfile", DOCKER_SLIM_ONE, WHOLE_APPLICATION),
    NOTHING("include-healthcheck", DOCKER_SLIM_BOOL, "slim always keeps and runs the health check"),
    NOTHING("include-oslibs-net", DOCKER_SLIM_BOOL,
	    "slim keeps these libraries with every program that can resolve names"),
    OTHER("include-ssh-client", DOCKER_SLIM_BOOL, "--include-exe=ssh --include=/etc/ssh/ssh_config*"),
    OTHER("include-zoneinfo", DOCKER_SLIM_BOOL, "--include=/usr/share/zoneinfo"),
    OTHER("include-cert-all", DOCKER_SLIM_BOOL, CERTIFICATES),
    OTHER("include-cert-bundles-only", DOCKER_SLIM_BOOL, CERTIFICATES),
    OTHER("include-cert-dirs", DOCKER_SLIM_BOOL, CERTIFICATES),
    OTHER("include-cert-pk-all", DOCKER_SLIM_BOOL, PRIVATE_KEYS),
    OTHER("include-cert-pk-dirs", DOCKER_SLIM_BOOL, PRIVATE_KEYS),
    NOTHING("include-new", DOCKER_SLIM_BOOL, "the result has only files of the image, never files that a run made"),
    NOTHING("include-app-nuxt-dir", DOCKER_SLIM_BOOL, WHOLE_APPLICATION),
    NOTHING("include-app-nuxt-build-dir", DOCKER_SLIM_BOOL, WHOLE_APPLICATION),
    NOTHING("include-app-nuxt-dist-dir", DOCKER_SLIM_BOOL, WHOLE_APPLICATION),
    NOTHING("include-app-nuxt-static-dir", DOCKER_SLIM_BOOL, WHOLE_APPLICATION),
    OTHER("include-app-nuxt-nodemodules-dir", DOCKER_SLIM_BOOL, "--include=/**/node_modules"),
    NOTHING("include-app-next-dir", DOCKER_SLIM_BOOL, WHOLE_APPLICATION),
    NOTHING("include-app-next-build-dir", DOCKER_SLIM_BOOL, WHOLE_APPLICATION),
    NOTHING("include-app-next-dist-dir", DOCKER_SLIM_BOOL, WHOLE_APPLICATION),
    NOTHING("include-app-next-static-dir", DOCKER_SLIM_BOOL, WHOLE_APPLICATION),
    OTHER("include-app-next-nodemodules-dir", DOCKER_SLIM_BOOL, "--include=/**/node_modules"),
    OTHER("include-node-package", DOCKER_SLIM_MANY, "--include=/**/node_modules/%s"),
    OTHER("exclude-pattern", DOCKER_SLIM_MANY, "--exclude=%s"),
    NOTHING("exclude-varlock-files", DOCKER_SLIM_BOOL,
	    "the result has only files of the image, never files that a run made"),
    NOTHING("keep-perms", DOCKER_SLIM_BOOL, "every entry keeps its mode and owner", .off_refused = NO_PERMISSIONS),
    REFUSED("path-perms", DOCKER_SLIM_MANY, NO_PERMISSIONS),
    REFUSED("path-perms-file", DOCKER_SLIM_ONE, NO_PERMISSIONS),

    /* the result's configuration */
    SAME("new-entrypoint", DOCKER_SLIM_ONE),
    SAME("new-cmd", DOCKER_SLIM_ONE),
    SAME("new-expose", DOCKER_SLIM_MANY),
    SAME("new-workdir", DOCKER_SLIM_ONE),
    SAME("new-env", DOCKER_SLIM_EACH),
    SAME("new-volume", DOCKER_SLIM_MANY),
    SAME("new-label", DOCKER_SLIM_EACH),
    SAME("remove-expose", DOCKER_SLIM_MANY),
    SAME("remove-env", DOCKER_SLIM_MANY),
    SAME("remove-label", DOCKER_SLIM_MANY),
    SAME("remove-volume", DOCKER_SLIM_MANY),
    {.name = "image-overrides",
     .value = DOCKER_SLIM_ONE,
     .fate = DOCKER_SLIM_OTHER,
     .shown = "for each of --entrypoint, --cmd, --workdir, --env, --expose, --volume and --label that it names: the "
	      "--new- option with the same value"},
    REFUSED("obfuscate-metadata", DOCKER_SLIM_BOOL, "names and package databases stay as they are; see --package-db"),

    /* how the image is made */
    READ("dockerfile", DOCKER_SLIM_ONE, docker_slim_fat_option, "docker, podman or buildah builds the image first"),
    READ("dockerfile-context", DOCKER_SLIM_ONE, docker_slim_fat_option,
	 "the context of that build; by default the argument"),
    READ("tag-fat", DOCKER_SLIM_ONE, docker_slim_fat_option,
	 "the name of the built image; if it is not given, the image is removed at the end"),
    READ("delete-generated-fat-image", DOCKER_SLIM_BOOL, docker_slim_fat_option,
	 "the built image is removed at the end"),
    READ("cbo-add-host", DOCKER_SLIM_MANY, docker_slim_fat_option, "--add-host of that build", .to = "--add-host=%s"),
    READ("cbo-build-arg", DOCKER_SLIM_EACH, docker_slim_fat_option, "--build-arg of that build",
	 .to = "--build-arg=%s"),
    READ("cbo-cache-from", DOCKER_SLIM_MANY, docker_slim_fat_option, "--cache-from of that build",
	 .to = "--cache-from=%s"),
    READ("cbo-label", DOCKER_SLIM_EACH, docker_slim_fat_option, "--label of that build", .to = "--label=%s"),
    READ("cbo-target", DOCKER_SLIM_ONE, docker_slim_fat_option, "--target of that build", .to = "--target=%s"),
    READ("cbo-network", DOCKER_SLIM_ONE, docker_slim_fat_option, "--network of that build", .to = "--network=%s"),
    NOTHING("image-build-engine", DOCKER_SLIM_ONE, "slim writes the image itself"),
    NOTHING("image-build-arch", DOCKER_SLIM_ONE, "the result has the platform of the source, see --platform"),
    READ("show-blogs", DOCKER_SLIM_BOOL, docker_slim_fat_option, "the output of the builder of --dockerfile is shown"),

    /* files beside the image */
    SAME("copy-meta-artifacts", DOCKER_SLIM_ONE),
    NOTHING("remove-file-artifacts", DOCKER_SLIM_BOOL, "slim leaves no files behind"),
    NOTHING("keep-tmp-artifacts", DOCKER_SLIM_BOOL, "slim leaves no files behind; slim record stores a recording"),

    /* their sensor */
    NOTHING("sensor-ipc-endpoint", DOCKER_SLIM_ONE, NO_SENSOR),
    NOTHING("sensor-ipc-mode", DOCKER_SLIM_ONE, NO_SENSOR),
    NOTHING("use-local-mounts", DOCKER_SLIM_BOOL, NO_SENSOR),
    NOTHING("use-sensor-volume", DOCKER_SLIM_ONE, NO_SENSOR),
    NOTHING("enable-mondel", DOCKER_SLIM_BOOL, "slim record stores a recording, and slim trace show prints it"),
    NOTHING("rta-onbuild-base-image", DOCKER_SLIM_BOOL, "slim records base images like all others"),
    NOTHING("rta-source-ptrace", DOCKER_SLIM_BOOL, "--sensor chooses the recorder"),
};
const size_t docker_slim_n_build_rows = sizeof(docker_slim_build_rows) / sizeof(docker_slim_build_rows[0]);

#define NO_CHANGES "slim diff shows the differences between images"
#define NO_CONTENTS "slim inspect does not read files"

const struct docker_slim_row docker_slim_xray_rows[] = {
    NOTHING("changes", DOCKER_SLIM_MANY, NO_CHANGES),
    NOTHING("changes-output", DOCKER_SLIM_MANY, NO_CHANGES),
    NOTHING("layer", DOCKER_SLIM_MANY, NO_CHANGES),
    NOTHING("layer-changes-max", DOCKER_SLIM_ONE, NO_CHANGES),
    NOTHING("all-changes-max", DOCKER_SLIM_ONE, NO_CHANGES),
    NOTHING("add-changes-max", DOCKER_SLIM_ONE, NO_CHANGES),
    NOTHING("modify-changes-max", DOCKER_SLIM_ONE, NO_CHANGES),
    NOTHING("delete-changes-max", DOCKER_SLIM_ONE, NO_CHANGES),
    NOTHING("top-changes-max", DOCKER_SLIM_ONE, NO_CHANGES),
    NOTHING("change-path", DOCKER_SLIM_MANY, NO_CHANGES),
    NOTHING("change-data", DOCKER_SLIM_MANY, NO_CHANGES),
    NOTHING("change-data-hash", DOCKER_SLIM_MANY, NO_CHANGES),
    NOTHING("change-match-layers-only", DOCKER_SLIM_BOOL, NO_CHANGES),
    NOTHING("add-image-manifest", DOCKER_SLIM_BOOL, "the report has all that slim knows about it"),
    NOTHING("add-image-config", DOCKER_SLIM_BOOL, "the report has all that slim knows about it"),
    NOTHING("reuse-saved-image", DOCKER_SLIM_BOOL, "slim saves no image: it reads the image where it is"),
    NOTHING("hash-data", DOCKER_SLIM_BOOL, NO_CONTENTS),
    NOTHING("detect-utf8", DOCKER_SLIM_ONE, NO_CONTENTS),
    NOTHING("detect-duplicates", DOCKER_SLIM_BOOL, NO_CONTENTS),
    NOTHING("show-duplicates", DOCKER_SLIM_BOOL, NO_CONTENTS),
    NOTHING("show-special-perms", DOCKER_SLIM_BOOL, NO_CONTENTS),
    NOTHING("detect-all-certs", DOCKER_SLIM_BOOL, NO_CONTENTS),
    NOTHING("detect-all-cert-pks", DOCKER_SLIM_BOOL, NO_CONTENTS),
    NOTHING("detect-identities", DOCKER_SLIM_BOOL, NO_CONTENTS),
    NOTHING("detect-identities-param", DOCKER_SLIM_MANY, NO_CONTENTS),
    NOTHING("detect-identities-dump-raw", DOCKER_SLIM_ONE, NO_CONTENTS),
    NOTHING("detect-scheduled-tasks", DOCKER_SLIM_BOOL, NO_CONTENTS),
    NOTHING("detect-scheduled-tasks-param", DOCKER_SLIM_MANY, NO_CONTENTS),
    NOTHING("detect-scheduled-tasks-dump-raw", DOCKER_SLIM_ONE, NO_CONTENTS),
    NOTHING("detect-services", DOCKER_SLIM_BOOL, NO_CONTENTS),
    NOTHING("detect-services-param", DOCKER_SLIM_MANY, NO_CONTENTS),
    NOTHING("detect-services-dump-raw", DOCKER_SLIM_ONE, NO_CONTENTS),
    NOTHING("detect-system-hooks", DOCKER_SLIM_BOOL, NO_CONTENTS),
    NOTHING("detect-system-hooks-param", DOCKER_SLIM_MANY, NO_CONTENTS),
    NOTHING("detect-system-hooks-dump-raw", DOCKER_SLIM_ONE, NO_CONTENTS),
    REFUSED("export-all-data-artifacts", DOCKER_SLIM_ONE, "docker save IMAGE or skopeo copy exports all files"),
};
const size_t docker_slim_n_xray_rows = sizeof(docker_slim_xray_rows) / sizeof(docker_slim_xray_rows[0]);

const struct docker_slim_row docker_slim_global_rows[] = {
    READ("report", DOCKER_SLIM_ONE, docker_slim_report, "--report; off and an empty value write none"),
    NOTHING("check-version", DOCKER_SLIM_BOOL, "slim never looks for a newer version"),
    OTHER("debug", DOCKER_SLIM_BOOL, "--verbose"),
    OTHER("verbose", DOCKER_SLIM_BOOL, "--verbose"),
    OTHER("quiet", DOCKER_SLIM_BOOL, "--quiet"),
    READ("log-level", DOCKER_SLIM_ONE, docker_slim_log_level,
	 "--verbose for trace, debug and info, --quiet for fatal and panic"),
    NOTHING("log", DOCKER_SLIM_ONE, "messages go to standard error"),
    NOTHING("log-format", DOCKER_SLIM_ONE, "messages are lines of text; --json prints the report"),
    READ("output-format", DOCKER_SLIM_ONE, docker_slim_output_format, "--json for json"),
    NOTHING("tls", DOCKER_SLIM_BOOL, "the engine's address and DOCKER_TLS_VERIFY decide"),
    OTHER("tls-verify", DOCKER_SLIM_BOOL, "DOCKER_TLS_VERIFY=1", .off = "DOCKER_TLS_VERIFY="),
    OTHER("tls-cert-path", DOCKER_SLIM_ONE, "DOCKER_CERT_PATH=%s"),
    NOTHING("crt-api-version", DOCKER_SLIM_ONE, "slim asks the engine for its API version"),
    NOTHING("crt-connection", DOCKER_SLIM_ONE, "write the transport before the image's name"),
    NOTHING("crt-context", DOCKER_SLIM_ONE, "set DOCKER_CONTEXT"),
    NOTHING("crt-io-inactivity-timeout", DOCKER_SLIM_ONE, "slim gives up a connection that makes no progress"),
    NOTHING("crt-save-inactivity-timeout", DOCKER_SLIM_ONE, "slim gives up a connection that makes no progress"),
    NOTHING("crt-copy-inactivity-timeout", DOCKER_SLIM_ONE, "slim gives up a connection that makes no progress"),
    OTHER("host", DOCKER_SLIM_ONE, "DOCKER_HOST=%s"),
    NOTHING("state-path", DOCKER_SLIM_ONE, "slim keeps no state besides the store, see --store"),
    NOTHING("in-container", DOCKER_SLIM_BOOL, "slim needs no hint that it runs in a container"),
    NOTHING("archive-state", DOCKER_SLIM_ONE, "slim keeps no state besides the store, see --store"),
    OTHER("no-color", DOCKER_SLIM_BOOL, "NO_COLOR=1"),
};
const size_t docker_slim_n_global_rows = sizeof(docker_slim_global_rows) / sizeof(docker_slim_global_rows[0]);
