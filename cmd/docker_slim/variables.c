#include "cmd/docker_slim/variables.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

#define PREFIX "DSLIM_"

/* Variables that do not have the name of their option. */
static const struct {
	const char *option, *variable;
} names[] = {
    {"crt-api-version", "CRT_API_VER"},
    {"show-plogs", "PLOG"},
    {"target-compose-svc-no-ports", "COMPOSE_SVC_NO_PORTS"},
    {"dep-exclude-compose-svc-all", "DEP_INCLUDE_COMPOSE_SVC_ALL"},
    {"prestart-compose-wait-exit", "PRESTART_COMPOSE_WAIT"},
    {"remove-file-artifacts", "RM_FILE_ARTIFACTS"},
    {"copy-meta-artifacts", "CP_META_ARTIFACTS"},
    {"http-probe-apispec", "HTTP_PROBE_API_SPEC"},
    {"http-probe-apispec-file", "HTTP_PROBE_API_SPEC_FILE"},
    {"publish-exposed-ports", "PUBLISH_EXPOSED"},
    {"run-target-as-user", "RUN_TAS_USER"},
    {"exec", "RC_EXE"},
    {"exec-file", "RC_EXE_FILE"},
    {"user", "RC_USER"},
    {"entrypoint", "RC_ENTRYPOINT"},
    {"cmd", "RC_CMD"},
    {"workdir", "RC_WORKDIR"},
    {"env", "RC_ENV"},
    {"env-file", "RC_ENV_FILE"},
    {"label", "RC_LABEL"},
    {"volume", "RC_VOLUME"},
    {"link", "RC_LINK"},
    {"etc-hosts-map", "RC_ETC_HOSTS_MAP"},
    {"container-dns", "RC_DNS"},
    {"container-dns-search", "RC_DNS_SEARCH"},
    {"hostname", "RC_HOSTNAME"},
    {"network", "RC_NET"},
    {"expose", "RC_EXPOSE"},
    {"delete-generated-fat-image", "DELETE_FAT"},
    {"rta-onbuild-base-image", "RTA_ONBUILD_BI"},
    {"rta-source-ptrace", "RTA_SRC_PT"},
    {"app-image-start-instruction-group", "APP_IMAGE_START_INST_GROUP"},
    {"app-image-start-instruction", "APP_IMAGE_START_INST"},
    {"include-cert-bundles-only", "INCLUDE_CERT_BUNDLES"},
    {"include-app-nuxt-nodemodules-dir", "INCLUDE_APP_NUXT_NM_DIR"},
    {"include-app-next-nodemodules-dir", "INCLUDE_APP_NEXT_NM_DIR"},
    {"include-node-package", "INCLUDE_NODE_PKG"},
    {"exclude-varlock-files", "EXCLUDE_VARLOCK"},
    {"tag", "TARGET_TAG"},
    {"image-overrides", "TARGET_OVERRIDES"},
    {"dockerfile", "BUILD_DOCKERFILE"},
    {"dockerfile-context", "BUILD_DOCKERFILE_CTX"},
    {"tag-fat", "TARGET_TAG_FAT"},
    {"image-build-engine", "IMAGE_BUILD_ENG"},
    {"remove-expose", "RM_EXPOSE"},
    {"remove-env", "RM_ENV"},
    {"remove-label", "RM_LABEL"},
    {"remove-volume", "RM_VOLUME"},
};

static const char *own_name(const char *option)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i].option, option) == 0)
			return names[i].variable;
	return NULL;
}

static void derived_name(const char *option, char name[64])
{
	snprintf(name, 64, PREFIX "%s", option);
	for (char *p = name; *p; p++)
		*p = *p == '-' ? '_' : (char)toupper((unsigned char)*p);
}

char *docker_slim_variable(const struct docker_slim_row *row, char name[64])
{
	const char *own = own_name(row->name);
	char *value = NULL;
	if (own) {
		snprintf(name, 64, PREFIX "%s", own);
		value = getenv(name);
	}
	if (!value || !*value) {
		derived_name(row->name, name);
		value = getenv(name);
	}
	return value && *value ? value : NULL;
}

/* variable: len bytes. */
static bool is_known(const struct docker_slim_table *tables, size_t n, const char *variable, size_t len)
{
	char name[64];
	for (size_t t = 0; t < n; t++)
		for (size_t i = 0; i < tables[t].n; i++) {
			const char *own = own_name(tables[t].rows[i].name);
			derived_name(tables[t].rows[i].name, name);
			if ((strlen(name) == len && memcmp(name, variable, len) == 0) ||
			    (own && strlen(own) + strlen(PREFIX) == len &&
			     memcmp(own, variable + strlen(PREFIX), strlen(own)) == 0))
				return true;
		}
	return false;
}

void docker_slim_variables_note(struct docker_slim_state *s, const struct docker_slim_table *tables, size_t n,
				bool used)
{
	for (char *const *e = environ; e && *e; e++) {
		const size_t len = strcspn(*e, "=");
		if (strncmp(*e, PREFIX, strlen(PREFIX)) != 0 || !(*e)[len] || !(*e)[len + 1] ||
		    is_known(tables, n, *e, len) == used)
			continue;
		strlist_take(&s->notes, mem_printf(used ? "%.*s is not the variable of an option"
							: "%.*s counts only for docker-slim's command lines, such as "
							  "slim b; see slim-docker-slim(7)",
						   (int)len, *e));
	}
}
