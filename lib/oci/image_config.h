/* oci/image_config.h - the image configuration. Spec: image-spec 1.1 config.md, and Docker's extra members
 * (Healthcheck, OnBuild, Shell, StopTimeout). Members that are not modelled stay in root untouched. */
#pragma once

#include <jansson.h>

#include "base/strlist.h"
#include "oci/digest.h"
#include "oci/platform.h"
#include "oci/port.h"

/* PATH of a container whose image and user set none, as Docker has it. */
#define OCI_DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

struct oci_image_config {
	json_t *root; /* the whole document */
	struct oci_platform platform;
	char *user, *working_dir, *stop_signal; /* "" if absent */
	struct strlist env, entrypoint, cmd;    /* an absent list is empty */
	struct strlist volumes;                 /* absolute paths, sorted */
	struct strlist healthcheck;             /* Test as it stands: "CMD", ...; "CMD-SHELL", ...; "NONE" */
	struct strlist shell;                   /* default "/bin/sh" "-c" */
	struct oci_port *ports;                 /* ExposedPorts, sorted; ranges expanded, sctp left out */
	size_t n_ports;
	struct oci_digest *diff_ids;
	size_t n_layers;
};

int oci_image_config_parse(const char *data, size_t n, struct oci_image_config *out, struct err *err) MUST_CHECK;
/* Returns the command that made layer i (bottom = 0), from the history entries that made a layer, in order. "" if it
 * is not recorded; borrowed. */
const char *oci_image_config_created_by(const struct oci_image_config *c, size_t i);
/* What made entry i of the history, oldest = 0, empty layers too; "" if that is not said, NULL behind the last. */
const char *oci_image_config_step(const struct oci_image_config *c, size_t i);
void oci_image_config_done(struct oci_image_config *c);
#define CLEANUP_OCI_IMAGE_CONFIG CLEANUP(oci_image_config_done)
