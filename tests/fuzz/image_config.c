#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "rewrite/config_update.h"
#include "text/path.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Checks that volumes are safe to join to a root, and that the config written for one layer parses. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP_OCI_IMAGE_CONFIG struct oci_image_config c = {0}, again = {0};
	CLEANUP_BUF struct buf b = {0};
	struct oci_digest diff_id;
	if (oci_image_config_parse((const char *)data, n, &c, NULL) < 0)
		return 0;
	for (size_t i = 0; i < c.volumes.count; i++) {
		assert(c.volumes.items[i][0] == '/' && !path_has_dotdot(c.volumes.items[i]));
		assert(!i || strcmp(c.volumes.items[i - 1], c.volumes.items[i]) < 0);
	}
	for (size_t i = 0; i < c.n_ports; i++)
		assert(c.ports[i].number != 0 && (!i || c.ports[i - 1].number <= c.ports[i].number));
	oci_digest_of(data, n, &diff_id);
	rewrite_config_update(&c, &diff_id, NULL, NULL, &b);
	/* our own history entry may push a config over the limit */
	int r = oci_image_config_parse(b.data, b.len, &again, NULL);
	assert(r == 0 || r == -ERR_LIMIT);
	assert(r < 0 || (again.n_layers == 1 && oci_digest_equal(&again.diff_ids[0], &diff_id)));
	return 0;
}
